//! The OpenAPI 3.1 document, completed from what its routes say.

use glaux_kernel::problem::Code;
use serde_json::json;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, OpenApi, Ref, RefOr, ResponseBuilder,
        path::Operation,
        schema::Schema,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{FieldError, SESSION_COOKIE, gate, problem::Document};

/// The extension that names an operation's permission; `public` where none is needed.
pub const PERMISSION_EXTENSION: &str = "x-glaux-permission";

const TOKEN: &str = "token";
const SESSION: &str = "session";

/// Adds to every operation how one proves who one is and what an error looks like.
pub fn complete(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    add_security_schemes(components);
    add_problem(components);
    for operation in document.paths.paths.values_mut().flat_map(gate::operations_of).map(|(_, operation)| operation) {
        if permission_of(operation) != Some("public") {
            let anyhow = [TOKEN, SESSION].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
            operation.security = Some(anyhow.to_vec());
        }
        let problem = ResponseBuilder::new()
            .description("What went wrong")
            .content("application/problem+json", Content::new(Some(RefOr::Ref(Ref::from_schema_name("Problem")))))
            .build();
        operation.responses.responses.insert("default".to_owned(), RefOr::T(problem));
    }
}

/// Operations that were registered without a gate: a mistake in the program that makes the router.
pub fn ungated(document: &OpenApi) -> Vec<String> {
    let mut document = document.clone();
    let paths = document.paths.paths.iter_mut();
    paths
        .flat_map(|(path, item)| gate::operations_of(item).map(move |(method, operation)| (path, method, operation)))
        .filter(|(_, _, operation)| permission_of(operation).is_none())
        .map(|(path, method, _)| format!("{method} {path}"))
        .collect()
}

fn permission_of(operation: &Operation) -> Option<&str> {
    operation.extensions.as_ref()?.get(PERMISSION_EXTENSION)?.as_str()
}

fn add_security_schemes(components: &mut Components) {
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("glt_…").build();
    components.add_security_scheme(TOKEN, SecurityScheme::Http(token));
    let session = ApiKey::Cookie(ApiKeyValue::new(SESSION_COOKIE));
    components.add_security_scheme(SESSION, SecurityScheme::ApiKey(session));
}

fn add_problem(components: &mut Components) {
    let mut problem = Document::schema();
    if let RefOr::T(Schema::Object(object)) = &mut problem
        && let Some(RefOr::T(Schema::Object(code))) = object.properties.get_mut("code")
    {
        code.enum_values = Some(Code::ALL.iter().map(|code| json!(code.as_str())).collect());
    }
    components.schemas.insert(Document::name().into_owned(), problem);
    components.schemas.insert(FieldError::name().into_owned(), FieldError::schema());
}
