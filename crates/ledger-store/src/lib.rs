//! The second book in the database: rows, balances and roll-ups, carried from the nodes' segments.
//!
//! - The [`Projector`] carries each record exactly once: the offset moves in the transaction that writes the rows. The
//!   gateway never waits for it, and what the database can't take now it takes later.
//! - A row reads back as the record that was written ([`explain_call`]).
//! - Roll-ups and balances are sums of rows. [`verify_rows`] recounts them, [`rebuild()`] makes them anew.
//! - Each node adds to sums of its own, so that nodes don't wait for each other; readers add them up.
//! - An attempt may get another figure: what is ordered in the database the [`Adjuster`] appends to the ledger, once, and
//!   the projector brings it back into the sums, once.
//! - Nothing here computes a cost: [`sum_usage`] adds up what the gateway rated.

mod adjuster;
mod adjustment;
mod analytics;
mod arrivals;
mod budgets;
mod calls;
mod error;
mod latency;
mod projection;
mod projector;
mod quantities;
mod rebuild;
mod recount;
mod retention;
mod row;
mod store;
mod sums;
mod usage;
mod verify;

pub use adjuster::Adjuster;
pub use adjustment::{
    Adjustable, AdjustedAttempt, OrderState, Ordered, Span, UnknownState, find_adjustable, list_adjustable,
    order_adjustments,
};
pub use analytics::{
    AnalyticsFilter, AnalyticsQuery, Bucket, Dimension, Group, Grouped, MAX_BUCKETS, sketch_latency, sum_usage,
};
pub use arrivals::{Arrivals, Arrived};
pub use budgets::{BudgetPeriod, list_budget_periods};
pub use calls::{
    CallFilter, CallVolume, ListedCall, MAX_FEATURES, PAGE_EFFORT, TextSearch, VolumeBar, VolumeQuery, count_calls,
    find_calls, find_last_calls, list_calls,
};
pub use error::{Error, Result};
pub use latency::Latency;
pub use projector::{Progress, ProgressWatch, Projector};
pub use rebuild::{Rebuilt, rebuild};
pub use retention::{delete_old_rows, list_organizations};
pub use sums::{BudgetSpent, SLOT, ServedCall, StatusCounts, Totals};
pub use usage::{ExplainedCall, UsageEntry, UsageFilter, explain_attempt, explain_call, list_usage};
pub use verify::{Finding, Verification, verify_rows, verify_segments};
