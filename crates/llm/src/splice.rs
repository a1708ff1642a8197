//! Replacing single members of a JSON object and leaving the rest as it was written.

use bytes::Bytes;
use smallvec::SmallVec;

use crate::{
    json::Write,
    request::{Span, Spans, Top},
};

/// Changes to the members of one object, applied in one pass.
pub(crate) struct Splice<'a> {
    top: Top<'a>,
    changes: SmallVec<[(usize, Change); 4]>,
    /// New members, each followed by a comma.
    added: Vec<u8>,
}

enum Change {
    Gone,
    Value(Vec<u8>),
}

impl<'a> Splice<'a> {
    pub(crate) fn new(top: Top<'a>) -> Self {
        Self { top, changes: SmallVec::new(), added: Vec::new() }
    }

    /// The object without its changes.
    pub(crate) fn top(&self) -> Top<'a> {
        self.top
    }

    fn index(&self, name: &str) -> Option<usize> {
        self.top.spans.iter().position(|span| self.top.name(span) == name)
    }

    /// Replaces the member's value, or adds the member.
    pub(crate) fn set(&mut self, name: &str, value: impl Write) {
        let mut text = Vec::new();
        value.write(&mut text);
        match self.index(name) {
            Some(index) => self.change(index, Change::Value(text)),
            None => {
                name.write(&mut self.added);
                self.added.push(b':');
                self.added.extend_from_slice(&text);
                self.added.push(b',');
            }
        }
    }

    /// Takes the member out, if it is there.
    pub(crate) fn remove(&mut self, name: &str) {
        if let Some(index) = self.index(name) {
            self.change(index, Change::Gone);
        }
    }

    fn change(&mut self, index: usize, change: Change) {
        self.changes.retain(|(changed, _)| *changed != index);
        self.changes.push((index, change));
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.added.is_empty()
    }

    /// The object with its changes; `body` itself, without a copy, if there are none.
    pub(crate) fn finish(self, body: &Bytes) -> Bytes {
        if self.is_empty() { body.clone() } else { self.text().into() }
    }

    /// The object with its changes.
    pub(crate) fn text(&self) -> Vec<u8> {
        let text = self.top.text;
        let mut out = Vec::with_capacity(text.len() + self.added.len() + 64);
        out.push(b'{');
        out.extend_from_slice(&self.added);
        for (index, span) in self.top.spans.iter().enumerate() {
            match self.changes.iter().find(|(changed, _)| *changed == index) {
                None => out.extend_from_slice(&text.as_bytes()[span.key.start..span.value.end]),
                Some((_, Change::Gone)) => continue,
                Some((_, Change::Value(value))) => {
                    out.extend_from_slice(&text.as_bytes()[span.key.start..span.value.start]);
                    out.extend_from_slice(value);
                }
            }
            out.push(b',');
        }
        if out.last() == Some(&b',') {
            out.pop();
        }
        out.push(b'}');
        out
    }
}

/// The ranges of an object's members, for splicing inside a value.
pub(crate) fn spans(text: &str) -> Spans {
    let mut spans = Spans::new();
    let scanned = crate::json::scan_text(text, |key, value| spans.push(Span { key, value }));
    debug_assert!(scanned.is_ok(), "the text was checked before");
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, change: impl FnOnce(&mut Splice<'_>), expected: &str) {
        let spans = spans(text);
        let mut splice = Splice::new(Top { text, spans: &spans });
        change(&mut splice);
        let body = Bytes::copy_from_slice(text.as_bytes());
        assert_eq!(splice.finish(&body), expected.as_bytes(), "{text}");
    }

    #[test]
    fn members_are_replaced_added_and_removed() {
        check("{ \"a\" : 1 }", |_| (), "{ \"a\" : 1 }");
        check("{}", |s| s.set("a", 1u64), "{\"a\":1}");
        check("{\"a\": 1, \"b\" :[2 ]}", |s| s.set("b", "x"), "{\"a\": 1,\"b\" :\"x\"}");
        check("{\"a\":1,\"b\":2}", |s| s.remove("b"), "{\"a\":1}");
        check("{\"a\":1}", |s| s.remove("a"), "{}");
        check(
            "{\"a\":1,\"b\":2,\"c\":3}",
            |s| {
                s.remove("a");
                s.set("b", true);
                s.remove("c");
                s.set("d", 4u64);
            },
            "{\"d\":4,\"b\":true}",
        );
    }
}
