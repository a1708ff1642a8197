use std::fmt;

use glaux_kernel::{AdjustmentId, AttemptId, BudgetId, CallId, HoldId, OrganizationId, Timestamp};
use glaux_ledger::Position;

/// Something that does not agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The lines of a cost, rated anew, give another cost.
    CostLines {
        /// The attempt.
        attempt: AttemptId,
        /// Nano-dollars in the row.
        stated_nanos: i64,
        /// Nano-dollars by the lines.
        rated_nanos: i64,
    },
    /// An attempt that is charged at its bound costs something else than was held.
    Bound {
        /// The attempt.
        attempt: AttemptId,
    },
    /// An adjustment does not change the figure that its attempt had.
    Adjustment {
        /// The adjustment.
        adjustment: AdjustmentId,
    },
    /// An attempt's row does not say what its last adjustment says.
    Adjusted {
        /// The attempt.
        attempt: AttemptId,
        /// Nano-dollars in its row.
        stated_nanos: i64,
        /// Nano-dollars by its last adjustment.
        found_nanos: i64,
    },
    /// A call's cost or number of attempts is not that of its attempts.
    Call {
        /// The call.
        call: CallId,
        /// Nano-dollars in its row.
        stated_nanos: i64,
        /// Nano-dollars of its attempts.
        found_nanos: i64,
        /// Attempts in its row; one may still be open.
        stated_attempts: i64,
        /// Attempts with rows.
        found_attempts: i64,
    },
    /// A roll-up is not the sum of its rows.
    Rollup {
        /// Whose.
        organization: OrganizationId,
        /// The start of its slot.
        slot: Timestamp,
        /// Nano-dollars in the roll-up.
        stated_nanos: i64,
        /// Nano-dollars of the rows.
        found_nanos: i64,
    },
    /// A balance is not the sum of its rows.
    Balance {
        /// Whose.
        organization: OrganizationId,
        /// The budget.
        budget: BudgetId,
        /// The start of its period.
        period_start: Timestamp,
        /// Nano-dollars in the balance.
        stated_nanos: i64,
        /// Nano-dollars of the rows.
        found_nanos: i64,
    },
    /// A record of a segment is not in the database, or is another one there.
    Row {
        /// Where the record begins.
        at: Position,
    },
    /// A hold has no settlement, and nothing will settle it: the program that wrote the segments takes it for closed.
    NeverSettled {
        /// The hold.
        hold: HoldId,
        /// Where it opened.
        at: Position,
    },
    /// A hold was settled twice.
    SettledTwice {
        /// The hold.
        hold: HoldId,
        /// Where the second settlement begins.
        at: Position,
    },
    /// An attempt was adjusted twice by the same order.
    AdjustedTwice {
        /// The adjustment.
        adjustment: AdjustmentId,
        /// Where it is written a second time.
        at: Position,
    },
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CostLines { attempt, stated_nanos, rated_nanos } => {
                write!(f, "{attempt} states {stated_nanos} nano-dollars, its lines give {rated_nanos}")
            }
            Self::Bound { attempt } => write!(f, "{attempt} is charged at its bound, but not what was held"),
            Self::Adjustment { adjustment } => {
                write!(f, "{adjustment} does not change the figure that its attempt had")
            }
            Self::Adjusted { attempt, stated_nanos, found_nanos } => {
                write!(f, "{attempt} states {stated_nanos} nano-dollars, its last adjustment {found_nanos}")
            }
            Self::Call { call, stated_nanos, found_nanos, stated_attempts, found_attempts } => write!(
                f,
                "{call} states {stated_nanos} nano-dollars in {stated_attempts} attempts, \
                 its {found_attempts} attempts cost {found_nanos}"
            ),
            Self::Rollup { organization, slot, stated_nanos, found_nanos } => {
                write!(
                    f,
                    "a roll-up of {organization} at {slot} states {stated_nanos} nano-dollars, its rows {found_nanos}"
                )
            }
            Self::Balance { organization, budget, period_start, stated_nanos, found_nanos } => write!(
                f,
                "{budget} of {organization} from {period_start} states {stated_nanos} nano-dollars, its rows {found_nanos}"
            ),
            Self::Row { at } => write!(f, "the record at {at} of the segments is not what the database has"),
            Self::NeverSettled { hold, at } => {
                write!(f, "{hold}, opened at {at} of the segments, has no settlement and is not open any more")
            }
            Self::SettledTwice { hold, at } => write!(f, "{hold} is settled a second time at {at} of the segments"),
            Self::AdjustedTwice { adjustment, at } => {
                write!(f, "{adjustment} is written a second time at {at} of the segments")
            }
        }
    }
}
