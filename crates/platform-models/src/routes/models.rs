use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{ModelId, Page, ProviderId, Timestamp};
use glaux_platform_kit::{Change, Context, Object, find, get, list};
use glaux_routing::document::PriceRule;
use glaux_web::{Caller, FieldError, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    CatalogReference, Model, ModelState, Origin, Provider, adoption::describe_entry, catalogue::ModelType,
    price::PriceInput,
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

/// A new model of a provider.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewModel {
    /// The provider's name.
    #[schema(example = "acme-openai")]
    provider: String,
    /// Stands after the slash.
    #[schema(example = "gpt-4.1-mini")]
    name: String,
    /// Needed where the catalogue does not say it.
    #[serde(rename = "type")]
    model_type: Option<ModelType>,
    upstream_name: Option<String>,
    context_window: Option<u64>,
    max_output_tokens: Option<u64>,
    /// Without prices here or in the catalogue the model has none, which is shown and never taken for zero.
    #[serde(default)]
    prices: Vec<PriceInput>,
    /// The entry of the bundled catalogue from which everything is taken that is not stated here.
    catalog: Option<CatalogReference>,
}

/// What changes of a model; what is absent stays. `prices` replace all of the old ones.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ModelChange {
    upstream_name: Option<String>,
    context_window: Option<u64>,
    max_output_tokens: Option<u64>,
    prices: Option<Vec<PriceInput>>,
}

impl NewModel {
    fn state(self, context: &Context, provider: ProviderId) -> Result<ModelState, Problem> {
        let stated = rules(context, self.prices)?;
        let described = match &self.catalog {
            None => None,
            Some(reference) => Some(describe_entry(context, provider, reference)?.ok_or_else(|| {
                let detail = format!("the catalogue has no `{}` of `{}`", reference.model, reference.provider);
                Problem::invalid(vec![FieldError::new("/catalog", detail)])
            })?),
        };
        let is_stated = !stated.is_empty() || self.context_window.is_some() || self.max_output_tokens.is_some();
        let entry = described.as_ref();
        let model_type = self.model_type.or_else(|| entry.map(|entry| entry.model_type)).ok_or_else(|| {
            Problem::invalid(vec![FieldError::new("/type", "say what the model does, or take it from the catalogue")])
        })?;
        Ok(ModelState {
            provider,
            model_type,
            upstream_name: self.upstream_name,
            context_window: self.context_window.or_else(|| entry?.context_window),
            max_output_tokens: self.max_output_tokens.or_else(|| entry?.max_output_tokens),
            origin: entry.and_then(|entry| entry.origin.clone()).filter(|_| !is_stated),
            prices: if stated.is_empty() { described.map(|entry| entry.prices).unwrap_or_default() } else { stated },
        })
    }
}

fn rules(context: &Context, prices: Vec<PriceInput>) -> Result<Vec<PriceRule>, Problem> {
    let now = context.clock.now();
    let rules = prices.into_iter().enumerate().map(|(index, price)| price.rule(index, now, &*context.rng));
    rules.collect::<Result<_, FieldError>>().map_err(|error| Problem::invalid(vec![error]))
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
    let provider = find::<Provider>(change.read(), &new.provider).await?.ok_or_else(|| {
        Problem::invalid(vec![FieldError::new("/provider", format!("there is no provider `{}`", new.provider))])
    })?;
    if new.name.is_empty() || new.name.len() > 200 || new.name.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return Err(Problem::invalid(vec![FieldError::new("/name", "a name has 1 to 200 bytes and no space")]));
    }
    let name = format!("{}/{}", provider.name, new.name);
    let state = new.state(&context, provider.id)?;
    let model = change.create::<Model>(&name, state).await?;
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
    let now = model.state.clone();
    let states_figures = asked.prices.is_some() || asked.context_window.is_some() || asked.max_output_tokens.is_some();
    let state = ModelState {
        upstream_name: asked.upstream_name.or(now.upstream_name),
        context_window: asked.context_window.or(now.context_window),
        max_output_tokens: asked.max_output_tokens.or(now.max_output_tokens),
        // Figures that a person stated are no longer the catalogue's.
        origin: now.origin.filter(|_| !states_figures),
        prices: match asked.prices {
            Some(prices) => rules(&context, prices)?,
            None => now.prices,
        },
        ..now
    };
    let model = change.replace(model, state).await?;
    let tag = model.tag()?;
    change.answer(StatusCode::OK, ModelView::from(model), Some(tag)).await
}

/// Removes a model. Features that it is assigned to no longer try it.
#[utoipa::path(delete, path = "/api/platform/ai-management/models/{model}", operation_id = "delete_model", tag = "models",
    params(("model" = String, Path)), responses((status = 200, body = ModelView)))]
pub(super) async fn delete_model(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let model = get::<Model>(change.read(), &reference).await?;
    change.delete(&model).await?;
    change.answer(StatusCode::OK, ModelView::from(model), None).await
}
