use crate::json::{Node, Write, array, object};

const MAX_DEPTH: usize = 16;

/// Writes the smallest value that a JSON schema admits, as far as `type`, `enum`, `const`, `properties`, `required`,
/// `items`, `minItems`, `minimum`, `anyOf` and local `$ref`s say.
pub(super) fn instance(schema: Node<'_>, out: &mut Vec<u8>) {
    write(schema, schema, 0, out);
}

fn write(schema: Node<'_>, root: Node<'_>, depth: usize, out: &mut Vec<u8>) {
    if depth > MAX_DEPTH {
        out.extend_from_slice(b"null");
        return;
    }
    if let Some(value) = schema.some("const").or_else(|| schema.some("enum")?.elements().first().copied()) {
        return value.write(out);
    }
    if let Some(target) = schema.some("$ref").and_then(Node::string).and_then(|path| resolve(root, &path)) {
        return write(target, root, depth + 1, out);
    }
    if let Some(first) =
        schema.some("anyOf").or_else(|| schema.some("oneOf")).and_then(|any| any.elements().first().copied())
    {
        return write(first, root, depth + 1, out);
    }
    let kind = schema.some("type").and_then(|kind| kind.string().or_else(|| kind.elements().first()?.string()));
    match kind.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("string") => "sandbox".write(out),
        Some("integer") => schema.some("minimum").and_then(Node::whole).unwrap_or(0).write(out),
        Some("number") => schema.some("minimum").and_then(Node::number).unwrap_or(0.5).write(out),
        Some("boolean") => true.write(out),
        Some("array") => {
            let count = schema.some("minItems").and_then(Node::whole).unwrap_or(1).min(100);
            array(out, |items| {
                for _ in 0..count {
                    let mut item = Vec::new();
                    match schema.some("items") {
                        Some(schema) => write(schema, root, depth + 1, &mut item),
                        None => "sandbox".write(&mut item),
                    }
                    items.item(Text(item));
                }
            });
        }
        Some("null") => out.extend_from_slice(b"null"),
        _ => object(out, |members| {
            for property in schema.some("properties").map(Node::fields).unwrap_or_default() {
                let mut value = Vec::new();
                write(property.value, root, depth + 1, &mut value);
                members.field(&property.key, Text(value));
            }
        }),
    }
}

fn resolve<'a>(root: Node<'a>, path: &str) -> Option<Node<'a>> {
    path.strip_prefix("#/")?.split('/').try_fold(root, |node, step| node.some(step))
}

struct Text(Vec<u8>);

impl Write for Text {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instances_are_small_and_fit() {
        let check = |schema: &str, expected: &str| {
            let mut out = Vec::new();
            instance(Node::parse(schema.as_bytes()).unwrap(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{schema}");
        };
        check(
            r#"{"type":"object","properties":{"a":{"type":"integer","minimum":3},"b":{"enum":["x"]}}}"#,
            r#"{"a":3,"b":"x"}"#,
        );
        check(r##"{"$ref":"#/$defs/t","$defs":{"t":{"type":"array","items":{"type":"boolean"}}}}"##, "[true]");
        check(r##"{"$ref":"#"}"##, "{}");
        check(r##"{"$ref":"#/a","a":{"$ref":"#/a"}}"##, "null");
        check(r#"{"type":["string","null"]}"#, r#""sandbox""#);
    }
}
