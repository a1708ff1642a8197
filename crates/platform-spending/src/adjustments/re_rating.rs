//! The past at the prices as they are known now.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use glaux_kernel::{AttemptId, ModelId, Money, Timestamp};
use glaux_ledger::{
    MAX_NANOS,
    record::{Adjustment, AdjustmentReason, Cost, Figure},
};
use glaux_ledger_store::{Adjustable, Span, list_adjustable};
use glaux_platform_kit::{Change, RowChange, find_id};
use glaux_platform_models::{ModelPrices, find_prices};
use glaux_web::{FieldError, MoneySchema, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{adjustment, is_at_bound, order, rate, too_dear};
use crate::failed;

/// Attempts that one request looks at.
const MAX_ATTEMPTS: usize = 5000;
/// Attempts that are read at once.
const PAGE: u32 = 500;

/// Which attempts are rated anew.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReRating {
    /// Opened at this moment or later.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Opened before this moment.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// At this model, `provider/model` or id; absent: at any.
    model: Option<String>,
    /// The `next_cursor` of the request before: one request looks at 5,000 attempts.
    #[schema(value_type = Option<String>)]
    cursor: Option<AttemptId>,
}

/// What is found of the attempts of a span.
#[derive(Debug, Default, Serialize, ToSchema)]
pub(super) struct ReRated {
    /// Attempts that were looked at.
    attempts: u64,
    /// Attempts whose cost is another one now, by model. Each of them is adjusted.
    models: Vec<ReRatedModel>,
    /// The sum of these.
    total: Sum,
    /// Attempts that keep their cost, and why.
    left: Left,
    /// For `cursor`; null when the span is done.
    #[schema(value_type = Option<String>)]
    next_cursor: Option<AttemptId>,
}

/// The attempts of a model whose cost is another one now.
#[derive(Debug, Serialize, ToSchema)]
struct ReRatedModel {
    /// `provider/model`, as it was called then.
    model: String,
    #[serde(flatten)]
    sum: Sum,
}

/// What attempts cost before and after.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[schema(as = ReRatedSum)]
struct Sum {
    adjusted: u64,
    #[schema(value_type = MoneySchema)]
    before: Money,
    #[schema(value_type = MoneySchema)]
    after: Money,
    #[schema(value_type = MoneySchema)]
    difference: Money,
}

/// Attempts that keep their cost.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = NotReRated)]
struct Left {
    /// Their cost is the provider's bill.
    billed: u64,
    /// They are charged at their bound: nothing is known that could be rated. Settle them.
    at_bound: u64,
    /// Their model is no more.
    without_model: u64,
    /// An adjustment of theirs is on its way to the ledger.
    pending: u64,
    /// What they are charged for has no price any more, and rating would take the charge back. Price it.
    unpriced: u64,
}

impl Default for Sum {
    fn default() -> Self {
        let zero = Money::usd_nanos(0);
        Self { adjusted: 0, before: zero, after: zero, difference: zero }
    }
}

impl Sum {
    fn add(&mut self, adjustment: &Adjustment) {
        let add = |sum: &mut Money, nanos: i64| *sum = Money::usd_nanos(sum.nanos().saturating_add(nanos));
        self.adjusted += 1;
        add(&mut self.before, adjustment.before.cost.nanos);
        add(&mut self.after, adjustment.after.cost.nanos);
        add(&mut self.difference, adjustment.difference_nanos());
    }
}

/// Prices by model, as the transaction has them; `None` for a model that is no more.
type Prices = HashMap<ModelId, Option<ModelPrices>>;

/// Orders an adjustment for each attempt of the span whose cost is another one now, all by one decision.
pub(super) async fn re_rate(change: &mut Change, asked: &ReRating) -> Result<ReRated, Problem> {
    if asked.from >= asked.to {
        return Err(Problem::invalid(vec![FieldError::new("/to", "the span ends after it begins")]));
    }
    let model =
        find_id(change.read(), "model", asked.model.as_deref()).await.map_err(|problem| problem.within("/model"))?;
    let mut span = Span { from: asked.from, to: asked.to, model, after: asked.cursor };
    let (mut found, mut orders, mut prices) = (ReRated::default(), Vec::new(), Prices::new());
    loop {
        let page = list_adjustable(change.read(), &span, PAGE).await.map_err(failed)?;
        let last = page.last().map(|last| last.attempt.attempt.attempt);
        found.attempts += page.len() as u64;
        let is_whole = page.len() == PAGE as usize;
        for attempt in page {
            orders.extend(rate_again(change, &attempt, &mut prices, &mut found.left).await?);
        }
        span.after = last;
        if !is_whole {
            break;
        }
        if found.attempts >= MAX_ATTEMPTS as u64 {
            found.next_cursor = last;
            break;
        }
    }
    found.sum(&orders);
    if !orders.is_empty() {
        order(change, decision(asked, &found), orders).await?;
    }
    Ok(found)
}

/// The adjustment of an attempt whose cost is another one now.
async fn rate_again(
    change: &mut Change,
    adjustable: &Adjustable,
    prices: &mut Prices,
    left: &mut Left,
) -> Result<Option<Adjustment>, Problem> {
    let (attempt, before) = (&adjustable.attempt.attempt, adjustable.attempt.figure());
    let reason = if adjustable.attempt.pending().is_some() {
        Some(&mut left.pending)
    } else if before.billed {
        Some(&mut left.billed)
    } else if is_at_bound(&before) {
        Some(&mut left.at_bound)
    } else {
        None
    };
    if let Some(reason) = reason {
        *reason += 1;
        return Ok(None);
    }
    let model = attempt.target.model;
    if let Entry::Vacant(entry) = prices.entry(model) {
        entry.insert(find_prices(change.read(), model).await?);
    }
    let Some(prices) = prices.get(&model).and_then(Option::as_ref) else {
        left.without_model += 1;
        return Ok(None);
    };
    let cost = rate(prices, &before.usage, attempt.opened_at, before.service_tier);
    if is_same(&cost, &before.cost) {
        return Ok(None);
    }
    if cost.unpriced.is_some() && before.cost.unpriced.is_none() {
        left.unpriced += 1;
        return Ok(None);
    }
    if cost.nanos > MAX_NANOS {
        return Err(too_dear("", attempt.attempt, &cost));
    }
    Ok(Some(adjustment(change, adjustable, AdjustmentReason::ReRated, Figure { cost, ..before })))
}

/// Other rules may come to the same cost; what was settled at the most that is believed stays so.
fn is_same(rated: &Cost, before: &Cost) -> bool {
    (rated.nanos.min(MAX_NANOS), rated.unpriced) == (before.nanos, before.unpriced)
}

impl ReRated {
    fn sum(&mut self, orders: &[Adjustment]) {
        let mut models: BTreeMap<&str, Sum> = BTreeMap::new();
        for order in orders {
            models.entry(&order.target.model_name).or_default().add(order);
            self.total.add(order);
        }
        let model = |(model, sum): (&str, Sum)| ReRatedModel { model: model.to_owned(), sum };
        self.models = models.into_iter().map(model).collect();
    }
}

fn decision(asked: &ReRating, found: &ReRated) -> RowChange {
    RowChange {
        kind: "re_rating",
        schema_version: 1,
        object: format!("{}/{}", asked.from, asked.to),
        name: asked.model.clone().unwrap_or_else(|| "every model".to_owned()),
        action: "re_rate",
        before: None,
        after: Some(serde_json::json!({ "asked": asked, "found": found })),
    }
}
