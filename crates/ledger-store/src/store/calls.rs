use glaux_kernel::{CallId, KeyId, OrganizationId, Timestamp};
use glaux_store::{EverySql, EveryTx, Json, OrgRead, OrgTx, Result, Sql, every_sql, sql};
use uuid::Uuid;

use crate::{row::CallRow, usage::UsageFilter};

const INSERT: EverySql = every_sql(
    "INSERT INTO calls (organization_id, id, at, status, application_id, key_id, environment, feature_id, user_name,
        provider_id, model_id, model_name, attempts, cost_nanos, cached, duration_micros, session, error_code, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
     ON CONFLICT (organization_id, id) DO NOTHING",
);

const EXISTS: EverySql = every_sql("SELECT id FROM calls WHERE organization_id = $1 AND id = $2");

const ADD_COST: Sql = sql("UPDATE calls SET cost_nanos = cost_nanos + $3 WHERE organization_id = $1 AND id = $2");

const FIND: Sql = sql(
    "SELECT organization_id, id, at, status, application_id, key_id, environment, feature_id, user_name, provider_id,
        model_id, model_name, attempts, cost_nanos, cached, duration_micros, session, error_code, detail
     FROM calls WHERE organization_id = $1 AND id = $2",
);

/// Calls that are looked up at once.
const CALLS: usize = 32;

const LIST_OF: Sql = sql(
    "SELECT organization_id, id, at, status, application_id, key_id, environment, feature_id, user_name, provider_id,
        model_id, model_name, attempts, cost_nanos, cached, duration_micros, session, error_code, detail
     FROM calls
     WHERE organization_id = $1 AND id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
        $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
);

const LAST_AT_BY: Sql = sql("SELECT at FROM calls
     WHERE organization_id = $1 AND key_id = $2 AND id >= $3 AND id < $4 ORDER BY id DESC LIMIT 1");

const LIST_WITHOUT_ATTEMPTS: Sql = sql(
    "SELECT organization_id, id, at, status, application_id, key_id, environment, feature_id, user_name, provider_id,
        model_id, model_name, attempts, cost_nanos, cached, duration_micros, session, error_code, detail
     FROM calls
     WHERE organization_id = $1 AND attempts = 0 AND id >= $2 AND id < $3 AND at >= $4 AND at < $5
        AND ($6 IS NULL OR feature_id = $6) AND ($7 IS NULL OR key_id = $7) AND ($8 IS NULL OR model_id = $8)
        AND ($9 IS NULL OR provider_id = $9) AND ($10 IS NULL OR user_name = $10) AND ($11 IS NULL OR status = $11)
     ORDER BY id DESC LIMIT $12",
);

const PAGE: Sql = sql(
    "SELECT organization_id, id, at, status, application_id, key_id, environment, feature_id, user_name, provider_id,
        model_id, model_name, attempts, cost_nanos, cached, duration_micros, session, error_code, detail
     FROM calls WHERE organization_id = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4",
);

const LAST_AT: Sql = sql("SELECT MAX(at) FROM calls WHERE organization_id = $1");

const INCONSISTENT: Sql = sql("SELECT c.id AS call, c.cost_nanos AS stated_nanos, c.attempts AS stated_attempts,
        CAST(COALESCE(SUM(COALESCE(a.adjusted_nanos, a.cost_nanos)), 0) AS BIGINT) AS found_nanos, COUNT(a.id) AS found_attempts
     FROM calls c LEFT JOIN attempts a ON a.organization_id = c.organization_id AND a.call_id = c.id
     WHERE c.organization_id = $1 AND c.id >= $2 AND c.id < $3
     GROUP BY c.organization_id, c.id, c.cost_nanos, c.attempts
     HAVING c.cost_nanos <> COALESCE(SUM(COALESCE(a.adjusted_nanos, a.cost_nanos)), 0) OR c.attempts < COUNT(a.id)
     ORDER BY c.id LIMIT $4");

/// A call whose cost or attempts are not those of its attempts.
#[derive(Debug, sqlx::FromRow)]
pub(crate) struct InconsistentCall {
    pub(crate) call: CallId,
    pub(crate) stated_nanos: i64,
    pub(crate) stated_attempts: i64,
    pub(crate) found_nanos: i64,
    pub(crate) found_attempts: i64,
}

/// Inserts those that are not there; says how many.
pub(crate) async fn insert(tx: &mut EveryTx, rows: &[CallRow]) -> Result<u64> {
    tx.insert_rows(INSERT, rows, |row, values| {
        values
            .push(row.organization_id)
            .push(row.id)
            .push(row.at)
            .push(row.status.0.as_str())
            .push(row.application_id)
            .push(row.key_id)
            .push(row.environment.0.as_str())
            .push(row.feature_id)
            .push(row.user_name.as_deref())
            .push(row.provider_id)
            .push(row.model_id)
            .push(row.model_name.as_deref())
            .push(row.attempts)
            .push(row.cost_nanos)
            .push(row.cached)
            .push(row.duration_micros)
            .push(row.session.as_deref())
            .push(row.error_code.as_deref())
            .push(Json(&row.detail.0));
    })
    .await
}

pub(crate) async fn exists(tx: &mut EveryTx, organization: OrganizationId, id: CallId) -> Result<bool> {
    let found: Option<(CallId,)> = tx.query(EXISTS).bind(organization).bind(id).fetch_optional().await?;
    Ok(found.is_some())
}

/// Adds what was settled, or changed, after the call's record was written.
pub(crate) async fn add_cost(tx: &mut OrgTx, call: CallId, nanos: i64) -> Result<()> {
    tx.query(ADD_COST).bind(call).bind(nanos).execute().await.map(drop)
}

pub(crate) async fn find(tx: &mut OrgRead, call: CallId) -> Result<Option<CallRow>> {
    tx.query(FIND).bind(call).fetch_optional().await
}

/// Those of these ids, in no order.
pub(crate) async fn list_of(tx: &mut OrgRead, calls: &[CallId]) -> Result<Vec<CallRow>> {
    let mut found = Vec::with_capacity(calls.len());
    for chunk in calls.chunks(CALLS) {
        let mut query = tx.query(LIST_OF);
        // The last one again fills the places that are left.
        for place in 0..CALLS {
            query = query.bind(chunk[place.min(chunk.len() - 1)]);
        }
        found.extend(query.fetch_all::<CallRow>().await?);
    }
    Ok(found)
}

/// When the last call by a key came, of those with ids in `ids`.
pub(crate) async fn find_last_at_by(tx: &mut OrgRead, key: KeyId, ids: (Uuid, Uuid)) -> Result<Option<Timestamp>> {
    let (from, to) = (CallId::from_uuid(ids.0), CallId::from_uuid(ids.1));
    let found: Option<(Timestamp,)> = tx.query(LAST_AT_BY).bind(key).bind(from).bind(to).fetch_optional().await?;
    Ok(found.map(|(at,)| at))
}

/// The youngest first, with ids in `ids`.
pub(crate) async fn list_without_attempts(
    tx: &mut OrgRead,
    filter: &UsageFilter,
    ids: (Uuid, Uuid),
    limit: i64,
) -> Result<Vec<CallRow>> {
    tx.query(LIST_WITHOUT_ATTEMPTS)
        .bind(CallId::from_uuid(ids.0))
        .bind(CallId::from_uuid(ids.1))
        .bind(filter.from)
        .bind(filter.to)
        .bind(filter.feature)
        .bind(filter.key)
        .bind(filter.model)
        .bind(filter.provider)
        .bind(filter.user.as_deref())
        .bind(filter.status.map(|status| status.as_str()))
        .bind(limit)
        .fetch_all()
        .await
}

/// The oldest first, after `after` and before `end`.
pub(crate) async fn page(tx: &mut OrgRead, after: Uuid, end: Uuid, limit: i64) -> Result<Vec<CallRow>> {
    let (after, end) = (CallId::from_uuid(after), CallId::from_uuid(end));
    tx.query(PAGE).bind(after).bind(end).bind(limit).fetch_all().await
}

/// When the last call came.
pub(crate) async fn find_last_at(tx: &mut OrgRead) -> Result<Option<Timestamp>> {
    let (at,) = tx.query(LAST_AT).fetch_one().await?;
    Ok(at)
}

/// Calls with ids in `ids` that contradict their attempts.
pub(crate) async fn list_inconsistent(
    tx: &mut OrgRead,
    ids: (Uuid, Uuid),
    limit: i64,
) -> Result<Vec<InconsistentCall>> {
    let (from, to) = (CallId::from_uuid(ids.0), CallId::from_uuid(ids.1));
    tx.query(INCONSISTENT).bind(from).bind(to).bind(limit).fetch_all().await
}
