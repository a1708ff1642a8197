use glaux_kernel::{NodeId, Timestamp};
use glaux_store::{EveryTx, Result, SharedSql, shared_sql};

const TAKE_LEASE: SharedSql = shared_sql(
    "UPDATE job_lease SET node_id = $2, expires_at = $3 WHERE id = $1 AND (node_id = $2 OR expires_at <= $4)",
);

const END_LEASE: SharedSql = shared_sql("UPDATE job_lease SET expires_at = $3 WHERE id = $1 AND node_id = $2");

const LIST_RUNS: SharedSql = shared_sql("SELECT name, runner, began_at FROM job_runs");

const KEEP_RUN: SharedSql = shared_sql(
    "INSERT INTO job_runs (name, runner, began_at) VALUES ($1, $2, $3)
     ON CONFLICT (name, runner) DO UPDATE SET began_at = excluded.began_at",
);

/// The last run of a job that came to its end.
pub(crate) struct Run {
    pub(crate) name: String,
    pub(crate) runner: String,
    pub(crate) began_at: Timestamp,
}

/// Takes the lease to `end` if it is this node's or ended by `now`.
pub(crate) async fn take_lease(tx: &mut EveryTx, node: NodeId, end: Timestamp, now: Timestamp) -> Result<bool> {
    let taken = tx.query_shared(TAKE_LEASE).bind(1_i64).bind(node).bind(end).bind(now).execute().await?;
    Ok(taken == 1)
}

pub(crate) async fn end_lease(tx: &mut EveryTx, node: NodeId) -> Result<()> {
    tx.query_shared(END_LEASE).bind(1_i64).bind(node).bind(Timestamp::default()).execute().await.map(drop)
}

pub(crate) async fn list_runs(tx: &mut EveryTx) -> Result<Vec<Run>> {
    let rows: Vec<(String, String, Timestamp)> = tx.query_shared(LIST_RUNS).fetch_all().await?;
    Ok(rows.into_iter().map(|(name, runner, began_at)| Run { name, runner, began_at }).collect())
}

pub(crate) async fn keep_run(tx: &mut EveryTx, name: &str, runner: &str, began_at: Timestamp) -> Result<()> {
    tx.query_shared(KEEP_RUN).bind(name).bind(runner).bind(began_at).execute().await.map(drop)
}
