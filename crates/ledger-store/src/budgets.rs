use glaux_kernel::{BudgetId, Timestamp};
use glaux_store::OrgRead;

use crate::{Result, store::balances, sums::BudgetSpent};

/// A budget in one of its periods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BudgetPeriod {
    /// The budget.
    pub budget: BudgetId,
    /// The start of the period.
    pub period_start: Timestamp,
    /// What was settled in it, on every node.
    pub spent: BudgetSpent,
}

/// The periods that began at `from` or later, of one budget or of all; by budget, the oldest first. Periods in which
/// nothing was charged are left out.
pub async fn list_budget_periods(
    tx: &mut OrgRead,
    from: Timestamp,
    budget: Option<BudgetId>,
) -> Result<Vec<BudgetPeriod>> {
    let rows = balances::list(tx, from, budget).await?;
    Ok(rows.into_iter().map(|(budget, period_start, spent)| BudgetPeriod { budget, period_start, spent }).collect())
}
