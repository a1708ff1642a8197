//! From a hold and its ending to the attempt's record.

use glaux_kernel::Timestamp;
use glaux_llm::{ServiceTier, Usage, UsageBasis};

use crate::{
    bounds,
    record::{Attempt, Cost, Status},
    state::OpenHoldState,
};

/// How an attempt ended.
#[derive(Debug, Clone)]
pub struct Settlement {
    /// The outcome.
    pub status: Status,
    /// The provider's HTTP status; absent when none came.
    pub upstream_status: Option<u16>,
    /// A problem code, for what did not end in success.
    pub error_code: Option<String>,
    /// What was used; of each class, at most [`crate::MAX_QUANTITY`] is counted.
    pub usage: Usage,
    /// Who says so.
    pub usage_basis: UsageBasis,
    /// The provider's usage object, word for word; above 64 KiB it is left out.
    pub raw_usage: Option<String>,
    /// The tier that the provider answered on.
    pub service_tier: ServiceTier,
    /// What it cost; above [`crate::MAX_NANOS`], that is what is charged.
    pub cost: Cost,
    /// Microseconds from sending to the provider's first byte.
    pub first_byte_micros: Option<u64>,
    /// Microseconds from sending to the provider's last byte.
    pub duration_micros: u64,
    /// The provider's own id of the request.
    pub upstream_request_id: Option<String>,
}

/// The ways in which a hold ends.
pub(crate) enum Ending {
    /// The outcome is known.
    Settled(Settlement),
    /// It was sent, and what became of it is not known: the most that it can have cost.
    AtBound { status: Status, error_code: Option<String> },
    /// Nothing was sent.
    Released { status: Status, error_code: Option<String> },
}

impl Ending {
    /// The record of the attempt whose hold ends so.
    pub(crate) fn into_attempt(self, hold: &OpenHoldState, settled_at: Timestamp, late: bool) -> Attempt {
        let released = matches!(self, Self::Released { .. });
        let mut settlement = match self {
            Self::Settled(settlement) => settlement,
            Self::AtBound { status, error_code } => {
                let elapsed = settled_at.since(hold.opened.at).as_micros();
                Settlement {
                    usage: hold.extended.as_deref().copied().unwrap_or(hold.opened.bound),
                    usage_basis: UsageBasis::Bound,
                    cost: Cost { nanos: hold.nanos, unpriced: hold.opened.unpriced, lines: Vec::new() },
                    duration_micros: u64::try_from(elapsed).unwrap_or(u64::MAX),
                    ..Settlement::of_nothing(status, error_code)
                }
            }
            Self::Released { status, error_code } => Settlement::of_nothing(status, error_code),
        };
        settlement.bound(hold);
        let opened = &*hold.opened;
        let mut attribution = opened.attribution.clone();
        bounds::cut_attribution(&mut attribution);
        Attempt {
            attempt: opened.attempt,
            hold: opened.hold,
            call: opened.call,
            number: opened.number,
            opened_at: opened.at,
            settled_at,
            status: settlement.status,
            upstream_status: settlement.upstream_status,
            error_code: bounds::cut_optional(settlement.error_code),
            usage: settlement.usage,
            usage_basis: settlement.usage_basis,
            raw_usage: bounds::keep_raw_usage(settlement.raw_usage),
            service_tier: settlement.service_tier,
            cost: settlement.cost,
            held_nanos: hold.nanos,
            charges: opened.charges.clone(),
            attribution,
            target: opened.target.clone(),
            first_byte_micros: settlement.first_byte_micros,
            duration_micros: settlement.duration_micros,
            journal_seq: opened.journal_seq,
            upstream_request_id: bounds::cut_optional(settlement.upstream_request_id),
            released,
            late,
        }
    }
}

impl Settlement {
    /// Keeps what sums can hold. The provider's own words and the lines of the cost say what was above it.
    fn bound(&mut self, hold: &OpenHoldState) {
        let (usage, nanos) = (bounds::keep_usage(self.usage), bounds::keep_nanos(self.cost.nanos));
        if (usage, nanos) != (self.usage, self.cost.nanos) {
            tracing::error!(
                attempt.id = %hold.opened.attempt,
                call.id = %hold.opened.call,
                model.id = %hold.opened.target.model,
                ledger.stated_nanos = self.cost.nanos,
                ledger.settled_nanos = nanos,
                "an attempt reports more than one can have used or cost; it is settled at the most that is believed"
            );
        }
        (self.usage, self.cost.nanos) = (usage, nanos);
    }

    /// Nothing went over the wire, so nothing was counted.
    fn of_nothing(status: Status, error_code: Option<String>) -> Self {
        Self {
            status,
            upstream_status: None,
            error_code,
            usage: Usage::default(),
            usage_basis: UsageBasis::Estimated,
            raw_usage: None,
            service_tier: ServiceTier::Standard,
            cost: Cost::default(),
            first_byte_micros: None,
            duration_micros: 0,
            upstream_request_id: None,
        }
    }
}
