//! What roll-ups know of calls. Read from an index alone, but for the moments.

use glaux_kernel::{Environment, KeyId, NodeId, Timestamp};
use glaux_store::{OrgRead, Query, Result, Sql, sql};

use crate::{
    calls::{CallFilter, CallMoments, Counting},
    sums::StatusCounts,
};

const CANDIDATES: Sql = sql(
    "SELECT slot, dimensions, node_id, calls_success + calls_error + calls_timeout + calls_cancelled + calls_blocked
        + calls_unknown AS calls
     FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($4 IS NULL OR feature_id = $4) AND ($5 IS NULL OR key_id = $5) AND ($6 IS NULL OR model_id = $6)
        AND ($7 IS NULL OR provider_id = $7) AND ($8 IS NULL OR environment = $8)
        AND CASE WHEN $9 THEN calls_success ELSE 0 END + CASE WHEN $10 THEN calls_error ELSE 0 END
            + CASE WHEN $11 THEN calls_timeout ELSE 0 END + CASE WHEN $12 THEN calls_cancelled ELSE 0 END
            + CASE WHEN $13 THEN calls_blocked ELSE 0 END + CASE WHEN $14 THEN calls_unknown ELSE 0 END
            + $15 * calls_cached > 0
     ORDER BY slot DESC LIMIT $16",
);

const MOMENTS: Sql = sql("SELECT call_moments FROM usage_rollups
     WHERE organization_id = $1 AND slot = $2 AND dimensions = $3 AND node_id = $4");

const COUNT: Sql = sql("SELECT slot, CAST(SUM(calls_success) AS BIGINT) AS calls_success,
        CAST(SUM(calls_error) AS BIGINT) AS calls_error, CAST(SUM(calls_timeout) AS BIGINT) AS calls_timeout,
        CAST(SUM(calls_cancelled) AS BIGINT) AS calls_cancelled, CAST(SUM(calls_blocked) AS BIGINT) AS calls_blocked,
        CAST(SUM(calls_unknown) AS BIGINT) AS calls_unknown, CAST(SUM(calls_cached) AS BIGINT) AS calls_cached
     FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($4 IS NULL OR feature_id = $4) AND ($5 IS NULL OR key_id = $5) AND ($6 IS NULL OR model_id = $6)
        AND ($7 IS NULL OR provider_id = $7) AND ($8 IS NULL OR environment = $8)
     GROUP BY slot ORDER BY slot");

const COUNT_ALL: Sql = sql("SELECT CAST(COALESCE(SUM(calls_success + calls_error + calls_timeout + calls_cancelled
        + calls_blocked + calls_unknown), 0) AS BIGINT)
     FROM usage_rollups WHERE organization_id = $1 AND slot >= $2 AND slot < $3");

const LAST_SLOT: Sql = sql("SELECT slot FROM usage_rollups
     WHERE organization_id = $1 AND key_id = $2 AND calls_success + calls_error + calls_timeout + calls_cancelled
        + calls_blocked + calls_unknown > 0
     ORDER BY slot DESC LIMIT 1");

/// A roll-up with calls that a filter wants.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct Candidate {
    pub(crate) slot: Timestamp,
    dimensions: Vec<u8>,
    node_id: NodeId,
    /// All its calls.
    pub(crate) calls: i64,
}

/// The calls of a slot.
pub(crate) struct Counted {
    pub(crate) slot: Timestamp,
    pub(crate) calls: StatusCounts,
    /// Of these, those from the response cache.
    pub(crate) cached: u64,
}

/// Roll-ups with slots in `slots` that have calls as the filter wants them, the youngest slot first.
pub(crate) async fn list_candidates(
    tx: &mut OrgRead,
    filter: &CallFilter,
    counting: Counting,
    slots: (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<Candidate>> {
    let mut query = select(tx.query(CANDIDATES), filter, slots);
    for wanted in counting.statuses {
        query = query.bind(wanted);
    }
    query.bind(counting.cached).bind(limit).fetch_all().await
}

/// When the calls of a roll-up came.
pub(crate) async fn find_moments(tx: &mut OrgRead, candidate: &Candidate) -> Result<CallMoments> {
    let query = tx.query(MOMENTS).bind(candidate.slot).bind(candidate.dimensions.as_slice()).bind(candidate.node_id);
    let found: Option<(Option<Vec<u8>>,)> = query.fetch_optional().await?;
    Ok(CallMoments::from_bytes(found.and_then(|(moments,)| moments)))
}

/// The calls in `slots` of the dimensions that the filter names, slot by slot.
pub(crate) async fn count(
    tx: &mut OrgRead,
    filter: &CallFilter,
    slots: (Timestamp, Timestamp),
) -> Result<Vec<Counted>> {
    let rows: Vec<CountRow> = select(tx.query(COUNT), filter, slots).fetch_all().await?;
    Ok(rows.into_iter().map(Counted::from).collect())
}

/// All calls in `slots`.
pub(crate) async fn count_all(tx: &mut OrgRead, slots: (Timestamp, Timestamp)) -> Result<u64> {
    let (all,): (i64,) = tx.query(COUNT_ALL).bind(slots.0).bind(slots.1).fetch_one().await?;
    Ok(u64::try_from(all).unwrap_or_default())
}

/// The last slot with a call by a key.
pub(crate) async fn find_last_slot(tx: &mut OrgRead, key: KeyId) -> Result<Option<Timestamp>> {
    let found: Option<(Timestamp,)> = tx.query(LAST_SLOT).bind(key).fetch_optional().await?;
    Ok(found.map(|(slot,)| slot))
}

fn select<'t>(query: Query<'t>, filter: &CallFilter, slots: (Timestamp, Timestamp)) -> Query<'t> {
    query
        .bind(slots.0)
        .bind(slots.1)
        .bind(filter.feature)
        .bind(filter.key)
        .bind(filter.model)
        .bind(filter.provider)
        .bind(filter.environment.map(Environment::as_str))
}

#[derive(sqlx::FromRow)]
struct CountRow {
    slot: Timestamp,
    calls_success: i64,
    calls_error: i64,
    calls_timeout: i64,
    calls_cancelled: i64,
    calls_blocked: i64,
    calls_unknown: i64,
    calls_cached: i64,
}

impl From<CountRow> for Counted {
    fn from(row: CountRow) -> Self {
        let unsigned = |number: i64| u64::try_from(number).unwrap_or_default();
        let calls = [
            row.calls_success,
            row.calls_error,
            row.calls_timeout,
            row.calls_cancelled,
            row.calls_blocked,
            row.calls_unknown,
        ];
        Self {
            slot: row.slot,
            calls: StatusCounts::from_ordered(calls.map(unsigned)),
            cached: unsigned(row.calls_cached),
        }
    }
}
