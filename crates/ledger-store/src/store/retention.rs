use glaux_kernel::{CallId, OrganizationId, Timestamp};
use glaux_store::{EverySql, EveryTx, OrgTx, Result, SharedSql, Sql, every_sql, shared_sql, sql};
use uuid::Uuid;

const ROWS_FROM: SharedSql = shared_sql("SELECT rows_from FROM ledger_retention WHERE id = $1");

const SET_ROWS_FROM: SharedSql =
    shared_sql("UPDATE ledger_retention SET rows_from = $2 WHERE id = $1 AND rows_from < $2");

const NEXT_WITH_CALLS: EverySql =
    every_sql("SELECT organization_id FROM calls WHERE organization_id >= $1 ORDER BY organization_id LIMIT 1");

const NEXT_WITH_ROLLUPS: EverySql =
    every_sql("SELECT organization_id FROM usage_rollups WHERE organization_id >= $1 ORDER BY organization_id LIMIT 1");

const DELETE_ATTEMPTS: Sql = sql("DELETE FROM attempts WHERE organization_id = $1 AND call_id IN
        (SELECT id FROM calls WHERE organization_id = $1 AND id < $2 ORDER BY id LIMIT $3)");

const DELETE_ADJUSTMENTS: Sql = sql("DELETE FROM adjustments WHERE organization_id = $1 AND call_id IN
        (SELECT id FROM calls WHERE organization_id = $1 AND id < $2 ORDER BY id LIMIT $3)");

const DELETE_CALLS: Sql = sql("DELETE FROM calls WHERE organization_id = $1 AND id IN
        (SELECT id FROM calls WHERE organization_id = $1 AND id < $2 ORDER BY id LIMIT $3)");

/// From when on rows are whole.
pub(crate) async fn get_rows_from(tx: &mut EveryTx) -> Result<Timestamp> {
    let (rows_from,) = tx.query_shared(ROWS_FROM).bind(1_i64).fetch_one().await?;
    Ok(rows_from)
}

/// Says that rows before `at` are no longer whole.
pub(crate) async fn set_rows_from(tx: &mut EveryTx, at: Timestamp) -> Result<()> {
    tx.query_shared(SET_ROWS_FROM).bind(1_i64).bind(at).execute().await.map(drop)
}

/// The organizations that have entries or roll-ups, one after the other.
pub(crate) async fn next_organization(
    tx: &mut EveryTx,
    after: Option<OrganizationId>,
) -> Result<Option<OrganizationId>> {
    let from = match after.map(|after| after.uuid().as_u128().checked_add(1)) {
        None => Uuid::nil(),
        Some(None) => return Ok(None),
        Some(Some(next)) => Uuid::from_u128(next),
    };
    let from = OrganizationId::from_uuid(from);
    let with_calls: Option<(OrganizationId,)> = tx.query(NEXT_WITH_CALLS).bind(from).fetch_optional().await?;
    let with_rollups: Option<(OrganizationId,)> = tx.query(NEXT_WITH_ROLLUPS).bind(from).fetch_optional().await?;
    Ok(with_calls.into_iter().chain(with_rollups).map(|(organization,)| organization).min())
}

/// Deletes up to `limit` calls with ids before `end`, and their attempts and adjustments; says how many calls.
pub(crate) async fn delete_calls(tx: &mut OrgTx, end: Uuid, limit: i64) -> Result<u64> {
    let end = CallId::from_uuid(end);
    tx.query(DELETE_ADJUSTMENTS).bind(end).bind(limit).execute().await?;
    tx.query(DELETE_ATTEMPTS).bind(end).bind(limit).execute().await?;
    tx.query(DELETE_CALLS).bind(end).bind(limit).execute().await
}
