//! Hands the ledger's figures to the budgets' pages.

use std::sync::Arc;

use glaux_kernel::{BudgetId, Timestamp};
use glaux_ledger::{Ledger, record::Charge};
use glaux_platform_spending::{Balances, OpenHold};

/// The balances of this node's ledger.
pub(crate) struct LedgerBalances(pub(crate) Arc<Ledger>);

impl Balances for LedgerBalances {
    fn balance(&self, budget: BudgetId, period_start: Timestamp) -> (i64, i64) {
        let balance = self.0.balance(Charge { budget, period_start });
        (balance.spent_nanos, balance.held_nanos)
    }

    fn holds(&self, budget: BudgetId) -> Vec<OpenHold> {
        let holds = self.0.holds_on(budget).into_iter();
        holds.map(|hold| OpenHold { id: hold.hold, call: hold.call, nanos: hold.nanos, age: hold.age }).collect()
    }
}
