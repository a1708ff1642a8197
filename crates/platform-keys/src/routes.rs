use std::{collections::HashMap, slice, time::Duration};

use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{Environment, KeyId, Page, Permission, Timestamp};
use glaux_ledger_store::find_last_calls;
use glaux_platform_applications::{Application, DEFAULT_APPLICATION};
use glaux_platform_kit::{Change, Context, Credential, Object, find, get, list};
use glaux_routing::document::Limits;
use glaux_store::OrgRead;
use glaux_web::{
    Caller, FieldError, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write, change, permit,
};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Key, KeyState, secret};

const READ: Permission = Permission("keys.read");
const WRITE: Permission = Permission("keys.write");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(permit(READ, routes!(list_keys)))
        .routes(change(WRITE, routes!(issue_key)))
        .routes(permit(READ, routes!(get_key)))
        .routes(change(WRITE, routes!(update_key)))
        .routes(change(WRITE, routes!(rotate_key)))
        .routes(change(WRITE, routes!(revoke_key)))
}

/// A credential of an application, without its text.
#[derive(Serialize, ToSchema)]
#[schema(as = Key)]
struct KeyView {
    #[schema(value_type = String)]
    id: KeyId,
    name: String,
    #[schema(value_type = String)]
    application: glaux_kernel::ApplicationId,
    #[schema(value_type = String, example = "production")]
    environment: Environment,
    features: Vec<String>,
    models: Vec<String>,
    limits: Limits,
    user_limits: Limits,
    #[schema(value_type = Vec<String>)]
    ip_allow: Vec<IpNet>,
    #[schema(value_type = Vec<String>)]
    ip_deny: Vec<IpNet>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
    /// How the newest text begins and ends.
    #[schema(example = "glx_Ab12…wxyz")]
    shown: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the last call by it came, as far as calls are kept. Absent in answers to changes.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
}

/// A key and its text: the only time that it is shown.
#[derive(Serialize, ToSchema)]
struct IssuedKey<'a> {
    #[serde(flatten)]
    view: &'a KeyView,
    /// Put it where the application finds it; it can't be read again.
    #[schema(example = "glx_…")]
    key: &'a str,
}

impl KeyView {
    /// As it was used last.
    fn read(object: Object<Key>, last: &HashMap<KeyId, Timestamp>) -> Self {
        Self { last_used_at: last.get(&object.id).copied(), ..Self::written(object) }
    }

    /// Without its last use: that a key is changed or ended must not depend on the ledger.
    fn written(object: Object<Key>) -> Self {
        let state = object.state;
        Self {
            id: object.id,
            name: object.name,
            application: state.application,
            environment: state.environment,
            features: state.features,
            models: state.models,
            limits: state.limits,
            user_limits: state.user_limits,
            ip_allow: state.ip_allow,
            ip_deny: state.ip_deny,
            expires_at: state.expires_at,
            revoked_at: state.revoked_at,
            shown: state.secrets.first().map(|secret| secret.shown.clone()).unwrap_or_default(),
            created_at: object.created_at,
            last_used_at: None,
        }
    }
}

/// When keys were used last, as far as they were.
async fn last_uses(tx: &mut OrgRead, keys: &[Object<Key>]) -> Result<HashMap<KeyId, Timestamp>, Problem> {
    let ids: Vec<_> = keys.iter().map(|key| key.id).collect();
    find_last_calls(tx, &ids).await.map_err(Problem::internal)
}

/// A new key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewKey {
    #[schema(example = "web")]
    name: String,
    /// By name or id; absent: the default application.
    application: Option<String>,
    /// development, staging or production.
    #[schema(value_type = String, example = "production")]
    environment: Environment,
    /// Features that it may call; `*` is all.
    #[serde(default)]
    #[schema(example = json!(["chatbot"]))]
    features: Vec<String>,
    /// Models that it may call without a feature: `provider/model`, `provider/*` or `*`.
    #[serde(default)]
    models: Vec<String>,
    #[serde(default)]
    limits: Limits,
    /// Each end user's calls by the key.
    #[serde(default)]
    user_limits: Limits,
    /// Networks; empty: anywhere.
    #[serde(default)]
    #[schema(value_type = Vec<String>, example = json!(["203.0.113.0/24"]))]
    ip_allow: Vec<IpNet>,
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    ip_deny: Vec<IpNet>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// What changes of a key; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeyChange {
    features: Option<Vec<String>>,
    models: Option<Vec<String>>,
    limits: Option<Limits>,
    user_limits: Option<Limits>,
    #[schema(value_type = Option<Vec<String>>)]
    ip_allow: Option<Vec<IpNet>>,
    #[schema(value_type = Option<Vec<String>>)]
    ip_deny: Option<Vec<IpNet>>,
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
}

/// How a key is rotated.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Rotation {
    /// How long the old text still works.
    #[serde(default)]
    #[schema(example = 86400)]
    overlap_seconds: u32,
}

/// Keys by name.
#[utoipa::path(get, path = "/api/platform/ai-management/keys", operation_id = "list_keys", tag = "keys",
    params(PageParameters), responses((status = 200, body = PageSchema<KeyView>)))]
async fn list_keys(
    State(context): State<Context>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<KeyView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let Page { items, next_cursor } = list::<Key>(&mut tx, &page).await?;
    let last = last_uses(&mut tx, &items).await?;
    let items = items.into_iter().map(|key| KeyView::read(key, &last)).collect();
    Ok(Json(Page { items, next_cursor }))
}

/// Issues a key. Its text is in this answer and nowhere else.
#[utoipa::path(post, path = "/api/platform/ai-management/keys", operation_id = "issue_key", tag = "keys",
    request_body = NewKey, responses((status = 201, body = IssuedKey)))]
async fn issue_key(State(context): State<Context>, write: Write, Json(new): Json<NewKey>) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let reference = new.application.as_deref().unwrap_or(DEFAULT_APPLICATION);
    let application = find::<Application>(change.read(), reference).await?.ok_or_else(|| {
        Problem::invalid(vec![FieldError::new("/application", format!("there is no application `{reference}`"))])
    })?;
    if new.name.is_empty() || new.name.chars().count() > 100 {
        return Err(Problem::invalid(vec![FieldError::new("/name", "a name has 1 to 100 characters")]));
    }
    let text = Credential::KEY.generate(&*context.rng);
    let state = KeyState {
        application: application.id,
        environment: new.environment,
        features: new.features,
        models: new.models,
        limits: new.limits,
        user_limits: new.user_limits,
        ip_allow: new.ip_allow,
        ip_deny: new.ip_deny,
        expires_at: new.expires_at,
        revoked_at: None,
        secrets: vec![secret::keep(&text)],
    };
    let key = change.create::<Key>(&new.name, state).await?;
    let tag = key.tag()?;
    let view = KeyView::written(key);
    let issued = IssuedKey { view: &view, key: text.expose() };
    change.answer_once(StatusCode::CREATED, &issued, &view, Some(tag)).await
}

/// A key by name or id, without its text.
#[utoipa::path(get, path = "/api/platform/ai-management/keys/{key}", operation_id = "get_key", tag = "keys",
    params(("key" = String, Path)), responses((status = 200, body = KeyView)))]
async fn get_key(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<KeyView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let key = get::<Key>(&mut tx, &reference).await?;
    let last = last_uses(&mut tx, slice::from_ref(&key)).await?;
    Ok(Tagged { tag: key.tag()?, body: KeyView::read(key, &last) })
}

/// Changes what a key may do.
#[utoipa::path(patch, path = "/api/platform/ai-management/keys/{key}", operation_id = "update_key", tag = "keys",
    params(("key" = String, Path)), request_body = KeyChange, responses((status = 200, body = KeyView)))]
async fn update_key(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<KeyChange>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let key = get::<Key>(change.read(), &reference).await?;
    let now = key.state.clone();
    let state = KeyState {
        features: asked.features.unwrap_or(now.features),
        models: asked.models.unwrap_or(now.models),
        limits: asked.limits.unwrap_or(now.limits),
        user_limits: asked.user_limits.unwrap_or(now.user_limits),
        ip_allow: asked.ip_allow.unwrap_or(now.ip_allow),
        ip_deny: asked.ip_deny.unwrap_or(now.ip_deny),
        expires_at: asked.expires_at.or(now.expires_at),
        ..now
    };
    let key = change.replace(key, state).await?;
    let tag = key.tag()?;
    change.answer(StatusCode::OK, KeyView::written(key), Some(tag)).await
}

/// Gives a key a new text. The old one works on for the overlap.
#[utoipa::path(post, path = "/api/platform/ai-management/keys/{key}/rotate", operation_id = "rotate_key", tag = "keys",
    params(("key" = String, Path)), request_body = Rotation, responses((status = 200, body = IssuedKey)))]
async fn rotate_key(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(rotation): Json<Rotation>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let key = get::<Key>(change.read(), &reference).await?;
    let now = context.clock.now();
    let until = now.plus(Duration::from_secs(u64::from(rotation.overlap_seconds)));
    let text = Credential::KEY.generate(&*context.rng);
    let mut state = key.state.clone();
    for old in &mut state.secrets {
        old.until = Some(old.until.map_or(until, |end| end.min(until)));
    }
    state.secrets.retain(|old| old.until.is_some_and(|end| end > now));
    state.secrets.insert(0, secret::keep(&text));
    let key = change.replace(key, state).await?;
    let tag = key.tag()?;
    let view = KeyView::written(key);
    let issued = IssuedKey { view: &view, key: text.expose() };
    change.answer_once(StatusCode::OK, &issued, &view, Some(tag)).await
}

/// Ends a key: the next call with it is refused.
#[utoipa::path(post, path = "/api/platform/ai-management/keys/{key}/revoke", operation_id = "revoke_key", tag = "keys",
    params(("key" = String, Path)), responses((status = 200, body = KeyView)))]
async fn revoke_key(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let key = get::<Key>(change.read(), &reference).await?;
    let state = KeyState { revoked_at: Some(key.state.revoked_at.unwrap_or(context.clock.now())), ..key.state.clone() };
    let key = change.replace(key, state).await?;
    let tag = key.tag()?;
    change.answer(StatusCode::OK, KeyView::written(key), Some(tag)).await
}
