use glaux_kernel::{AdjustmentId, AttemptId, CallId, NodeId, OrganizationId, Timestamp};
use glaux_store::{EverySql, EveryTx, Json, OrgRead, OrgTx, Result, Sql, Values, every_sql, sql};

use crate::adjustment::AdjustmentRow;

const ORDER: Sql =
    sql("INSERT INTO adjustments (organization_id, id, attempt_id, call_id, node_id, opened_at, ordered_at, state,
        journal_seq, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)");

const APPLY: EverySql = every_sql(
    "INSERT INTO adjustments (organization_id, id, attempt_id, call_id, node_id, opened_at, ordered_at, state,
        journal_seq, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
     ON CONFLICT (organization_id, id) DO UPDATE SET state = excluded.state WHERE adjustments.state = 'ordered'",
);

const REFUSE: Sql =
    sql("UPDATE adjustments SET state = 'refused' WHERE organization_id = $1 AND id = $2 AND state = 'ordered'");

const IS_KNOWN: EverySql =
    every_sql("SELECT id FROM adjustments WHERE organization_id = $1 AND id = $2 AND state <> 'ordered'");

const LIST_ORDERED: EverySql = every_sql(
    "SELECT organization_id, id, attempt_id, call_id, node_id, opened_at, ordered_at, state, journal_seq, detail
     FROM adjustments WHERE state = 'ordered' AND (node_id = $1 OR ordered_at < $2)
     ORDER BY organization_id, id LIMIT $3",
);

const FIND: Sql =
    sql("SELECT organization_id, id, attempt_id, call_id, node_id, opened_at, ordered_at, state, journal_seq, detail
     FROM adjustments WHERE organization_id = $1 AND id = $2");

const OF_CALL: Sql =
    sql("SELECT organization_id, id, attempt_id, call_id, node_id, opened_at, ordered_at, state, journal_seq, detail
     FROM adjustments WHERE organization_id = $1 AND call_id = $2 ORDER BY attempt_id, journal_seq");

const OF_ATTEMPTS: Sql =
    sql("SELECT organization_id, id, attempt_id, call_id, node_id, opened_at, ordered_at, state, journal_seq, detail
     FROM adjustments WHERE organization_id = $1 AND attempt_id IN
        ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     ORDER BY attempt_id, journal_seq");

const BETWEEN: Sql =
    sql("SELECT organization_id, id, attempt_id, call_id, node_id, opened_at, ordered_at, state, journal_seq, detail
     FROM adjustments WHERE organization_id = $1 AND attempt_id >= $2 AND attempt_id <= $3
     ORDER BY attempt_id, journal_seq");

/// Attempts that are looked up at once.
const ATTEMPTS: usize = 16;

/// Keeps what is ordered. There is none for the attempt that is on its way.
pub(crate) async fn order(tx: &mut OrgTx, rows: &[AdjustmentRow]) -> Result<()> {
    tx.insert_rows(ORDER, rows, bind).await.map(drop)
}

/// Marks those as applied that are not, also where there was no order; says how many.
pub(crate) async fn apply(tx: &mut EveryTx, rows: &[AdjustmentRow]) -> Result<u64> {
    tx.insert_rows(APPLY, rows, |row, values| {
        values.push(row.organization_id);
        bind(row, values);
    })
    .await
}

/// Everything but whose it is.
fn bind(row: &AdjustmentRow, values: &mut Values<'_>) {
    values
        .push(row.id)
        .push(row.attempt_id)
        .push(row.call_id)
        .push(row.node_id)
        .push(row.opened_at)
        .push(row.ordered_at)
        .push(row.state.0.as_str())
        .push(row.journal_seq)
        .push(Json(&row.detail.0));
}

/// Marks one as refused that is not applied.
pub(crate) async fn refuse(tx: &mut OrgTx, id: AdjustmentId) -> Result<()> {
    tx.query(REFUSE).bind(id).execute().await.map(drop)
}

/// It is applied, or refused.
pub(crate) async fn is_known(tx: &mut EveryTx, organization: OrganizationId, id: AdjustmentId) -> Result<bool> {
    let found: Option<(AdjustmentId,)> = tx.query(IS_KNOWN).bind(organization).bind(id).fetch_optional().await?;
    Ok(found.is_some())
}

/// What is ordered of attempts that `node` settled, or was ordered before `cutoff`.
pub(crate) async fn list_ordered(
    tx: &mut EveryTx,
    node: NodeId,
    cutoff: Timestamp,
    limit: i64,
) -> Result<Vec<AdjustmentRow>> {
    tx.query(LIST_ORDERED).bind(node).bind(cutoff).bind(limit).fetch_all().await
}

pub(crate) async fn find(tx: &mut OrgRead, id: AdjustmentId) -> Result<Option<AdjustmentRow>> {
    tx.query(FIND).bind(id).fetch_optional().await
}

/// Those of a call's attempts, in the order in which they were ordered.
pub(crate) async fn list_of_call(tx: &mut OrgRead, call: CallId) -> Result<Vec<AdjustmentRow>> {
    tx.query(OF_CALL).bind(call).fetch_all().await
}

/// Those of some attempts, in the order in which they were ordered.
pub(crate) async fn list_of_attempts(tx: &mut OrgRead, attempts: &[AttemptId]) -> Result<Vec<AdjustmentRow>> {
    let mut found = Vec::new();
    for chunk in attempts.chunks(ATTEMPTS) {
        let mut query = tx.query(OF_ATTEMPTS);
        // The last one again fills the places that are left.
        for place in 0..ATTEMPTS {
            query = query.bind(chunk[place.min(chunk.len() - 1)]);
        }
        found.extend(query.fetch_all::<AdjustmentRow>().await?);
    }
    Ok(found)
}

/// Those of all attempts from the one to the other, in the order in which they were ordered.
pub(crate) async fn list_between(
    tx: &mut OrgRead,
    (first, last): (AttemptId, AttemptId),
) -> Result<Vec<AdjustmentRow>> {
    tx.query(BETWEEN).bind(first).bind(last).fetch_all().await
}
