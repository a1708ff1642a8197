use glaux_kernel::{AdjustmentId, Money, Timestamp};
use glaux_ledger::record::{AdjustmentReason, Figure};
use glaux_ledger_store::Ordered;
use glaux_llm::{Meter, Usage, UsageBasis};
use glaux_web::MoneySchema;
use serde::Serialize;
use utoipa::ToSchema;

use crate::usage::LineView;

/// Another figure for an attempt.
#[derive(Serialize, ToSchema)]
#[schema(as = Adjustment)]
pub(crate) struct AdjustmentView {
    #[schema(value_type = String)]
    id: AdjustmentId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// reconciled or re_rated.
    #[schema(value_type = String, example = "reconciled")]
    reason: AdjustmentReason,
    /// ordered: on its way to the ledger. applied: it counts. refused: the database does not take it, and it never counts.
    #[schema(example = "applied")]
    state: &'static str,
    before: FigureView,
    after: FigureView,
    /// Of the cost; below zero where it is less than before.
    #[schema(value_type = MoneySchema)]
    difference: Money,
    /// What the provider said of it later.
    #[schema(value_type = Option<Object>)]
    raw_usage: Option<serde_json::Value>,
    /// The decision: who ordered it, and why, is in the journal.
    journal_seq: u64,
}

/// What an attempt used and cost, as far as it was known.
#[derive(Serialize, ToSchema)]
#[schema(as = Figure)]
pub(crate) struct FigureView {
    #[schema(value_type = Object, example = json!({"input_tokens": 19, "output_tokens": 10}))]
    usage: Usage,
    /// reported, estimated or bound.
    #[schema(value_type = String)]
    usage_basis: UsageBasis,
    #[schema(value_type = MoneySchema)]
    cost: Money,
    /// The cost is the provider's bill.
    billed: bool,
    /// The first class that had no price: `cost` is then only the known part.
    #[schema(value_type = Option<String>)]
    unpriced: Option<Meter>,
    cost_lines: Vec<LineView>,
}

impl From<&Figure> for FigureView {
    fn from(figure: &Figure) -> Self {
        Self {
            usage: figure.usage,
            usage_basis: figure.usage_basis,
            cost: Money::usd_nanos(figure.cost.nanos),
            billed: figure.billed,
            unpriced: figure.cost.unpriced.map(|meter| meter.0),
            cost_lines: figure.cost.lines.iter().map(LineView::from).collect(),
        }
    }
}

impl From<&Ordered> for AdjustmentView {
    fn from(ordered: &Ordered) -> Self {
        let adjustment = &ordered.adjustment;
        let raw = adjustment.raw_usage.as_deref();
        Self {
            id: adjustment.adjustment,
            at: adjustment.at,
            reason: adjustment.reason,
            state: ordered.state.as_str(),
            before: (&adjustment.before).into(),
            after: (&adjustment.after).into(),
            difference: Money::usd_nanos(adjustment.difference_nanos()),
            raw_usage: raw.map(|text| serde_json::from_str(text).unwrap_or_else(|_| text.into())),
            journal_seq: adjustment.journal_seq,
        }
    }
}
