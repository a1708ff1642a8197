//! Later, better figures for attempts that were settled: what a provider counted or billed, and prices that were put right.
//!
//! - What was settled stays; each adjustment names the figure before and after it, and the decision that ordered it.
//! - An order is one decision: the journal entry and what it orders are written in one transaction.
//! - A cost is the provider's bill, or what `llm::price::rate` makes of usage and price rules.

mod re_rating;
mod routes;
mod settlement;
mod view;

use glaux_kernel::{AdjustmentId, AttemptId, Money, Timestamp};
use glaux_ledger::{
    MAX_NANOS,
    record::{Adjustment, AdjustmentReason, Cost, Figure},
};
use glaux_ledger_store::{Adjustable, order_adjustments};
use glaux_llm::{RatingContext, ServiceTier, Usage, UsageBasis, price};
use glaux_platform_kit::{Change, RowChange};
use glaux_platform_models::ModelPrices;
use glaux_web::{FieldError, Problem};

pub(crate) use self::{routes::routes, view::AdjustmentView};
use crate::failed;

/// What usage costs at the prices that were in force at a moment, as they are known now.
pub(crate) fn rate(prices: &ModelPrices, usage: &Usage, at: Timestamp, service_tier: ServiceTier) -> Cost {
    let context = RatingContext { at, service_tier, region: prices.region.as_deref() };
    Cost::from(&price::rate(&prices.rules, usage, context))
}

/// It is charged at the most that it can have cost: nothing is known that could be rated.
pub(crate) fn is_at_bound(figure: &Figure) -> bool {
    figure.usage_basis == UsageBasis::Bound && figure.cost.lines.is_empty() && figure.cost.unpriced.is_none()
}

/// An attempt can't cost that much: its usage or its prices are wrong.
fn too_dear(field: &str, attempt: AttemptId, cost: &Cost) -> Problem {
    let [cost, most] = [cost.nanos, MAX_NANOS].map(|nanos| Money::usd_nanos(nanos).amount());
    let detail = format!("{attempt} comes to {cost} USD; an attempt costs at most {most}");
    Problem::invalid(vec![FieldError::new(field, detail)])
}

/// The adjustment by which an attempt gets the figure `after`. Its journal entry is still to come.
fn adjustment(change: &Change, adjustable: &Adjustable, reason: AdjustmentReason, after: Figure) -> Adjustment {
    let (attempt, context) = (&adjustable.attempt.attempt, change.context());
    let at = context.clock.now();
    Adjustment {
        adjustment: AdjustmentId::new(at, &*context.rng),
        attempt: attempt.attempt,
        call: attempt.call,
        node: adjustable.node,
        opened_at: attempt.opened_at,
        at,
        reason,
        previous: adjustable.attempt.last().map(|last| last.adjustment),
        before: adjustable.attempt.figure(),
        after,
        raw_usage: None,
        charges: attempt.charges.clone(),
        attribution: attempt.attribution.clone(),
        target: attempt.target.clone(),
        journal_seq: 0,
        hold: attempt.hold,
        held_nanos: attempt.held_nanos,
    }
}

/// Journals the decision, and orders what follows from it under its number; gives that number.
async fn order(change: &mut Change, decision: RowChange, mut adjustments: Vec<Adjustment>) -> Result<u64, Problem> {
    change.record_row(decision).await?;
    let seq = change.last_seq().and_then(|seq| u64::try_from(seq).ok());
    let seq = seq.ok_or_else(|| Problem::internal("a decision has no number"))?;
    adjustments.iter_mut().for_each(|adjustment| adjustment.journal_seq = seq);
    order_adjustments(change.rows(), adjustments).await.map_err(failed)?;
    Ok(seq)
}
