use glaux_kernel::Timestamp;

use crate::{EveryTx, Result, SharedSql, shared_sql};

const CREATE: SharedSql = shared_sql(
    "CREATE TABLE IF NOT EXISTS schema_migrations (
        version BIGINT PRIMARY KEY,
        name TEXT NOT NULL,
        checksum TEXT NOT NULL,
        applied_at BIGINT NOT NULL
    )",
);

const LIST: SharedSql = shared_sql("SELECT version, checksum FROM schema_migrations ORDER BY version");

const INSERT: SharedSql =
    shared_sql("INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES ($1, $2, $3, $4)");

/// A migration that the database has.
#[derive(sqlx::FromRow)]
pub(super) struct Applied {
    pub(super) version: i64,
    pub(super) checksum: String,
}

pub(super) async fn create_table(tx: &mut EveryTx) -> Result<()> {
    tx.query_shared(CREATE).execute().await.map(drop)
}

pub(super) async fn list_applied(tx: &mut EveryTx) -> Result<Vec<Applied>> {
    tx.query_shared(LIST).fetch_all().await
}

pub(super) async fn insert_applied(
    tx: &mut EveryTx,
    version: u32,
    name: &str,
    checksum: &str,
    now: Timestamp,
) -> Result<()> {
    let query = tx.query_shared(INSERT).bind(i64::from(version)).bind(name).bind(checksum).bind(now);
    query.execute().await.map(drop)
}
