//! Spending: budgets and where they stand, uses and what each cost, sums over time.
//!
//! What is spent has one source, the ledger: [`Balances`] is how the composition root hands in its live figures, the
//! rest comes from its rows and roll-ups.

mod adjustments;
mod alerts;
mod analytics;
mod budget;
mod calls;
mod impact;
mod jobs;
mod routes;
mod scope;
mod service;
mod undo;
mod usage;

use std::sync::Arc;

use glaux_kernel::{BudgetId, Timestamp};
use glaux_platform_kit::Module;

pub use alerts::AlertWriter;
pub use budget::{Budget, BudgetState};
pub use calls::CallTail;
pub use jobs::{Retention, jobs};
pub use service::{NewBudget, put_budget};
pub use undo::undoing;

/// A call that a budget holds money for.
#[derive(Debug, Clone)]
pub struct OpenHold {
    /// The hold.
    pub id: glaux_kernel::HoldId,
    /// Its call.
    pub call: glaux_kernel::CallId,
    /// Nano-dollars.
    pub nanos: i64,
    /// How long it has been open.
    pub age: std::time::Duration,
}

/// Where budgets stand, by the ledger.
pub trait Balances: Send + Sync + 'static {
    /// Nano-dollars spent and held in the period that began at `period_start`.
    fn balance(&self, budget: BudgetId, period_start: Timestamp) -> (i64, i64);

    /// What is held now.
    fn holds(&self, budget: BudgetId) -> Vec<OpenHold>;
}

/// The routes.
pub fn module(balances: Arc<dyn Balances>) -> Module {
    let spending =
        routes::routes(balances).merge(alerts::routes()).merge(analytics::routes()).merge(adjustments::routes());
    Module { routes: spending.merge(calls::routes()).merge(impact::routes()).merge(usage::routes()) }
}

/// The ledger's rows could not be read.
fn failed(error: glaux_ledger_store::Error) -> glaux_web::Problem {
    use glaux_ledger_store::Error;
    match error {
        Error::Store(error) => error.into(),
        Error::TooManyBuckets { .. } => glaux_web::Problem::malformed("?bucket", error.to_string()),
        Error::SpanTooLong { .. } => glaux_web::Problem::malformed("?from", error.to_string()),
        Error::Silent => glaux_web::Problem::unavailable(error),
        Error::Ledger(_) | Error::Moved | Error::Row { .. } | Error::Aborted(_) => glaux_web::Problem::internal(error),
    }
}
