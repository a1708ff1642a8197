use super::Node;

/// What can be written as a JSON value. Writing can't fail.
pub(crate) trait Write {
    fn write(&self, out: &mut Vec<u8>);
}

/// An object being written; closed when the function that fills it returns.
pub(crate) struct Object<'w> {
    out: &'w mut Vec<u8>,
    empty: bool,
}

/// An array being written.
pub(crate) struct Array<'w> {
    out: &'w mut Vec<u8>,
    empty: bool,
}

/// Appends an object.
pub(crate) fn object(out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
    out.push(b'{');
    fill(&mut Object { out: &mut *out, empty: true });
    out.push(b'}');
}

/// Appends an array.
pub(crate) fn array(out: &mut Vec<u8>, fill: impl FnOnce(&mut Array<'_>)) {
    out.push(b'[');
    fill(&mut Array { out: &mut *out, empty: true });
    out.push(b']');
}

impl Object<'_> {
    fn key(&mut self, key: &str) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        key.write(self.out);
        self.out.push(b':');
        self.out
    }

    pub(crate) fn field(&mut self, key: &str, value: impl Write) -> &mut Self {
        value.write(self.key(key));
        self
    }

    /// Nothing is written for `None`.
    pub(crate) fn some(&mut self, key: &str, value: Option<impl Write>) -> &mut Self {
        if let Some(value) = value {
            value.write(self.key(key));
        }
        self
    }

    pub(crate) fn object(&mut self, key: &str, fill: impl FnOnce(&mut Object<'_>)) -> &mut Self {
        object(self.key(key), fill);
        self
    }

    pub(crate) fn array(&mut self, key: &str, fill: impl FnOnce(&mut Array<'_>)) -> &mut Self {
        array(self.key(key), fill);
        self
    }
}

impl Array<'_> {
    fn next(&mut self) -> &mut Vec<u8> {
        if !std::mem::take(&mut self.empty) {
            self.out.push(b',');
        }
        self.out
    }

    pub(crate) fn item(&mut self, value: impl Write) {
        value.write(self.next());
    }

    pub(crate) fn object(&mut self, fill: impl FnOnce(&mut Object<'_>)) {
        object(self.next(), fill);
    }
}

impl<T: Write + ?Sized> Write for &T {
    fn write(&self, out: &mut Vec<u8>) {
        (**self).write(out);
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Some(value) => value.write(out),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl<T: Write> Write for [T] {
    fn write(&self, out: &mut Vec<u8>) {
        array(out, |array| self.iter().for_each(|item| array.item(item)));
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_slice().write(out);
    }
}

impl Write for str {
    fn write(&self, out: &mut Vec<u8>) {
        out.push(b'"');
        let mut rest = self.as_bytes();
        while let Some(at) = rest.iter().position(|byte| *byte < 0x20 || matches!(byte, b'"' | b'\\')) {
            out.extend_from_slice(&rest[..at]);
            escape(rest[at], out);
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
        out.push(b'"');
    }
}

fn escape(byte: u8, out: &mut Vec<u8>) {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    match byte {
        b'"' => out.extend_from_slice(b"\\\""),
        b'\\' => out.extend_from_slice(b"\\\\"),
        b'\n' => out.extend_from_slice(b"\\n"),
        b'\r' => out.extend_from_slice(b"\\r"),
        b'\t' => out.extend_from_slice(b"\\t"),
        0x08 => out.extend_from_slice(b"\\b"),
        0x0c => out.extend_from_slice(b"\\f"),
        _ => {
            out.extend_from_slice(b"\\u00");
            out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
}

impl Write for String {
    fn write(&self, out: &mut Vec<u8>) {
        self.as_str().write(out);
    }
}

impl Write for Box<str> {
    fn write(&self, out: &mut Vec<u8>) {
        (**self).write(out);
    }
}

impl Write for std::borrow::Cow<'_, str> {
    fn write(&self, out: &mut Vec<u8>) {
        (**self).write(out);
    }
}

impl Write for Node<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.text().as_bytes());
    }
}

impl Write for bool {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(if *self { b"true" } else { b"false" });
    }
}

impl Write for u64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.to_string().as_bytes());
    }
}

impl Write for u32 {
    fn write(&self, out: &mut Vec<u8>) {
        u64::from(*self).write(out);
    }
}

impl Write for usize {
    fn write(&self, out: &mut Vec<u8>) {
        (*self as u64).write(out);
    }
}

impl Write for i64 {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.to_string().as_bytes());
    }
}

/// The shortest text that reads back as the same number; `null` for what JSON has no text for.
impl Write for f64 {
    fn write(&self, out: &mut Vec<u8>) {
        match serde_json::Number::from_f64(*self) {
            Some(number) => out.extend_from_slice(number.to_string().as_bytes()),
            None => out.extend_from_slice(b"null"),
        }
    }
}

impl Write for f32 {
    fn write(&self, out: &mut Vec<u8>) {
        match self.is_finite() {
            true => out.extend_from_slice(self.to_string().as_bytes()),
            false => out.extend_from_slice(b"null"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strings_read_back_as_they_were(text in "\\PC*|[\\x00-\\x7f]*") {
            let mut out = Vec::new();
            text.write(&mut out);
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn containers_nest() {
        let mut out = Vec::new();
        object(&mut out, |o| {
            o.field("a", 1u64).some("b", None::<u64>).array("c", |a| {
                a.item("x");
                a.object(|o| {
                    o.field("d", 0.5).field("e", -2i64).field("f", true);
                });
            });
            o.object("g", |_| ()).field("h", None::<&str>);
        });
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a":1,"c":["x",{"d":0.5,"e":-2,"f":true}],"g":{},"h":null}"#);
    }
}
