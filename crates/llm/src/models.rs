//! The list of models, and one of them, in the shapes of the dialects.

use http::HeaderMap;

use crate::{
    Dialect, Route,
    json::{Object, object},
};

/// Renders what `route` asks of `names`; `None` if it asks for a model that is not among them, or for a call.
pub fn render_models(route: &Route<'_>, headers: &HeaderMap, names: &[Box<str>]) -> Option<Vec<u8>> {
    let spoken = |dialect: Dialect| match dialect {
        Dialect::OpenAi if headers.contains_key("anthropic-version") => Dialect::Anthropic,
        dialect => dialect,
    };
    let mut body = Vec::new();
    match route {
        Route::Call(_) => return None,
        Route::ListModels(dialect) => list(spoken(*dialect), names, &mut body),
        Route::GetModel(dialect, name) => {
            let known = names.iter().find(|known| known.as_ref() == name.as_ref())?;
            object(&mut body, |model| describe(spoken(*dialect), known, model));
        }
    }
    Some(body)
}

fn list(dialect: Dialect, names: &[Box<str>], body: &mut Vec<u8>) {
    object(body, |list| {
        let field = if dialect == Dialect::Gemini { "models" } else { "data" };
        if dialect == Dialect::OpenAi {
            list.field("object", "list");
        }
        list.array(field, |items| {
            for name in names {
                items.object(|model| describe(dialect, name, model));
            }
        });
        if dialect == Dialect::Anthropic {
            list.field("has_more", false);
            list.field("first_id", names.first().map(|name| &**name))
                .field("last_id", names.last().map(|name| &**name));
        }
    });
}

fn describe(dialect: Dialect, name: &str, model: &mut Object<'_>) {
    match dialect {
        Dialect::OpenAi => {
            model.field("id", name).field("object", "model").field("created", 0u64).field("owned_by", "glaux")
        }
        Dialect::Anthropic => model
            .field("type", "model")
            .field("id", name)
            .field("display_name", name)
            .field("created_at", "1970-01-01T00:00:00Z"),
        Dialect::Gemini => model.field("name", format!("models/{name}")).field("displayName", name),
    };
}
