use glaux_kernel::ProviderId;
use glaux_platform_kit::{Change, Context, Object, find};
use glaux_routing::document::PriceRule;
use glaux_web::{FieldError, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refuse;
use crate::{
    CatalogReference, Model, ModelState, Provider,
    adoption::describe_entry,
    catalogue::ModelType,
    price::{PriceInput, find_overlaps, succeed},
};

/// A new model of a provider.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewModel {
    /// The provider's name.
    #[schema(example = "acme-openai")]
    pub(crate) provider: String,
    /// Stands after the slash.
    #[schema(example = "gpt-4.1-mini")]
    pub(crate) name: String,
    /// Needed where the catalogue does not say it.
    #[serde(rename = "type")]
    pub(crate) model_type: Option<ModelType>,
    pub(crate) upstream_name: Option<String>,
    pub(crate) context_window: Option<u64>,
    pub(crate) max_output_tokens: Option<u64>,
    /// Without prices here or in the catalogue the model has none, which is shown and never taken for zero.
    #[serde(default)]
    pub(crate) prices: Vec<PriceInput>,
    /// The entry of the bundled catalogue from which everything is taken that is not stated here.
    pub(crate) catalog: Option<CatalogReference>,
}

/// What changes of a model; what is absent stays. `prices` replace all of the old ones.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ModelChange {
    pub(crate) upstream_name: Option<String>,
    pub(crate) context_window: Option<u64>,
    pub(crate) max_output_tokens: Option<u64>,
    pub(crate) prices: Option<Vec<PriceInput>>,
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
    let rules = rules.collect::<Result<Vec<_>, FieldError>>().map_err(|error| Problem::invalid(vec![error]))?;
    let detail = "the meter has another rate under the same conditions at the same time";
    refuse(find_overlaps(&rules, now).map(|index| FieldError::new(format!("/prices/{index}"), detail)).collect())?;
    Ok(rules)
}

/// What providers call models stands in their paths.
fn check_name(pointer: &str, name: &str) -> Option<FieldError> {
    let is_visible = name.bytes().all(|byte| byte.is_ascii_graphic());
    let holds = (1..=200).contains(&name.len()) && is_visible && !name.split('/').any(|part| part == "..");
    let detail = "a name has 1 to 200 visible ASCII characters, no space and no part `..`";
    (!holds).then(|| FieldError::new(pointer, detail))
}

/// Adds a model to a provider.
pub(crate) async fn create_model(change: &mut Change, new: NewModel) -> Result<Object<Model>, Problem> {
    let provider = find_provider(change, &new).await?;
    let upstream = new.upstream_name.as_deref().and_then(|name| check_name("/upstream_name", name));
    refuse(check_name("/name", &new.name).into_iter().chain(upstream).collect())?;
    let name = format!("{}/{}", provider.name, new.name);
    let state = new.state(change.context(), provider.id)?;
    change.create::<Model>(&name, state).await
}

/// Changes a model. What was called before keeps the prices it was called at: they end now.
pub(crate) async fn update_model(
    change: &mut Change,
    model: Object<Model>,
    asked: ModelChange,
) -> Result<Object<Model>, Problem> {
    let error = asked.upstream_name.as_deref().and_then(|name| check_name("/upstream_name", name));
    refuse(error.into_iter().collect())?;
    let now = model.state.clone();
    let states_figures = asked.prices.is_some() || asked.context_window.is_some() || asked.max_output_tokens.is_some();
    let prices = match asked.prices {
        Some(prices) => {
            let context = change.context();
            succeed(&now.prices, rules(context, prices)?, context.clock.now())
        }
        None => now.prices,
    };
    let state = ModelState {
        upstream_name: asked.upstream_name.or(now.upstream_name),
        context_window: asked.context_window.or(now.context_window),
        max_output_tokens: asked.max_output_tokens.or(now.max_output_tokens),
        // Figures that a person stated are no longer the catalogue's.
        origin: now.origin.filter(|_| !states_figures),
        prices,
        ..now
    };
    change.replace(model, state).await
}

/// Adds the model, or gives the present one the figures that are stated.
pub async fn put_model(change: &mut Change, new: NewModel) -> Result<Object<Model>, Problem> {
    let provider = find_provider(change, &new).await?;
    let name = format!("{}/{}", provider.name, new.name);
    let Some(model) = find::<Model>(change.read(), &name).await? else { return create_model(change, new).await };
    let asked = ModelChange {
        upstream_name: new.upstream_name,
        context_window: new.context_window,
        max_output_tokens: new.max_output_tokens,
        prices: (!new.prices.is_empty()).then_some(new.prices),
    };
    update_model(change, model, asked).await
}

async fn find_provider(change: &mut Change, new: &NewModel) -> Result<Object<Provider>, Problem> {
    find::<Provider>(change.read(), &new.provider).await?.ok_or_else(|| {
        Problem::invalid(vec![FieldError::new("/provider", format!("there is no provider `{}`", new.provider))])
    })
}
