//! The OpenAPI document as a page for people: operations by tag, then schemas. It runs no script and loads nothing.

mod schema;

use std::{
    collections::BTreeMap,
    fmt::{self, Write},
};

use axum::http::{HeaderName, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use self::schema::write_schemas;
use crate::PERMISSION_EXTENSION;

const STYLE: &str = include_str!("style.css");
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A page, and the headers that it is answered with: its content policy knows its style, and nothing else.
#[derive(Debug, Clone)]
pub struct Reference {
    /// HTML.
    pub page: String,
    /// Type and policy.
    pub headers: [(HeaderName, String); 2],
}

impl Reference {
    /// Describes `document`, OpenAPI 3.1.
    ///
    /// # Errors
    /// None but those of the formatting machinery.
    pub fn of(document: &Value) -> Result<Self, fmt::Error> {
        let mut page = String::new();
        write_page(&mut page, document)?;
        let style = STANDARD.encode(Sha256::digest(STYLE));
        let policy = format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'");
        let html = "text/html; charset=utf-8".to_owned();
        Ok(Self { page, headers: [(header::CONTENT_TYPE, html), (header::CONTENT_SECURITY_POLICY, policy)] })
    }
}

/// An operation and where it is.
struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    description: &'a Value,
}

fn write_page(page: &mut String, document: &Value) -> fmt::Result {
    let (title, version) = (text(&document["info"]["title"]), text(&document["info"]["version"]));
    let tags = by_tag(document);
    write!(page, "<!doctype html><html lang=en><meta charset=utf-8><title>{title} API</title>")?;
    write!(page, "<meta name=viewport content=\"width=device-width\"><style>{STYLE}</style><body>")?;
    write!(page, "<h1>{title} {version}</h1><p>{} ", text(&document["info"]["description"]))?;
    write!(page, "As a document for programs: <a href=/api/openapi.json>openapi.json</a>.</p><nav>")?;
    for tag in tags.keys() {
        write!(page, "<a href=\"#tag-{0}\">{0}</a> ", escaped(tag))?;
    }
    write!(page, "<a href=\"#schemas\">schemas</a></nav>")?;
    for (tag, operations) in &tags {
        write!(page, "<h2 id=\"tag-{0}\">{0}</h2>", escaped(tag))?;
        operations.iter().try_for_each(|operation| write_operation(page, operation))?;
    }
    write!(page, "<h2 id=schemas>schemas</h2>")?;
    write_schemas(page, &document["components"]["schemas"])?;
    write!(page, "</body></html>")
}

fn by_tag(document: &Value) -> BTreeMap<&str, Vec<Operation<'_>>> {
    let mut tags: BTreeMap<&str, Vec<Operation<'_>>> = BTreeMap::new();
    for (path, item) in members(&document["paths"]) {
        for method in METHODS {
            let Some(description) = item.get(method) else { continue };
            let tag = description["tags"][0].as_str().unwrap_or("other");
            tags.entry(tag).or_default().push(Operation { method, path, description });
        }
    }
    tags
}

fn write_operation(page: &mut String, operation: &Operation) -> fmt::Result {
    let Operation { method, path, description } = operation;
    let id = text(&description["operationId"]);
    write!(page, "<section id=\"{id}\"><h3><a href=\"#{id}\">{id}</a></h3>")?;
    write!(page, "<p><code>{} {}</code></p>", method.to_uppercase(), escaped(path))?;
    write!(page, "<p>{} {}</p>", text(&description["summary"]), text(&description["description"]))?;
    match description[PERMISSION_EXTENSION].as_str() {
        None | Some("public") => write!(page, "<p>No permission is needed.</p>")?,
        Some(permission) => write!(page, "<p>Permission: <code>{}</code></p>", escaped(permission))?,
    }
    write_parameters(page, &description["parameters"])?;
    write_content(page, "Body", &description["requestBody"])?;
    for (status, response) in members(&description["responses"]) {
        write_content(page, status, response)?;
    }
    write!(page, "</section>")
}

fn write_parameters(page: &mut String, parameters: &Value) -> fmt::Result {
    let Some(parameters) = parameters.as_array() else { return Ok(()) };
    write!(page, "<table>")?;
    for parameter in parameters {
        let need = if parameter["required"] == true { ", required" } else { "" };
        write!(page, "<tr><td><code>{}</code>", text(&parameter["name"]))?;
        write!(page, "<td>{}{need}<td>", text(&parameter["in"]))?;
        schema::write_type(page, &parameter["schema"])?;
        write!(page, "<td>{}", text(&parameter["description"]))?;
    }
    write!(page, "</table>")
}

fn write_content(page: &mut String, what: &str, body: &Value) -> fmt::Result {
    if body.is_null() {
        return Ok(());
    }
    write!(page, "<p>{}: {}", escaped(what), text(&body["description"]))?;
    for (kind, content) in members(&body["content"]) {
        write!(page, " <code>{}</code> ", escaped(kind))?;
        schema::write_type(page, &content["schema"])?;
    }
    write!(page, "</p>")
}

/// The members of an object; of anything else, none.
fn members(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter).map(|(name, value)| (name.as_str(), value))
}

/// A text as HTML; nothing if it is absent.
fn text(value: &Value) -> String {
    escaped(value.as_str().unwrap_or_default())
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_of_the_document_are_no_html() {
        let operation = json!({ "operationId": "x", "tags": ["<i>"], "summary": "<script>&\"" });
        let document = json!({
            "paths": { "/<b>": { "get": operation } },
            "components": { "schemas": { "A<b>": { "type": "string", "enum": ["<u>"] } } },
        });
        let page = Reference::of(&document).unwrap().page;
        assert!(page.contains("&lt;script&gt;&amp;&quot;") && page.contains("GET /&lt;b&gt;"), "{page}");
        assert!(!["<i>", "<b>", "<u>", "<script>"].iter().any(|tag| page.contains(tag)), "{page}");
    }

    #[test]
    fn the_policy_allows_the_style_and_nothing_else() {
        let [_, (_, policy)] = Reference::of(&Value::Null).unwrap().headers;
        let style = STANDARD.encode(Sha256::digest(STYLE));
        assert_eq!(policy, format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'"));
    }
}
