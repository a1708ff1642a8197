use glaux_kernel::{CallId, SecretId, Timestamp};
use glaux_store::{EverySql, EveryTx, OrgRead, OrgTx, Result, Sql, every_sql, sql};

use crate::model::{Erasure, Sealed};

const FIND_KEY: Sql = sql("SELECT id, sealed FROM payload_keys WHERE organization_id = $1");

const INSERT_KEY: Sql = sql("INSERT INTO payload_keys (organization_id, id, sealed, created_at)
    VALUES ($1, $2, $3, $4) ON CONFLICT (organization_id) DO NOTHING");

const INSERT: Sql = sql("INSERT INTO payloads (organization_id, call_id, at, expires_at, feature_id, environment,
        user_name, sealed)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (organization_id, call_id) DO NOTHING");

/// One whose time is over is gone, whether it was deleted or not.
const FIND: Sql = sql("SELECT at, expires_at, sealed FROM payloads
    WHERE organization_id = $1 AND call_id = $2 AND expires_at > $3");

const DELETE: Sql = sql("DELETE FROM payloads WHERE organization_id = $1 AND call_id = $2");

const DELETE_MATCHING: Sql = sql("DELETE FROM payloads
    WHERE organization_id = $1 AND ($2 IS NULL OR feature_id = $2) AND ($3 IS NULL OR user_name = $3)
        AND ($4 IS NULL OR at < $4)");

const DELETE_EXPIRED: EverySql = every_sql(
    "DELETE FROM payloads WHERE (organization_id, call_id) IN
        (SELECT organization_id, call_id FROM payloads WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)",
);

/// A stored payload.
#[derive(sqlx::FromRow)]
pub(crate) struct PayloadRow {
    pub(crate) at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) sealed: Vec<u8>,
}

pub(crate) async fn find_key(tx: &mut OrgRead) -> Result<Option<(SecretId, String)>> {
    tx.query(FIND_KEY).fetch_optional().await
}

/// Does nothing if there is one.
pub(crate) async fn insert_key(tx: &mut OrgTx, id: SecretId, sealed: &str, now: Timestamp) -> Result<()> {
    tx.query(INSERT_KEY).bind(id).bind(sealed).bind(now).execute().await.map(drop)
}

pub(crate) async fn insert(tx: &mut OrgTx, rows: &[Sealed]) -> Result<u64> {
    tx.insert_rows(INSERT, rows, |row, values| {
        values
            .push(row.call)
            .push(row.at)
            .push(row.expires_at)
            .push(row.feature)
            .push(row.environment.as_str())
            .push(row.user.as_deref())
            .push(row.bytes.as_slice());
    })
    .await
}

pub(crate) async fn find(tx: &mut OrgRead, call: CallId, now: Timestamp) -> Result<Option<PayloadRow>> {
    tx.query(FIND).bind(call).bind(now).fetch_optional().await
}

/// Whether there was one.
pub(crate) async fn delete(tx: &mut OrgTx, call: CallId) -> Result<bool> {
    Ok(tx.query(DELETE).bind(call).execute().await? > 0)
}

/// How many there were.
pub(crate) async fn delete_matching(tx: &mut OrgTx, which: &Erasure) -> Result<u64> {
    let query = tx.query(DELETE_MATCHING).bind(which.feature).bind(which.user.as_deref()).bind(which.before);
    query.execute().await
}

/// At most `limit`; says how many.
pub(crate) async fn delete_expired(tx: &mut EveryTx, now: Timestamp, limit: i64) -> Result<u64> {
    tx.query(DELETE_EXPIRED).bind(now).bind(limit).execute().await
}
