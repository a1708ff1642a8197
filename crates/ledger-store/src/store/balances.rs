use glaux_kernel::{BudgetId, NodeId, Timestamp};
use glaux_store::{EverySql, EveryTx, OrgRead, OrgTx, Result, Sql, every_sql, sql};

use crate::sums::{BalanceKey, BudgetSpent};

const ADD: EverySql = every_sql(
    "INSERT INTO budget_balances
        (organization_id, budget_id, period_start, node_id, spent_nanos, attempts, overruns)
     VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (organization_id, budget_id, period_start, node_id) DO UPDATE SET
        spent_nanos = budget_balances.spent_nanos + excluded.spent_nanos,
        attempts = budget_balances.attempts + excluded.attempts,
        overruns = budget_balances.overruns + excluded.overruns",
);

const LIST: Sql =
    sql("SELECT budget_id, period_start, CAST(SUM(spent_nanos) AS BIGINT), CAST(SUM(attempts) AS BIGINT),
        CAST(SUM(overruns) AS BIGINT)
     FROM budget_balances
     WHERE organization_id = $1 AND period_start >= $2 AND ($3 IS NULL OR budget_id = $3)
     GROUP BY budget_id, period_start ORDER BY budget_id, period_start");

const DELETE: Sql = sql("DELETE FROM budget_balances WHERE organization_id = $1 AND period_start >= $2");

type SpentRow = (BudgetId, Timestamp, i64, i64, i64);

/// Adds to the balances that `node` keeps.
pub(crate) async fn add(tx: &mut EveryTx, node: NodeId, balances: &[(BalanceKey, BudgetSpent)]) -> Result<()> {
    tx.insert_rows(ADD, balances, |(key, spent), values| {
        values
            .push(key.organization)
            .push(key.budget)
            .push(key.period_start)
            .push(node)
            .push(spent.spent_nanos)
            .push(i64::try_from(spent.attempts).unwrap_or(i64::MAX))
            .push(i64::try_from(spent.overruns).unwrap_or(i64::MAX));
    })
    .await
    .map(drop)
}

/// The balances of periods that began at `from` or later, of all budgets or of one.
pub(crate) async fn list(
    tx: &mut OrgRead,
    from: Timestamp,
    budget: Option<BudgetId>,
) -> Result<Vec<(BudgetId, Timestamp, BudgetSpent)>> {
    let rows: Vec<SpentRow> = tx.query(LIST).bind(from).bind(budget).fetch_all().await?;
    let unsigned = |count: i64| u64::try_from(count).unwrap_or_default();
    let spent = |(budget, period_start, spent_nanos, attempts, overruns)| {
        let spent = BudgetSpent { spent_nanos, attempts: unsigned(attempts), overruns: unsigned(overruns) };
        (budget, period_start, spent)
    };
    Ok(rows.into_iter().map(spent).collect())
}

/// Deletes the balances of periods that began at `from` or later.
pub(crate) async fn delete(tx: &mut OrgTx, from: Timestamp) -> Result<()> {
    tx.query(DELETE).bind(from).execute().await.map(drop)
}
