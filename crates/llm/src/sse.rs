//! Server-sent events (WHATWG HTML section 9.2) cut out of chunks that begin and end anywhere.
//!
//! A chunk that ends with an event is not copied; only the fragment of an event that continues in the next chunk is.

use std::borrow::Cow;

use bytes::{Bytes, BytesMut};

/// The longest event that is read: a whole base64 image fits.
pub const MAX_EVENT: usize = 32 * 1024 * 1024;

/// An event is longer than [`MAX_EVENT`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than 32 MiB")]
pub struct EventTooLong;

/// What is left of chunks until its event ends.
#[derive(Debug, Default)]
pub struct EventBuffer {
    rest: BytesMut,
    /// How much of `rest` holds no end of an event.
    searched: usize,
}

impl EventBuffer {
    /// Adds a chunk; returns the bytes of all events that are complete now, from the first byte of the first one.
    ///
    /// # Errors
    /// An event does not end within [`MAX_EVENT`].
    pub fn push(&mut self, chunk: Bytes) -> Result<Bytes, EventTooLong> {
        if self.rest.is_empty() {
            let end = last_event_end(&chunk, 0);
            self.rest.extend_from_slice(&chunk[end..]);
            self.searched = self.rest.len().saturating_sub(3);
            return self.checked(chunk.slice(..end));
        }
        self.rest.extend_from_slice(&chunk);
        let end = last_event_end(&self.rest, self.searched);
        let complete = self.rest.split_to(end).freeze();
        self.searched = self.rest.len().saturating_sub(3);
        self.checked(complete)
    }

    fn checked(&self, complete: Bytes) -> Result<Bytes, EventTooLong> {
        if self.rest.len() > MAX_EVENT { Err(EventTooLong) } else { Ok(complete) }
    }

    /// What is left when the stream ends: an event without its blank line, or nothing.
    pub fn finish(&mut self) -> Bytes {
        self.searched = 0;
        self.rest.split().freeze()
    }
}

/// Behind the last blank line, looking from `from` on; 0 if there is none.
fn last_event_end(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    let mut last = 0;
    while let Some(end) = event_end(&bytes[at..]) {
        at += end;
        last = at;
    }
    last
}

/// Behind the first blank line. A carriage return at the very end may still get its line feed and ends nothing.
fn event_end(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = memchr::memchr2(b'\n', b'\r', &bytes[at..]) {
        let line_end = line_break(bytes, at + found)?;
        if let Some(second) = bytes.get(line_end)
            && matches!(second, b'\n' | b'\r')
        {
            return line_break(bytes, line_end);
        }
        at = line_end;
    }
    None
}

/// Behind the line break at `at`.
fn line_break(bytes: &[u8], at: usize) -> Option<usize> {
    match (bytes[at], bytes.get(at + 1)) {
        (b'\r', None) => None,
        (b'\r', Some(b'\n')) => Some(at + 2),
        _ => Some(at + 1),
    }
}

/// One event as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// From the first byte to behind the blank line.
    pub raw: &'a [u8],
}

/// The events of bytes that [`EventBuffer`] handed out.
pub fn events(bytes: &[u8]) -> impl Iterator<Item = Event<'_>> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = event_end(rest).unwrap_or(rest.len());
        let (raw, tail) = rest.split_at(end);
        rest = tail;
        Some(Event { raw })
    })
}

impl<'a> Event<'a> {
    /// The values of the lines of that field.
    fn values(self, field: &'static str) -> impl Iterator<Item = &'a [u8]> {
        let raw = self.raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(self.raw);
        raw.split(|byte| matches!(byte, b'\n' | b'\r')).filter_map(move |line| {
            let value = line.strip_prefix(field.as_bytes())?;
            match value.strip_prefix(b":") {
                Some(value) => Some(value.strip_prefix(b" ").unwrap_or(value)),
                None => value.is_empty().then_some(value),
            }
        })
    }

    /// The data; empty if the event has none (a comment, a keep-alive).
    pub fn data(self) -> Cow<'a, [u8]> {
        // The usual event is one line; looking for a second would read it twice.
        if let Some(rest) = self.raw.strip_prefix(b"data: ")
            && let Some(end) = memchr::memchr2(b'\n', b'\r', rest)
            && rest[end..].iter().all(|byte| matches!(byte, b'\n' | b'\r'))
        {
            return Cow::Borrowed(&rest[..end]);
        }
        let mut lines = self.values("data");
        let first = lines.next().unwrap_or_default();
        let mut joined: Option<Vec<u8>> = None;
        for line in lines {
            let text = joined.get_or_insert_with(|| first.to_vec());
            text.push(b'\n');
            text.extend_from_slice(line);
        }
        joined.map_or(Cow::Borrowed(first), Cow::Owned)
    }

    /// The event's type, if it names one.
    pub fn name(self) -> Option<&'a str> {
        self.values("event").last().and_then(|name| std::str::from_utf8(name).ok())
    }
}

/// Appends an event with a name and data of one line.
pub(crate) fn write(name: Option<&str>, data: &[u8], out: &mut Vec<u8>) {
    if let Some(name) = name {
        out.extend_from_slice(b"event: ");
        out.extend_from_slice(name.as_bytes());
        out.push(b'\n');
    }
    out.extend_from_slice(b"data: ");
    out.extend_from_slice(data);
    out.extend_from_slice(b"\n\n");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &[u8]) -> Vec<(Option<String>, String)> {
        events(text)
            .map(|event| (event.name().map(str::to_owned), String::from_utf8_lossy(&event.data()).into_owned()))
            .collect()
    }

    #[test]
    fn events_are_read_as_the_standard_says() {
        let check = |text: &str, expected: &[(Option<&str>, &str)]| {
            let expected: Vec<_> = expected.iter().map(|(n, d)| (n.map(str::to_owned), (*d).to_owned())).collect();
            assert_eq!(read(text.as_bytes()), expected, "{text:?}");
        };
        check("data: a\n\n", &[(None, "a")]);
        check("data: a\n\ndata: b\n\n", &[(None, "a"), (None, "b")]);
        check("event: x\ndata: a\ndata: b\n\n", &[(Some("x"), "a\nb")]);
        check("event: x\r\ndata:a\r\n\r\n", &[(Some("x"), "a")]);
        check("data: a\r\rdata: b\r\r", &[(None, "a"), (None, "b")]);
        check(": keep-alive\n\n", &[(None, "")]);
        check("data\n\ndata:  a\n\n", &[(None, ""), (None, " a")]);
        check("\u{feff}data: a\n\n", &[(None, "a")]);
        check("data: {\"id\": 1}\nid: 7\n\n", &[(None, "{\"id\": 1}")]);
        check("data: unfinished", &[(None, "unfinished")]);
    }

    proptest! {
        #[test]
        fn cuts_do_not_matter(
            text in "((data: ?[a-c]{0,5}|event: x|: c)?(\n|\r\n|\n\n|\r\n\r\n)){0,12}",
            cuts in prop::collection::vec(0usize..200, 0..8),
        ) {
            let mut buffer = EventBuffer::default();
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut.min(text.len())).chain([0, text.len()]).collect();
            cuts.sort_unstable();
            let mut found = Vec::new();
            for pair in cuts.windows(2) {
                let complete = buffer.push(Bytes::copy_from_slice(&text.as_bytes()[pair[0]..pair[1]])).unwrap();
                found.extend(read(&complete));
            }
            found.extend(read(&buffer.finish()));
            found.retain(|(_, data)| !data.is_empty());
            let mut whole = read(text.as_bytes());
            whole.retain(|(_, data)| !data.is_empty());
            prop_assert_eq!(found, whole);
        }
    }

    #[test]
    fn an_endless_event_is_refused() {
        let mut buffer = EventBuffer::default();
        let chunk = Bytes::from(vec![b'x'; MAX_EVENT / 2 + 1]);
        assert!(buffer.push(chunk.clone()).is_ok());
        assert_eq!(buffer.push(chunk), Err(EventTooLong));
    }
}
