//! What a gate reads from, and adds to, the documentation of its routes.

use std::collections::BTreeSet;

use glaux_kernel::Permission;
use serde_json::json;
use utoipa::openapi::{
    Object, PathItem, RefOr, Required, Type,
    extensions::ExtensionsBuilder,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
};

use crate::{PERMISSION_EXTENSION, idempotency::IDEMPOTENCY_HEADER, write::REASON_HEADER};

/// The operations of a path, by method.
pub(crate) fn of(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let PathItem { get, put, post, delete, patch, .. } = item;
    [("GET", get), ("PUT", put), ("POST", post), ("DELETE", delete), ("PATCH", patch)]
        .into_iter()
        .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// The names of the query parameters that the operation documents.
pub(super) fn query_parameters(operation: &Operation) -> BTreeSet<String> {
    let documented = operation.parameters.iter().flatten();
    documented
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query => Some(parameter.name.clone()),
            RefOr::T(_) | RefOr::Ref(_) => None,
        })
        .collect()
}

/// Writes down who may call the operation and what every change accepts.
pub(super) fn document(method: &str, operation: &mut Operation, permission: Option<Permission>, changes: bool) {
    let permission = permission.map_or("public", |permission| permission.0);
    let extension = ExtensionsBuilder::new().add(PERMISSION_EXTENSION, json!(permission)).build();
    match &mut operation.extensions {
        Some(extensions) => extensions.merge(extension),
        none => *none = Some(extension),
    }
    if !changes {
        return;
    }
    let parameters = operation.parameters.get_or_insert_default();
    parameters.push(parameter(
        "dry_run",
        ParameterIn::Query,
        Type::Boolean,
        "Answer what would change; change nothing.",
    ));
    parameters.push(parameter(
        REASON_HEADER,
        ParameterIn::Header,
        Type::String,
        "Why, for the journal. A `reason` in the body says the same.",
    ));
    if method == "POST" {
        let text = "Do it once: the same key is answered with the first answer, without secrets, for a day.";
        parameters.push(parameter(IDEMPOTENCY_HEADER, ParameterIn::Header, Type::String, text));
    }
    let text = "The `ETag` of the state that was read; 412 if it is another one now.";
    parameters.push(parameter("if-match", ParameterIn::Header, Type::String, text));
}

fn parameter(name: &str, place: ParameterIn, kind: Type, description: &str) -> RefOr<Parameter> {
    let parameter = ParameterBuilder::new()
        .name(name)
        .parameter_in(place)
        .required(Required::False)
        .description(Some(description))
        .schema(Some(Object::with_type(kind)))
        .build();
    RefOr::T(parameter)
}
