use std::{borrow::Cow, ops::Range};

use smallvec::SmallVec;

use super::{Scanner, scan_text, utf8, validate};
use crate::json::JsonError;

/// A JSON value as the text it is written in, known to be valid. Looking inside scans; nothing is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node<'a>(&'a str);

/// One member of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'a> {
    /// The key, unescaped.
    pub key: Cow<'a, str>,
    /// The value.
    pub value: Node<'a>,
}

/// The members of an object in the order of the text. Of equal keys the first counts.
pub type Fields<'a> = SmallVec<[Field<'a>; 8]>;

impl<'a> Node<'a> {
    /// Checks the text.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, JsonError> {
        validate(bytes).map(|text| Self(trim(text)))
    }

    /// Checks the text and gives the members of its object, in one pass; none if it is no object.
    pub(crate) fn parse_object(bytes: &'a [u8]) -> Result<(Self, Fields<'a>), JsonError> {
        let text = utf8(bytes)?;
        let node = Self(trim(text));
        if !node.is_object() {
            return Self::parse(bytes).map(|node| (node, Fields::new()));
        }
        let mut fields = Fields::new();
        scan_text(text, |key, value| fields.push(field(text, key, value)))?;
        Ok((node, fields))
    }

    /// Text that has been checked before.
    pub(crate) const fn trusted(text: &'a str) -> Self {
        Self(text)
    }

    /// The text of the value.
    pub const fn text(self) -> &'a str {
        self.0
    }

    /// The text without the space between its tokens.
    pub fn compact(self) -> Cow<'a, str> {
        let mut quoted = false;
        let mut escaped = false;
        let mut is_space = |char: char| {
            match char {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => quoted = !quoted,
                _ => {}
            }
            !quoted && matches!(char, ' ' | '\n' | '\r' | '\t')
        };
        if !self.0.contains([' ', '\n', '\r', '\t']) {
            return Cow::Borrowed(self.0);
        }
        Cow::Owned(self.0.chars().filter(|char| !is_space(*char)).collect())
    }

    fn first(self) -> u8 {
        self.0.as_bytes().first().copied().unwrap_or(b'n')
    }

    /// It is `null`.
    pub fn is_null(self) -> bool {
        self.first() == b'n'
    }

    /// It is an object.
    pub fn is_object(self) -> bool {
        self.first() == b'{'
    }

    /// It is an array.
    pub fn is_array(self) -> bool {
        self.first() == b'['
    }

    /// It is a string.
    pub fn is_string(self) -> bool {
        self.first() == b'"'
    }

    /// A string of valid Unicode, unescaped. A lone surrogate is no such string.
    pub fn string(self) -> Option<Cow<'a, str>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if memchr::memchr(b'\\', inner.as_bytes()).is_none() {
            return Some(Cow::Borrowed(inner));
        }
        serde_json::from_str(self.0).ok().map(Cow::Owned)
    }

    /// A whole number, also one written as `1.0` or `1e3`, not negative.
    pub fn whole(self) -> Option<u64> {
        if let Ok(number) = self.0.parse() {
            return Some(number);
        }
        let number = self.number()?;
        (number >= 0.0 && number.fract() == 0.0 && number <= 9_007_199_254_740_992.0).then_some(number as u64)
    }

    /// A number.
    pub fn number(self) -> Option<f64> {
        if !matches!(self.first(), b'-' | b'0'..=b'9') {
            return None;
        }
        self.0.parse().ok().filter(|number: &f64| number.is_finite())
    }

    /// A truth value.
    pub fn boolean(self) -> Option<bool> {
        match self.0 {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The members; none if this is no object.
    pub fn fields(self) -> Fields<'a> {
        let mut fields = Fields::new();
        if !self.is_object() {
            return fields;
        }
        let text = self.0;
        let scanned = scan_text(text, |key, value| fields.push(field(text, key, value)));
        debug_assert!(scanned.is_ok(), "a node's text was checked before");
        fields
    }

    /// The member of that name. Absent if there is none or this is no object.
    pub fn get(self, name: &str) -> Option<Node<'a>> {
        if !self.is_object() {
            return None;
        }
        let text = self.0;
        let mut found = None;
        let scanned = scan_text(text, |key, value| {
            if found.is_none() && key_text(text, key) == name {
                found = Some(Node(&text[value]));
            }
        });
        debug_assert!(scanned.is_ok(), "a node's text was checked before");
        found
    }

    /// As [`Node::get`], but `null` counts as absent.
    pub fn some(self, name: &str) -> Option<Node<'a>> {
        self.get(name).filter(|node| !node.is_null())
    }

    /// The elements; none if this is no array.
    pub fn elements(self) -> SmallVec<[Node<'a>; 8]> {
        let mut elements = SmallVec::new();
        if !self.is_array() {
            return elements;
        }
        let mut scanner = Scanner::new(self.0.as_bytes());
        scanner.advance();
        loop {
            scanner.skip_space();
            let start = scanner.position();
            if scanner.value(0).is_err() {
                return elements;
            }
            elements.push(Node(&self.0[start..scanner.position()]));
            scanner.skip_space();
            if scanner.peek() != Some(b',') {
                return elements;
            }
            scanner.advance();
        }
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\n', '\r', '\t'])
}

fn field(text: &str, key: Range<usize>, value: Range<usize>) -> Field<'_> {
    Field { key: key_text(text, key), value: Node(&text[value]) }
}

fn key_text(text: &str, key: Range<usize>) -> Cow<'_, str> {
    let quoted = &text[key];
    Node(quoted).string().unwrap_or(Cow::Borrowed(quoted))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_reads_what_serde_json_reads() {
        let text = r#" {"a":[1, 2.5,-3e2,[]],"\u0062":"x\"\ud83d\ude00","c":{"d":null},"e":true,"f":"\ud800"} "#;
        let node = Node::parse(text.as_bytes()).unwrap();
        let numbers: Vec<_> = node.get("a").unwrap().elements().iter().map(|n| n.number()).collect();
        assert_eq!(numbers, [Some(1.0), Some(2.5), Some(-300.0), None]);
        assert_eq!(node.get("b").unwrap().string().unwrap(), "x\"😀");
        assert!(node.get("c").unwrap().get("d").unwrap().is_null());
        assert!(node.get("c").unwrap().some("d").is_none());
        assert_eq!(node.get("e").unwrap().boolean(), Some(true));
        assert_eq!(node.get("f").unwrap().string(), None);
        assert_eq!(node.fields().len(), 5);
        assert!(Node::parse(b"[]").unwrap().elements().is_empty());
    }

    #[test]
    fn compact_text_keeps_the_space_inside_strings() {
        let check = |text: &'static str, expected: &str| assert_eq!(Node(text).compact(), expected);
        check(r#"{"a":1}"#, r#"{"a":1}"#);
        check("{ \"a b\\\" c\" :\n[1, \"\\\\\" ] }", r#"{"a b\" c":[1,"\\"]}"#);
    }

    #[test]
    fn whole_numbers_are_whole() {
        let check = |text: &'static str, expected: Option<u64>| assert_eq!(Node(text).whole(), expected, "{text}");
        check("7", Some(7));
        check("18446744073709551615", Some(u64::MAX));
        check("1e3", Some(1000));
        check("2.0", Some(2));
        check("2.5", None);
        check("-1", None);
        check("1e400", None);
        check("\"7\"", None);
        check("true", None);
    }
}
