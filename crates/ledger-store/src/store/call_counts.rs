//! What roll-ups know of calls. Read from an index alone, but for the moments.

use glaux_kernel::{Environment, KeyId, Timestamp};
use glaux_store::{OrgRead, Query, Result, Sql, sql};

use crate::{
    calls::{CallFilter, CallMoments, Counting},
    sums::{SLOT, StatusCounts},
};

const BUSY_SLOTS: Sql =
    sql("SELECT slot, CAST(SUM(calls_success + calls_error + calls_timeout + calls_cancelled + calls_blocked
        + calls_unknown) AS BIGINT) AS calls
     FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($4 IS NULL OR feature_id = $4) AND ($5 IS NULL OR key_id = $5) AND ($6 IS NULL OR model_id = $6)
        AND ($7 IS NULL OR provider_id = $7) AND ($8 IS NULL OR environment = $8)
        AND CASE WHEN $9 THEN calls_success ELSE 0 END + CASE WHEN $10 THEN calls_error ELSE 0 END
            + CASE WHEN $11 THEN calls_timeout ELSE 0 END + CASE WHEN $12 THEN calls_cancelled ELSE 0 END
            + CASE WHEN $13 THEN calls_blocked ELSE 0 END + CASE WHEN $14 THEN calls_unknown ELSE 0 END
            + $15 * calls_cached > 0
     GROUP BY slot ORDER BY slot DESC LIMIT $16");

const MOMENTS: Sql = sql("SELECT call_moments FROM usage_rollups
     WHERE organization_id = $1 AND slot >= $2 AND slot < $3
        AND ($4 IS NULL OR feature_id = $4) AND ($5 IS NULL OR key_id = $5) AND ($6 IS NULL OR model_id = $6)
        AND ($7 IS NULL OR provider_id = $7) AND ($8 IS NULL OR environment = $8)
        AND CASE WHEN $9 THEN calls_success ELSE 0 END + CASE WHEN $10 THEN calls_error ELSE 0 END
            + CASE WHEN $11 THEN calls_timeout ELSE 0 END + CASE WHEN $12 THEN calls_cancelled ELSE 0 END
            + CASE WHEN $13 THEN calls_blocked ELSE 0 END + CASE WHEN $14 THEN calls_unknown ELSE 0 END
            + $15 * calls_cached > 0");

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

/// Keys that are looked up at once.
const KEYS: usize = 32;

/// Of each key by itself: an aggregate would read all roll-ups that a key ever had. The rows that are none say that what is
/// united with them are keys.
const LAST_SLOTS: Sql = sql("SELECT keys.key_id, (SELECT slot FROM usage_rollups r
        WHERE r.organization_id = $1 AND r.key_id = keys.key_id AND r.calls_success + r.calls_error + r.calls_timeout
            + r.calls_cancelled + r.calls_blocked + r.calls_unknown > 0
        ORDER BY slot DESC LIMIT 1) AS slot
     FROM (SELECT key_id FROM usage_rollups WHERE 1 = 0 UNION SELECT $2 UNION SELECT $3 UNION SELECT $4 UNION SELECT $5
        UNION SELECT $6 UNION SELECT $7 UNION SELECT $8 UNION SELECT $9 UNION SELECT $10 UNION SELECT $11
        UNION SELECT $12 UNION SELECT $13 UNION SELECT $14 UNION SELECT $15 UNION SELECT $16 UNION SELECT $17
        UNION SELECT $18 UNION SELECT $19 UNION SELECT $20 UNION SELECT $21 UNION SELECT $22 UNION SELECT $23
        UNION SELECT $24 UNION SELECT $25 UNION SELECT $26 UNION SELECT $27 UNION SELECT $28 UNION SELECT $29
        UNION SELECT $30 UNION SELECT $31 UNION SELECT $32 UNION SELECT $33) AS keys");

/// A slot with calls that a filter wants.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct BusySlot {
    pub(crate) slot: Timestamp,
    /// All calls of the roll-ups that have such.
    pub(crate) calls: i64,
}

/// The calls of a slot.
pub(crate) struct Counted {
    pub(crate) slot: Timestamp,
    pub(crate) calls: StatusCounts,
    /// Of these, those from the response cache.
    pub(crate) cached: u64,
}

/// The youngest slots in `slots` that have calls as the filter wants them.
pub(crate) async fn list_busy_slots(
    tx: &mut OrgRead,
    filter: &CallFilter,
    counting: Counting,
    slots: (Timestamp, Timestamp),
    limit: i64,
) -> Result<Vec<BusySlot>> {
    select_wanted(tx.query(BUSY_SLOTS), filter, counting, slots).bind(limit).fetch_all().await
}

/// When the calls came of the slot's roll-ups that have calls as the filter wants them.
pub(crate) async fn list_moments(
    tx: &mut OrgRead,
    filter: &CallFilter,
    counting: Counting,
    slot: Timestamp,
) -> Result<Vec<CallMoments>> {
    let query = select_wanted(tx.query(MOMENTS), filter, counting, (slot, slot.plus(SLOT)));
    let found: Vec<(Option<Vec<u8>>,)> = query.fetch_all().await?;
    Ok(found.into_iter().map(|(moments,)| CallMoments::from_bytes(moments)).collect())
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

/// The last slot with a call by each of these keys that has one.
pub(crate) async fn list_last_slots(tx: &mut OrgRead, keys: &[KeyId]) -> Result<Vec<(KeyId, Timestamp)>> {
    let mut found = Vec::with_capacity(keys.len());
    for chunk in keys.chunks(KEYS) {
        let mut query = tx.query(LAST_SLOTS);
        // The last one again fills the places that are left.
        for place in 0..KEYS {
            query = query.bind(chunk[place.min(chunk.len() - 1)]);
        }
        let slots: Vec<(KeyId, Option<Timestamp>)> = query.fetch_all().await?;
        found.extend(slots.into_iter().filter_map(|(key, slot)| Some((key, slot?))));
    }
    Ok(found)
}

fn select_wanted<'t>(
    query: Query<'t>,
    filter: &CallFilter,
    counting: Counting,
    slots: (Timestamp, Timestamp),
) -> Query<'t> {
    let mut query = select(query, filter, slots);
    for wanted in counting.statuses {
        query = query.bind(wanted);
    }
    query.bind(counting.cached)
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
