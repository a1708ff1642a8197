use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{AliasId, Page, Timestamp};
use glaux_platform_kit::{Change, Context, Object, find, get, list};
use glaux_web::{Caller, FieldError, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Model,
    alias::{Alias, AliasState, check_name},
};

/// Another name for a model.
#[derive(Serialize, ToSchema)]
#[schema(as = Alias)]
pub(super) struct AliasView {
    #[schema(value_type = String)]
    id: AliasId,
    name: String,
    /// `provider/model`.
    model: String,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Object<Alias>> for AliasView {
    fn from(object: Object<Alias>) -> Self {
        Self { id: object.id, name: object.name, model: object.state.model, updated_at: object.updated_at }
    }
}

/// A new alias.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAlias {
    /// What clients write as `model`. A feature of the same name goes before it.
    #[schema(example = "gpt-4")]
    name: String,
    /// `provider/model`.
    #[schema(example = "acme-openai/gpt-4.1-mini")]
    model: String,
}

/// What an alias stands for from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AliasChange {
    /// `provider/model`.
    model: String,
}

async fn state(change: &mut Change, model: String) -> Result<AliasState, Problem> {
    if find::<Model>(change.read(), &model).await?.is_none() {
        return Err(Problem::invalid(vec![FieldError::new("/model", format!("there is no model `{model}`"))]));
    }
    Ok(AliasState { model })
}

/// Aliases by name.
#[utoipa::path(get, path = "/api/platform/ai-management/aliases", operation_id = "list_aliases", tag = "models",
    params(PageParameters), responses((status = 200, body = PageSchema<AliasView>)))]
pub(super) async fn list_aliases(
    State(context): State<Context>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<AliasView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(list::<Alias>(&mut tx, &page).await?.map(AliasView::from)))
}

/// Gives a model another name.
#[utoipa::path(post, path = "/api/platform/ai-management/aliases", operation_id = "create_alias", tag = "models",
    request_body = NewAlias, responses((status = 201, body = AliasView)))]
pub(super) async fn create_alias(
    State(context): State<Context>,
    write: Write,
    Json(new): Json<NewAlias>,
) -> Result<Response, Problem> {
    if let Some(error) = check_name(&new.name) {
        return Err(Problem::invalid(vec![error]));
    }
    let mut change = Change::begin(&context, write).await?;
    let state = state(&mut change, new.model).await?;
    let alias = change.create::<Alias>(&new.name, state).await?;
    let tag = alias.tag()?;
    change.answer(StatusCode::CREATED, AliasView::from(alias), Some(tag)).await
}

/// An alias by name or id.
#[utoipa::path(get, path = "/api/platform/ai-management/aliases/{alias}", operation_id = "get_alias", tag = "models",
    params(("alias" = String, Path)), responses((status = 200, body = AliasView)))]
pub(super) async fn get_alias(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<AliasView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let alias = get::<Alias>(&mut tx, &reference).await?;
    Ok(Tagged { tag: alias.tag()?, body: alias.into() })
}

/// Has an alias stand for another model. The next call is served by it.
#[utoipa::path(patch, path = "/api/platform/ai-management/aliases/{alias}", operation_id = "update_alias", tag = "models",
    params(("alias" = String, Path)), request_body = AliasChange, responses((status = 200, body = AliasView)))]
pub(super) async fn update_alias(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<AliasChange>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let alias = get::<Alias>(change.read(), &reference).await?;
    let state = state(&mut change, asked.model).await?;
    let alias = change.replace(alias, state).await?;
    let tag = alias.tag()?;
    change.answer(StatusCode::OK, AliasView::from(alias), Some(tag)).await
}

/// Removes an alias.
#[utoipa::path(delete, path = "/api/platform/ai-management/aliases/{alias}", operation_id = "delete_alias", tag = "models",
    params(("alias" = String, Path)), responses((status = 200, body = AliasView)))]
pub(super) async fn delete_alias(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let alias = get::<Alias>(change.read(), &reference).await?;
    change.delete(&alias).await?;
    change.answer(StatusCode::OK, AliasView::from(alias), None).await
}
