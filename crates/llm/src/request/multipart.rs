//! `multipart/form-data` (RFC 7578) as ranges of the body.

use std::ops::Range;

use memchr::memmem;

/// One part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: Box<str>,
    pub(crate) value: Range<usize>,
    /// From the first byte of its delimiter to the first of the next.
    pub(crate) whole: Range<usize>,
}

const MAX_PARTS: usize = 64;

/// The boundary that a content type names.
pub(crate) fn boundary(content_type: &str) -> Option<Box<str>> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary")?;
    (!boundary.is_empty() && boundary.len() <= 70).then(|| boundary.into_boxed_str())
}

/// The value of a header's parameter. Quoted values may hold semicolons, and quotes behind a backslash.
fn parameter(parameters: &str, name: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        rest = rest.trim_start_matches([';', ' ', '\t']);
        let (key, value) = rest.split_once('=')?;
        let (value, tail) = match value.strip_prefix('"') {
            Some(quoted) => unquote(quoted)?,
            None => {
                let end = value.find(';').unwrap_or(value.len());
                (value[..end].trim_end().to_owned(), &value[end..])
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value);
        }
        rest = tail;
    }
}

/// Text up to its closing quote, and what follows that.
fn unquote(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        match char {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            char => value.push(char),
        }
    }
    None
}

/// Finds the parts.
pub(crate) fn parse(body: &[u8], boundary: &str) -> Result<Vec<Part>, &'static str> {
    let delimiter = format!("--{boundary}");
    let finder = memmem::Finder::new(&delimiter);
    let mut parts = Vec::new();
    if !body.starts_with(delimiter.as_bytes()) {
        return Err("it does not begin with its boundary");
    }
    let mut at = 0;
    loop {
        let line = at + delimiter.len();
        if body[line..].starts_with(b"--") {
            return Ok(parts);
        }
        if !body[line..].starts_with(b"\r\n") {
            return Err("a boundary is not followed by a line break");
        }
        let head = line + 2;
        let blank = memmem::find(&body[head..], b"\r\n\r\n").ok_or("the headers of a part do not end")?;
        let value = head + blank + 4;
        let next = next_delimiter(body, value, &finder).ok_or("the last boundary is missing")?;
        let name = name(&body[head..head + blank]).ok_or("a part has no name")?;
        parts.push(Part { name, value: value..next - 2, whole: at..next });
        if parts.len() > MAX_PARTS {
            return Err("there are more than 64 parts");
        }
        at = next;
    }
}

/// Where the next delimiter at the start of a line begins.
fn next_delimiter(body: &[u8], from: usize, finder: &memmem::Finder<'_>) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at + finder.find(&body[at..])?;
        if found >= from + 2 && &body[found - 2..found] == b"\r\n" {
            return Some(found);
        }
        at = found + 1;
    }
}

fn name(headers: &[u8]) -> Option<Box<str>> {
    let headers = std::str::from_utf8(headers).ok()?;
    headers.split("\r\n").find_map(|line| {
        let (key, value) = line.split_once(':')?;
        if !key.eq_ignore_ascii_case("content-disposition") {
            return None;
        }
        parameter(value.split_once(';')?.1, "name").map(String::into_boxed_str)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: &str = "--x\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--x\r\n\
        Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\nContent-Type: audio/wav\r\n\r\nRI--xFF\r\n\r\n--x--\r\n";

    #[test]
    fn parts_are_found_byte_for_byte() {
        let boundary = boundary("multipart/form-data; boundary=\"x\"").unwrap();
        let parts = parse(BODY.as_bytes(), &boundary).unwrap();
        let values: Vec<_> = parts.iter().map(|part| (&*part.name, &BODY[part.value.clone()])).collect();
        assert_eq!(values, [("model", "whisper-1"), ("file", "RI--xFF\r\n")]);
        assert_eq!(&BODY[parts[0].whole.clone()], &BODY[..parts[1].whole.start]);
    }

    #[test]
    fn broken_bodies_are_refused() {
        let check = |body: &str| assert!(parse(body.as_bytes(), "x").is_err(), "{body:?}");
        check("");
        check("--x");
        check("--x\r\n\r\n");
        check("--y\r\n");
        check(&BODY[..BODY.len() - 8]);
        check("--x\r\nA: b\r\n\r\nvalue\r\n--x--");
        assert_eq!(boundary("application/json"), None);
        assert_eq!(boundary("multipart/form-data; boundary="), None);
    }

    #[test]
    fn a_file_name_can_not_pose_as_a_name() {
        let check =
            |header: &str, expected: Option<&str>| assert_eq!(name(header.as_bytes()).as_deref(), expected, "{header}");
        check("Content-Disposition: form-data; filename=\"a; name=model\"; name=\"file\"", Some("file"));
        check("content-disposition: form-data; name=file", Some("file"));
        check("Content-Disposition: form-data; filename=\"a\\\"; name=x\"; name=\"file\"", Some("file"));
        check("Content-Disposition: form-data", None);
        check("Content-Type: text/plain; name=\"model\"", None);
    }
}
