use crate::json::{Array, Node, Object, Write, object};

/// Google's subset of OpenAPI's schema as JSON Schema: types in lower case, `nullable` as a type, counts as numbers.
pub(super) fn to_json_schema(schema: Node<'_>, out: &mut Vec<u8>) {
    if !schema.is_object() {
        return schema.write(out);
    }
    let nullable = schema.some("nullable").and_then(Node::boolean).unwrap_or(false);
    object(out, |target| {
        for field in schema.fields() {
            match &*field.key {
                "type" => write_type(field.value, nullable, target),
                "nullable" | "propertyOrdering" | "property_ordering" => {}
                "properties" | "$defs" | "defs" => {
                    target.object(&field.key, |properties| {
                        for property in field.value.fields() {
                            properties.field(&property.key, Converted(property.value));
                        }
                    });
                }
                "items" | "additionalProperties" => {
                    target.field(&field.key, Converted(field.value));
                }
                "anyOf" | "any_of" => {
                    target.array("anyOf", |array: &mut Array<'_>| {
                        field.value.elements().into_iter().for_each(|schema| array.item(Converted(schema)));
                    });
                }
                "minItems" | "maxItems" | "minLength" | "maxLength" | "minProperties" | "maxProperties" => {
                    let text = field.value.string().and_then(|text| text.parse::<u64>().ok());
                    match text {
                        Some(number) => target.field(&field.key, number),
                        None => target.field(&field.key, field.value),
                    };
                }
                _ => {
                    target.field(&field.key, field.value);
                }
            }
        }
    });
}

fn write_type(value: Node<'_>, nullable: bool, target: &mut Object<'_>) {
    let Some(name) = value.string().map(|name| name.to_ascii_lowercase()) else {
        target.field("type", value);
        return;
    };
    if nullable {
        target.field("type", vec![name.as_str(), "null"]);
    } else {
        target.field("type", name);
    }
}

struct Converted<'a>(Node<'a>);

impl Write for Converted<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        to_json_schema(self.0, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_become_json_schema() {
        let check = |schema: &str, expected: &str| {
            let mut out = Vec::new();
            to_json_schema(Node::parse(schema.as_bytes()).unwrap(), &mut out);
            assert_eq!(String::from_utf8(out).unwrap(), expected, "{schema}");
        };
        check(
            r#"{"type":"OBJECT","properties":{"type":{"type":"STRING","nullable":true}},"required":["type"],"propertyOrdering":["type"]}"#,
            r#"{"type":"object","properties":{"type":{"type":["string","null"]}},"required":["type"]}"#,
        );
        check(
            r#"{"type":"ARRAY","minItems":"1","items":{"anyOf":[{"type":"INTEGER"},{"type":"NULL"}]}}"#,
            r#"{"type":"array","minItems":1,"items":{"anyOf":[{"type":"integer"},{"type":"null"}]}}"#,
        );
    }
}
