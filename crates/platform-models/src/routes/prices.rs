use axum::extract::State;
use glaux_kernel::{Cursor, Page, PriceRuleId};
use glaux_platform_kit::{Context, get, list_all};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Problem, Query};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{Model, price::PriceInput};

/// A rate of a model.
#[derive(Serialize, ToSchema)]
#[schema(as = ModelPrice)]
pub(super) struct PriceView {
    /// Ledger entries name the rule that charged them by this id.
    #[schema(value_type = String)]
    id: PriceRuleId,
    /// `provider/model`.
    model: String,
    #[serde(flatten)]
    price: PriceInput,
    /// The catalogue's sources of the model's figures; absent: a person stated them.
    sources: Option<Vec<String>>,
}

/// Which prices are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PriceFilter {
    /// Of this model, `provider/model` or id.
    model: Option<String>,
}

/// Rates of models, ordered by model.
#[utoipa::path(get, path = "/api/platform/ai-management/models/prices", operation_id = "list_prices", tag = "models",
    params(PriceFilter, PageParameters), responses((status = 200, body = PageSchema<PriceView>)))]
pub(super) async fn list_prices(
    State(context): State<Context>,
    caller: Caller,
    Query(filter): Query<PriceFilter>,
    Paging(page): Paging,
) -> Result<Json<Page<PriceView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let models = match &filter.model {
        Some(reference) => vec![get::<Model>(&mut tx, reference).await?],
        None => list_all::<Model>(&mut tx).await?,
    };
    let prices = models.iter().flat_map(|model| {
        let sources = model.state.origin.as_ref().map(|origin| origin.sources.clone());
        model.state.prices.iter().map(move |rule| PriceView {
            id: rule.id,
            model: model.name.clone(),
            price: PriceInput::from(rule),
            sources: sources.clone(),
        })
    });
    // The cursor names the last rule that was given; one that is gone since is passed by its model's name.
    let seen = page.cursor.as_ref().and_then(|cursor| cursor.0.rsplit_once(' '));
    let mut prices: Vec<PriceView> = match seen {
        None => prices.collect(),
        Some((model, id)) => {
            let of_model: Vec<PriceView> = prices.filter(|price| price.model.as_str() >= model).collect();
            let last = of_model.iter().position(|price| price.id.to_string() == id);
            of_model.into_iter().skip(last.map_or(0, |last| last + 1)).collect()
        }
    };
    prices.truncate(page.limit as usize + 1);
    let cursor = |price: &PriceView| Cursor(format!("{} {}", price.model, price.id));
    Ok(Json(Page::from_overfetch(prices, page.limit, cursor)))
}
