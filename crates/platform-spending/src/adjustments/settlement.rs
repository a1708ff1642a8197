//! What the provider counted or billed for one attempt.

use glaux_kernel::{AdjustmentId, AttemptId, CallId, Currency, Money, problem::Code};
use glaux_ledger::{
    MAX_NANOS, MAX_QUANTITY,
    record::{AdjustmentReason, Cost, Figure, Status},
};
use glaux_ledger_store::{Adjustable, OrderState, Ordered, find_adjustable};
use glaux_llm::{Meter, Usage, UsageBasis};
use glaux_platform_kit::{Change, RowChange};
use glaux_platform_models::find_prices;
use glaux_web::{FieldError, MoneySchema, Problem};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{adjustment, order, rate, too_dear, view::FigureView};
use crate::failed;

/// Bytes of the provider's own words.
const MAX_RAW_USAGE: usize = 16 << 10;

/// What became known of an attempt: `usage`, or `cost_amount`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSettlement {
    /// What the provider counted, in the classes of a use, none of which is part of another. It is rated at the prices
    /// that were in force.
    #[schema(value_type = Option<Object>, example = json!({"input_tokens": 19, "output_tokens": 10}))]
    usage: Option<Usage>,
    /// What the provider billed.
    #[schema(value_type = Option<MoneySchema>)]
    cost_amount: Option<Money>,
    /// The provider's own words, to be kept.
    #[schema(value_type = Option<Object>)]
    raw_usage: Option<Value>,
    /// The attempt's last adjustment, which this one changes; absent where there is none.
    #[schema(value_type = Option<String>)]
    changes: Option<AdjustmentId>,
}

enum Known {
    Usage(Usage),
    Bill(Money),
}

/// Orders the figure that became known for an attempt.
///
/// # Errors
/// `conflict` where the figure is the provider's already, or not the one that the caller has seen.
pub(super) async fn settle(
    change: &mut Change,
    (call, attempt): (CallId, AttemptId),
    new: NewSettlement,
) -> Result<Ordered, Problem> {
    let (known, raw_usage) = check(change, &new)?;
    let found = find_adjustable(change.read(), call, attempt).await.map_err(failed)?;
    let adjustable = found.ok_or_else(|| Problem::not_found("use", &attempt.to_string()))?;
    refuse_settled(&adjustable)?;
    refuse_stale(&adjustable, new.changes)?;
    let before = adjustable.attempt.figure();
    let after = figure(change, &adjustable, &before, known).await?;
    if after == before {
        return Err(conflict("the ledger has this figure already".to_owned()));
    }
    let mut adjustment = adjustment(change, &adjustable, AdjustmentReason::Reconciled, after);
    adjustment.raw_usage = raw_usage;
    let state = |figure: &Figure| serde_json::to_value(FigureView::from(figure)).map_err(Problem::internal);
    let decision = RowChange {
        kind: "settlement",
        schema_version: 1,
        object: attempt.to_string(),
        name: adjustment.target.model_name.clone(),
        action: "adjust",
        before: Some(state(&before)?),
        after: Some(state(&adjustment.after)?),
    };
    adjustment.journal_seq = order(change, decision, vec![adjustment.clone()]).await?;
    Ok(Ordered { adjustment, state: OrderState::Ordered })
}

fn check(change: &Change, new: &NewSettlement) -> Result<(Known, Option<String>), Problem> {
    let mut errors = Vec::new();
    if change.write().reason.as_deref().is_none_or(|reason| reason.trim().is_empty()) {
        errors.push(FieldError::new("/reason", "say where the figure comes from"));
    }
    let raw_usage = new.raw_usage.as_ref().map(ToString::to_string);
    if raw_usage.as_ref().is_some_and(|text| text.len() > MAX_RAW_USAGE) {
        errors.push(FieldError::new("/raw_usage", format!("at most {MAX_RAW_USAGE} bytes are kept")));
    }
    let known = match (new.usage, new.cost_amount) {
        (Some(usage), None) => {
            let mut too_large = usage.iter().filter(|(_, quantity)| *quantity > MAX_QUANTITY);
            errors.extend(too_large.next().map(|(meter, _)| {
                FieldError::new(format!("/usage/{meter}"), format!("a quantity is at most {MAX_QUANTITY}"))
            }));
            Some(Known::Usage(usage))
        }
        (None, Some(bill)) => {
            if bill.currency() != Currency::USD || !(0..=MAX_NANOS).contains(&bill.nanos()) {
                errors.push(FieldError::new("/cost_amount", "a cost is in USD, from 0 to a thousand"));
            }
            Some(Known::Bill(bill))
        }
        (None, None) | (Some(_), Some(_)) => {
            errors.push(FieldError::new("", "give `usage` or `cost_amount`"));
            None
        }
    };
    match known.filter(|_| errors.is_empty()) {
        Some(known) => Ok((known, raw_usage)),
        None => Err(Problem::invalid(errors)),
    }
}

fn refuse_settled(adjustable: &Adjustable) -> Result<(), Problem> {
    let attempt = &adjustable.attempt.attempt;
    if !adjustable.is_recorded {
        return Err(conflict("the call is still under way; settle the attempt when it has ended".to_owned()));
    }
    if attempt.released {
        return Err(conflict("nothing was sent for this attempt, so nothing was charged".to_owned()));
    }
    if attempt.usage_basis == UsageBasis::Reported && attempt.status != Status::Unknown {
        let detail = "the provider reported the usage of this attempt; only what was estimated, or charged at its \
             bound, is settled again. Where its price was wrong, put the price right and re-rate";
        return Err(conflict(detail.to_owned()));
    }
    Ok(())
}

fn refuse_stale(adjustable: &Adjustable, changes: Option<AdjustmentId>) -> Result<(), Problem> {
    if let Some(pending) = adjustable.attempt.pending() {
        return Err(conflict(format!(
            "{} is on its way to the ledger; try again when it is applied",
            pending.adjustment
        )));
    }
    match (adjustable.attempt.last().map(|last| last.adjustment), changes) {
        (last, changes) if last == changes => Ok(()),
        (Some(last), _) => Err(conflict(format!("the attempt's last adjustment is {last}: state it in `changes`"))),
        (None, _) => Err(conflict("the attempt has no adjustment; leave `changes` out".to_owned())),
    }
}

async fn figure(
    change: &mut Change,
    adjustable: &Adjustable,
    before: &Figure,
    known: Known,
) -> Result<Figure, Problem> {
    let mut usage = match known {
        Known::Usage(usage) => usage,
        Known::Bill(bill) => {
            let cost = Cost { nanos: bill.nanos(), unpriced: None, lines: Vec::new() };
            return Ok(Figure { cost, billed: true, ..before.clone() });
        }
    };
    if !usage.is_empty() {
        usage.set(Meter::Calls, 1);
    }
    let attempt = &adjustable.attempt.attempt;
    let Some(prices) = find_prices(change.read(), attempt.target.model).await? else {
        let model = &attempt.target.model_name;
        return Err(conflict(format!("there is no model `{model}` any more, nor its prices; give `cost_amount`")));
    };
    let cost = rate(&prices, &usage, attempt.opened_at, before.service_tier);
    if cost.nanos > MAX_NANOS {
        return Err(too_dear("/usage", attempt.attempt, &cost));
    }
    let service_tier = before.service_tier;
    Ok(Figure { usage, usage_basis: UsageBasis::Reported, service_tier, cost, billed: false })
}

fn conflict(detail: String) -> Problem {
    Problem::new(Code::Conflict, detail)
}
