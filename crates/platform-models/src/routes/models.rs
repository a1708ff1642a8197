use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{ModelId, Page, Timestamp};
use glaux_platform_kit::{Change, Context, Object, get, has_text, list_matching, remove};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Query, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Model, ModelState, Origin, Provider,
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
    origin: Option<OriginView>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// Where a model's figures were taken from.
#[derive(Serialize, ToSchema)]
#[schema(as = ModelOrigin)]
struct OriginView {
    #[serde(flatten)]
    origin: Origin,
    /// The day of the oldest of these sources.
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-12")]
    as_of: Option<String>,
}

/// Which models are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// Of this provider, by name or id.
    provider: Option<String>,
    /// llm, embedding, image…
    #[serde(rename = "type")]
    model_type: Option<ModelType>,
    /// With this text in the name; upper and lower case are one.
    q: Option<String>,
}

impl From<Origin> for OriginView {
    fn from(origin: Origin) -> Self {
        Self { as_of: origin.as_of().map(str::to_owned), origin }
    }
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
            origin: origin.map(OriginView::from),
            updated_at: object.updated_at,
        }
    }
}

/// Models by name.
#[utoipa::path(get, path = "/api/platform/ai-management/models", operation_id = "list_models", tag = "models",
    params(Asked, PageParameters), responses((status = 200, body = PageSchema<ModelView>)))]
pub(super) async fn list_models(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Paging(page): Paging,
) -> Result<Json<Page<ModelView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let provider = match &asked.provider {
        Some(reference) => Some(get::<Provider>(&mut tx, reference).await?.id),
        None => None,
    };
    let found = list_matching::<Model>(&mut tx, &page, |model| {
        provider.is_none_or(|provider| model.state.provider == provider)
            && asked.model_type.is_none_or(|wanted| model.state.model_type == wanted)
            && has_text(&model.name, asked.q.as_deref())
    });
    Ok(Json(found.await?.map(ModelView::from)))
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
