//! What is known of a settled attempt later, and better: the figure before stays beside the one after.

use glaux_kernel::{AdjustmentId, AttemptId, CallId, HoldId, NodeId, Timestamp};
use glaux_llm::{ServiceTier, Usage, UsageBasis};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    balance::Overrun,
    record::{Attempt, Attribution, Charge, Cost, Target},
};

/// Another figure for an attempt that is settled. What its attempt cost is what its last adjustment says.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize)]
pub struct Adjustment {
    /// The adjustment.
    #[n(0)]
    pub adjustment: AdjustmentId,
    /// The attempt.
    #[n(1)]
    pub attempt: AttemptId,
    /// The call that it belongs to.
    #[n(2)]
    pub call: CallId,
    /// Whose ledger settled the attempt: the balances of that node change, whoever appends this.
    #[n(3)]
    pub node: NodeId,
    /// When the attempt's hold opened: the period and the roll-up slot that the difference belongs to.
    #[n(4)]
    pub opened_at: Timestamp,
    /// When it was ordered.
    #[n(5)]
    pub at: Timestamp,
    /// Why.
    #[n(6)]
    pub reason: AdjustmentReason,
    /// The adjustment before it; absent for an attempt's first.
    #[n(7)]
    pub previous: Option<AdjustmentId>,
    /// The figure that it changes.
    #[n(8)]
    pub before: Figure,
    /// The figure from now on.
    #[n(9)]
    pub after: Figure,
    /// What the provider said of it later, word for word.
    #[n(10)]
    pub raw_usage: Option<String>,
    /// The budgets that the attempt was charged to.
    #[n(11)]
    pub charges: Vec<Charge>,
    /// Who is charged.
    #[n(12)]
    pub attribution: Attribution,
    /// Where the attempt went.
    #[n(13)]
    pub target: Target,
    /// The journal entry that ordered it.
    #[n(14)]
    pub journal_seq: u64,
    /// The hold that the attempt settled.
    #[n(15)]
    pub hold: HoldId,
    /// Nano-dollars that were reserved when it ended. A figure above it is an overrun.
    #[n(16)]
    pub held_nanos: i64,
}

/// Why an attempt has another figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum AdjustmentReason {
    /// What the provider counted or billed became known.
    #[n(0)]
    Reconciled,
    /// The prices of the past were put right.
    #[n(1)]
    ReRated,
}

/// What an attempt used and cost, as far as it is known.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize, Deserialize)]
pub struct Figure {
    /// What was used.
    #[n(0)]
    pub usage: Usage,
    /// Who says so.
    #[n(1)]
    pub usage_basis: UsageBasis,
    /// The tier that the provider answered on.
    #[n(2)]
    pub service_tier: ServiceTier,
    /// What it cost.
    #[n(3)]
    pub cost: Cost,
    /// The cost is the provider's bill, not usage × price rules.
    #[n(4)]
    pub billed: bool,
}

impl Adjustment {
    /// Nano-dollars that were spent beyond the figure before; below zero where it was less.
    pub fn difference_nanos(&self) -> i64 {
        self.after.cost.nanos.saturating_sub(self.before.cost.nanos)
    }

    /// It brings the attempt above its hold; the figure before did not.
    pub(crate) fn overrun(&self) -> Option<Overrun> {
        let is_over = |figure: &Figure| figure.cost.nanos > self.held_nanos;
        (is_over(&self.after) && !is_over(&self.before)).then_some(Overrun {
            hold: self.hold,
            attempt: self.attempt,
            call: self.call,
            held_nanos: self.held_nanos,
            cost_nanos: self.after.cost.nanos,
        })
    }
}

impl Attempt {
    /// The figure that it was settled at.
    pub fn figure(&self) -> Figure {
        Figure {
            usage: self.usage,
            usage_basis: self.usage_basis,
            service_tier: self.service_tier,
            cost: self.cost.clone(),
            billed: false,
        }
    }
}
