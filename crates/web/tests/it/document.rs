use serde_json::{Value, json};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::api::documented;

fn document() -> Value {
    let (_, mut document) = documented();
    glaux_web::complete_openapi(&mut document);
    serde_json::to_value(document).unwrap()
}

#[test]
fn every_operation_says_who_may_call_it_and_how_it_fails() {
    let document = document();
    let read = &document["paths"]["/owls"]["get"];
    assert_eq!(read["x-glaux-permission"], "owls.read");
    assert_eq!(read["security"], json!([{"token": []}, {"session": []}]));
    assert_eq!(document["paths"]["/open"]["get"]["x-glaux-permission"], "public");
    assert_eq!(document["paths"]["/open"]["get"].get("security"), None);
    let failure = &read["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"];
    assert_eq!(*failure, "#/components/schemas/Problem");
    let codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].as_array().unwrap();
    assert!(codes.contains(&json!("budget_exceeded")));
}

#[test]
fn a_change_documents_what_every_change_accepts() {
    let document = document();
    let names = |method: &str| {
        let parameters = document["paths"]["/owls"][method]["parameters"].as_array().unwrap().clone();
        parameters.iter().map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names("get"), ["limit", "cursor"]);
    assert_eq!(names("post"), ["dry_run", "x-glaux-reason", "idempotency-key", "if-match"]);
}

#[test]
fn every_reference_leads_somewhere() {
    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    let document = document();
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
}

#[test]
fn a_route_without_a_gate_is_found() {
    #[utoipa::path(get, path = "/forgotten", responses((status = 200)))]
    async fn forgotten() {}
    let (_, document) = OpenApiRouter::<()>::new().routes(routes!(forgotten)).split_for_parts();
    assert_eq!(glaux_web::ungated(&document), ["GET /forgotten"]);
    assert_eq!(glaux_web::ungated(&documented().1), [""; 0]);
}
