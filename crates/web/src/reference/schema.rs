use std::fmt::{self, Write};

use serde_json::Value;

use super::{escaped, members, text};

/// Each schema under its name.
pub(super) fn write_schemas(page: &mut String, schemas: &Value) -> fmt::Result {
    for (name, schema) in members(schemas) {
        let name = escaped(name);
        write!(page, "<section id=\"schema-{name}\"><h3>{name}</h3><p>{}</p><p>", text(&schema["description"]))?;
        write_type(page, schema)?;
        write!(page, "</p>")?;
        let all = [schema].into_iter().chain(parts(schema).into_iter().flatten());
        all.filter(|part| part["properties"].is_object()).try_for_each(|part| write_properties(page, part))?;
        write!(page, "</section>")?;
    }
    Ok(())
}

fn write_properties(page: &mut String, schema: &Value) -> fmt::Result {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    write!(page, "<table>")?;
    for (name, property) in members(&schema["properties"]) {
        let need = if required.contains(&name) { "required" } else { "" };
        write!(page, "<tr><td><code>{}</code><td>{need}<td>", escaped(name))?;
        write_type(page, property)?;
        write!(page, "<td>{}", text(&property["description"]))?;
    }
    write!(page, "</table>")
}

/// What a value of the schema is, in a few words, with links to the schemas that it names.
pub(super) fn write_type(page: &mut String, schema: &Value) -> fmt::Result {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return write!(page, "<a href=\"#schema-{0}\">{0}</a>", escaped(name));
    }
    if let Some(parts) = parts(schema) {
        let joined = if schema["allOf"].is_array() { " and " } else { " or " };
        for (index, part) in parts.iter().enumerate() {
            write!(page, "{}", if index == 0 { "" } else { joined })?;
            write_type(page, part)?;
        }
        return Ok(());
    }
    if let Some(values) = schema["enum"].as_array() {
        let values: Vec<String> = values.iter().map(|value| escaped(&value.to_string())).collect();
        return write!(page, "<code>{}</code>", values.join("</code> or <code>"));
    }
    match &schema["type"] {
        Value::Array(kinds) => {
            let kinds: Vec<String> = kinds.iter().map(text).collect();
            write!(page, "{}", kinds.join(" or "))?;
        }
        kind => write!(page, "{}", text(kind))?,
    }
    if schema["format"].is_string() {
        write!(page, " ({})", text(&schema["format"]))?;
    }
    for (member, word) in [("items", "of"), ("additionalProperties", "by name, of")] {
        if schema[member].is_object() {
            write!(page, " {word} ")?;
            write_type(page, &schema[member])?;
        }
    }
    Ok(())
}

/// The schemas of which one, or all, must fit.
fn parts(schema: &Value) -> Option<&Vec<Value>> {
    ["oneOf", "anyOf", "allOf"].into_iter().find_map(|combination| schema[combination].as_array())
}
