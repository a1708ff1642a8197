use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{AliasId, Page, Timestamp};
use glaux_platform_kit::{Change, Context, Object, get, has_text, list_matching, remove};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Query, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Alias,
    service::{self, NewAlias},
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

/// What an alias stands for from now on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AliasChange {
    /// `provider/model`.
    model: String,
}

/// Which aliases are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// For this model, `provider/model`.
    model: Option<String>,
    /// With this text in the name; upper and lower case are one.
    q: Option<String>,
}

/// Aliases by name.
#[utoipa::path(get, path = "/api/platform/ai-management/aliases", operation_id = "list_aliases", tag = "models",
    params(Asked, PageParameters), responses((status = 200, body = PageSchema<AliasView>)))]
pub(super) async fn list_aliases(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Paging(page): Paging,
) -> Result<Json<Page<AliasView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let found = list_matching::<Alias>(&mut tx, &page, |alias| {
        asked.model.as_ref().is_none_or(|model| alias.state.model == *model)
            && has_text(&alias.name, asked.q.as_deref())
    });
    Ok(Json(found.await?.map(AliasView::from)))
}

/// Gives a model another name.
#[utoipa::path(post, path = "/api/platform/ai-management/aliases", operation_id = "create_alias", tag = "models",
    request_body = NewAlias, responses((status = 201, body = AliasView)))]
pub(super) async fn create_alias(
    State(context): State<Context>,
    write: Write,
    Json(new): Json<NewAlias>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let alias = service::create_alias(&mut change, new).await?;
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
    let alias = service::update_alias(&mut change, alias, asked.model).await?;
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
    remove(&mut change, &alias).await?;
    change.answer(StatusCode::OK, AliasView::from(alias), None).await
}
