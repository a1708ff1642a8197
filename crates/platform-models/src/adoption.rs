//! Taking models over from the bundled catalogue.

use std::collections::BTreeSet;

use glaux_kernel::{PriceRuleId, ProviderId, Timestamp};
use glaux_llm::ProviderKind;
use glaux_platform_kit::{Change, Context, Object, find};
use glaux_routing::document::PriceRule;
use glaux_web::Problem;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    CatalogReference, Model, ModelState, Origin, Provider, ProviderState, bundled,
    catalogue::{self, Models, ProviderEntry, Stamp},
    price::succeed,
};

/// What became of the models of the catalogue.
#[derive(Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CatalogImport)]
pub(crate) struct Adoption {
    /// The catalogue's name for the provider.
    pub(crate) catalog: String,
    /// New models.
    pub(crate) added: Vec<String>,
    /// Models whose figures changed. Old prices stay for what was called before.
    pub(crate) updated: Vec<String>,
    /// How many already were as the catalogue says.
    pub(crate) unchanged: usize,
    /// Models that a person described; they are left alone.
    pub(crate) kept: Vec<String>,
    /// Models that were asked for and are not in the catalogue.
    pub(crate) not_found: Vec<String>,
    /// Models that were asked for, or would have been taken, of which no price is known.
    pub(crate) unpriced: Vec<String>,
}

/// Which models of the catalogue are wanted.
pub(crate) enum Wanted<'a> {
    /// All that have a price and are still served.
    Served,
    /// These.
    Named(&'a [String]),
}

/// The provider of the catalogue that `state` is an account of: by its kind, its address, or its name.
pub(crate) fn find_entry(name: &str, state: &ProviderState) -> Result<Option<ProviderEntry>, Problem> {
    let entries = bundled::providers().map_err(Problem::internal)?;
    if state.kind != ProviderKind::OpenAiCompatible {
        return Ok(entries.into_iter().find(|entry| entry.kind == state.kind));
    }
    let address = state.base_url.as_deref().unwrap_or_default().trim_end_matches('/');
    let found = entries.iter().find(|entry| entry.base_url.as_deref() == Some(address));
    Ok(found.or_else(|| entries.iter().find(|entry| *entry.name == *name && entry.kind == state.kind)).cloned())
}

/// Takes models of `entry` over for `provider`.
pub(crate) async fn adopt(
    change: &mut Change,
    provider: &Object<Provider>,
    entry: &ProviderEntry,
    wanted: Wanted<'_>,
) -> Result<Adoption, Problem> {
    let now = change.context().clock.now();
    let models = bundled::models(&entry.name).map_err(Problem::internal)?;
    let stamps = bundled::stamps().map_err(Problem::internal)?;
    let mut adoption = Adoption { catalog: entry.name.to_string(), ..Adoption::default() };
    for (name, model) in select(&models, &wanted, now, &mut adoption) {
        let full_name = format!("{}/{name}", provider.name);
        if model.prices.is_empty() {
            adoption.unpriced.push(full_name.clone());
        }
        let existing = find::<Model>(change.read(), &full_name).await?;
        let state = describe(change.context(), provider.id, &entry.name, model, &stamps);
        match existing {
            None => {
                change.create::<Model>(&full_name, state).await?;
                adoption.added.push(full_name);
            }
            Some(object) if object.state.origin.is_none() => adoption.kept.push(full_name),
            Some(object) => {
                let next = follow(&object.state, state, now);
                if next == object.state {
                    adoption.unchanged += 1;
                } else {
                    change.replace(object, next).await?;
                    adoption.updated.push(full_name);
                }
            }
        }
    }
    Ok(adoption)
}

/// The models, each under the name by which it is wanted.
fn select<'a>(
    models: &'a Models,
    wanted: &Wanted<'a>,
    now: Timestamp,
    adoption: &mut Adoption,
) -> Vec<(&'a str, &'a catalogue::Model)> {
    match wanted {
        Wanted::Served => {
            let is_served = |model: &&catalogue::Model| !model.prices.is_empty() && !model.is_retired(now);
            models.iter().filter(is_served).map(|model| (&*model.name, model)).collect()
        }
        Wanted::Named(names) => {
            let mut found = Vec::new();
            for name in *names {
                match models.find(name) {
                    Some(model) => found.push((name.as_str(), model)),
                    None => adoption.not_found.push(name.clone()),
                }
            }
            found
        }
    }
}

/// The state of a model of `provider` as an entry of the catalogue describes it; `None`: there is no such entry.
pub(crate) fn describe_entry(
    context: &Context,
    provider: ProviderId,
    reference: &CatalogReference,
) -> Result<Option<ModelState>, Problem> {
    let found = bundled::find(&reference.provider, &reference.model).map_err(Problem::internal)?;
    let stamps = bundled::stamps().map_err(Problem::internal)?;
    Ok(found.map(|model| describe(context, provider, &reference.provider, &model, &stamps)))
}

fn describe(
    context: &Context,
    provider: ProviderId,
    catalog: &str,
    model: &catalogue::Model,
    stamps: &[Stamp],
) -> ModelState {
    let rule = |price: &catalogue::Price| PriceRule {
        id: PriceRuleId::new(context.clock.now(), &*context.rng),
        meter: price.meter,
        rate: price.rate,
        conditions: price.conditions.clone(),
    };
    let figures = [model.context_window, model.max_output_tokens];
    let prices = model.prices.iter().map(|price| price.source);
    let sources: BTreeSet<_> = figures.iter().flatten().map(|figure| figure.source).chain(prices).collect();
    let dated = |source| match stamps.iter().find(|stamp| stamp.source == source) {
        Some(stamp) => format!("{source} {} of {}", stamp.revision, stamp.date),
        None => source.to_string(),
    };
    ModelState {
        provider,
        model_type: model.kind,
        upstream_name: None,
        context_window: model.context_window.map(|figure| figure.value),
        max_output_tokens: model.max_output_tokens.map(|figure| figure.value),
        prices: model.prices.iter().map(rule).collect(),
        origin: Some(Origin {
            catalog: catalog.to_owned(),
            model: model.name.to_string(),
            sources: sources.into_iter().map(dated).collect(),
        }),
    }
}

/// The newly described state after the old one: what a person set besides stays, and so do past prices.
fn follow(old: &ModelState, described: ModelState, now: Timestamp) -> ModelState {
    ModelState {
        upstream_name: old.upstream_name.clone(),
        prices: succeed(&old.prices, described.prices, now),
        ..described
    }
}
