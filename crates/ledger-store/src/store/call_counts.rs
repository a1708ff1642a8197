//! What roll-ups know of calls. Read from an index alone, but for the moments.

use glaux_kernel::{Environment, NodeId, Timestamp};
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

const COUNT: Sql =
    sql("SELECT slot, CAST(SUM(CASE WHEN is_meant THEN calls_success ELSE 0 END) AS BIGINT) AS calls_success,
        CAST(SUM(CASE WHEN is_meant THEN calls_error ELSE 0 END) AS BIGINT) AS calls_error,
        CAST(SUM(CASE WHEN is_meant THEN calls_timeout ELSE 0 END) AS BIGINT) AS calls_timeout,
        CAST(SUM(CASE WHEN is_meant THEN calls_cancelled ELSE 0 END) AS BIGINT) AS calls_cancelled,
        CAST(SUM(CASE WHEN is_meant THEN calls_blocked ELSE 0 END) AS BIGINT) AS calls_blocked,
        CAST(SUM(CASE WHEN is_meant THEN calls_unknown ELSE 0 END) AS BIGINT) AS calls_unknown,
        CAST(SUM(CASE WHEN is_meant THEN calls_cached ELSE 0 END) AS BIGINT) AS calls_cached,
        CAST(SUM(calls_success + calls_error + calls_timeout + calls_cancelled + calls_blocked + calls_unknown)
            AS BIGINT) AS calls
     FROM (
        SELECT slot, calls_success, calls_error, calls_timeout, calls_cancelled, calls_blocked, calls_unknown,
            calls_cached,
            ($4 IS NULL OR feature_id = $4) AND ($5 IS NULL OR key_id = $5) AND ($6 IS NULL OR model_id = $6)
                AND ($7 IS NULL OR provider_id = $7) AND ($8 IS NULL OR environment = $8) AS is_meant
        FROM usage_rollups WHERE organization_id = $1 AND slot >= $2 AND slot < $3) AS rollups
     GROUP BY slot ORDER BY slot");

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
    /// Those of the dimensions that are meant.
    pub(crate) calls: StatusCounts,
    /// Of these, those from the response cache.
    pub(crate) cached: u64,
    /// Whatever their dimensions.
    pub(crate) all: u64,
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

/// The calls of each slot in `slots` that has a roll-up.
pub(crate) async fn count(
    tx: &mut OrgRead,
    filter: &CallFilter,
    slots: (Timestamp, Timestamp),
) -> Result<Vec<Counted>> {
    let rows: Vec<CountRow> = select(tx.query(COUNT), filter, slots).fetch_all().await?;
    Ok(rows.into_iter().map(Counted::from).collect())
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
    calls: i64,
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
            all: unsigned(row.calls),
        }
    }
}
