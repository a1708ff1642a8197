use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{ModelId, Page, Timestamp};
use glaux_platform_kit::{Change, Context, Object, get, list, remove};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    Model, ModelState, Origin,
    catalogue::ModelType,
    price::PriceInput,
    service::{self, ModelChange, NewModel},
};

/// A catalogue entry of a provider.
#[derive(Serialize, ToSchema)]
#[schema(as = Model)]
pub(super) struct ModelView {
    #[schema(value_type = String)]
    id: ModelId,
    /// `provider/model`: what clients write as `model`.
    name: String,
    #[serde(rename = "type")]
    model_type: ModelType,
    upstream_name: Option<String>,
    context_window: Option<u64>,
    max_output_tokens: Option<u64>,
    prices: Vec<PriceInput>,
    /// Where the figures were taken from; absent: a person stated them.
    origin: Option<Origin>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Object<Model>> for ModelView {
    fn from(object: Object<Model>) -> Self {
        let ModelState { provider: _, model_type, upstream_name, context_window, max_output_tokens, prices, origin } =
            object.state;
        Self {
            id: object.id,
            name: object.name,
            model_type,
            upstream_name,
            context_window,
            max_output_tokens,
            prices: prices.iter().map(PriceInput::from).collect(),
            origin,
            updated_at: object.updated_at,
        }
    }
}

/// Models by name.
#[utoipa::path(get, path = "/api/platform/ai-management/models", operation_id = "list_models", tag = "models",
    params(PageParameters), responses((status = 200, body = PageSchema<ModelView>)))]
pub(super) async fn list_models(
    State(context): State<Context>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<ModelView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(list::<Model>(&mut tx, &page).await?.map(ModelView::from)))
}

/// Adds a model to a provider.
#[utoipa::path(post, path = "/api/platform/ai-management/models", operation_id = "create_model", tag = "models",
    request_body = NewModel, responses((status = 201, body = ModelView)))]
pub(super) async fn create_model(
    State(context): State<Context>,
    write: Write,
    Json(new): Json<NewModel>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let model = service::create_model(&mut change, new).await?;
    let tag = model.tag()?;
    change.answer(StatusCode::CREATED, ModelView::from(model), Some(tag)).await
}

/// A model by id.
#[utoipa::path(get, path = "/api/platform/ai-management/models/{model}", operation_id = "get_model", tag = "models",
    params(("model" = String, Path)), responses((status = 200, body = ModelView)))]
pub(super) async fn get_model(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<ModelView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let model = get::<Model>(&mut tx, &reference).await?;
    Ok(Tagged { tag: model.tag()?, body: model.into() })
}

/// Changes a model: its limits and prices. What was called before keeps the prices it was called at.
#[utoipa::path(patch, path = "/api/platform/ai-management/models/{model}", operation_id = "update_model", tag = "models",
    params(("model" = String, Path)), request_body = ModelChange, responses((status = 200, body = ModelView)))]
pub(super) async fn update_model(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<ModelChange>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let model = get::<Model>(change.read(), &reference).await?;
    let model = service::update_model(&mut change, model, asked).await?;
    let tag = model.tag()?;
    change.answer(StatusCode::OK, ModelView::from(model), Some(tag)).await
}

/// Removes a model that no alias and no assignment names.
#[utoipa::path(delete, path = "/api/platform/ai-management/models/{model}", operation_id = "delete_model", tag = "models",
    params(("model" = String, Path)), responses((status = 200, body = ModelView)))]
pub(super) async fn delete_model(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let model = get::<Model>(change.read(), &reference).await?;
    remove(&mut change, &model).await?;
    change.answer(StatusCode::OK, ModelView::from(model), None).await
}
