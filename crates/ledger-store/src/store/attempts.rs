use glaux_kernel::{AttemptId, CallId, ModelId, NodeId, OrganizationId, Timestamp};
use glaux_ledger::record::Target;
use glaux_store::{EverySql, EveryTx, Json, OrgRead, OrgTx, Result, Sql, every_sql, sql};
use uuid::Uuid;

use crate::{row::AttemptRow, usage::UsageFilter};

const INSERT: EverySql = every_sql(
    "INSERT INTO attempts (organization_id, id, call_id, number, opened_at, status, application_id, key_id,
        environment, feature_id, user_name, provider_id, model_id, model_name, cost_nanos, detail, node_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
     ON CONFLICT (organization_id, id) DO NOTHING",
);

const EXISTS: EverySql = every_sql("SELECT id FROM attempts WHERE organization_id = $1 AND id = $2");

const LAST_TARGET: Sql = sql("SELECT provider_id, model_id, model_name FROM attempts
     WHERE organization_id = $1 AND call_id = $2 ORDER BY number DESC LIMIT 1");

const OF_CALL: Sql = sql(
    "SELECT organization_id, id, call_id, number, opened_at, status, application_id, key_id, environment, feature_id,
        user_name, provider_id, model_id, model_name, cost_nanos, detail, node_id, adjusted_nanos
     FROM attempts WHERE organization_id = $1 AND call_id = $2 ORDER BY number",
);

/// Calls whose attempts are looked up at once.
const CALLS: usize = 32;

const OF_CALLS: Sql = sql(
    "SELECT organization_id, id, call_id, number, opened_at, status, application_id, key_id, environment, feature_id,
        user_name, provider_id, model_id, model_name, cost_nanos, detail, node_id, adjusted_nanos
     FROM attempts
     WHERE organization_id = $1 AND call_id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33)",
);

const CALL_OF: Sql = sql("SELECT call_id FROM attempts WHERE organization_id = $1 AND id = $2");

const LIST: Sql = sql(
    "SELECT organization_id, id, call_id, number, opened_at, status, application_id, key_id, environment, feature_id,
        user_name, provider_id, model_id, model_name, cost_nanos, detail, node_id, adjusted_nanos
     FROM attempts
     WHERE organization_id = $1 AND id >= $2 AND id < $3 AND opened_at >= $4 AND opened_at < $5
        AND ($6 IS NULL OR feature_id = $6) AND ($7 IS NULL OR key_id = $7) AND ($8 IS NULL OR model_id = $8)
        AND ($9 IS NULL OR provider_id = $9) AND ($10 IS NULL OR user_name = $10) AND ($11 IS NULL OR status = $11)
     ORDER BY id DESC LIMIT $12",
);

const PAGE: Sql = sql(
    "SELECT organization_id, id, call_id, number, opened_at, status, application_id, key_id, environment, feature_id,
        user_name, provider_id, model_id, model_name, cost_nanos, detail, node_id, adjusted_nanos
     FROM attempts WHERE organization_id = $1 AND id > $2 AND id < $3 ORDER BY id LIMIT $4",
);

const FIND: Sql = sql(
    "SELECT organization_id, id, call_id, number, opened_at, status, application_id, key_id, environment, feature_id,
        user_name, provider_id, model_id, model_name, cost_nanos, detail, node_id, adjusted_nanos
     FROM attempts WHERE organization_id = $1 AND id = $2",
);

const LIST_OF_RECORDED_CALLS: Sql =
    sql("SELECT a.organization_id, a.id, a.call_id, a.number, a.opened_at, a.status, a.application_id, a.key_id,
        a.environment, a.feature_id, a.user_name, a.provider_id, a.model_id, a.model_name, a.cost_nanos, a.detail,
        a.node_id, a.adjusted_nanos
     FROM attempts a JOIN calls c ON c.organization_id = a.organization_id AND c.id = a.call_id
     WHERE a.organization_id = $1 AND a.id > $2 AND a.id < $3 AND a.opened_at >= $4 AND a.opened_at < $5
        AND ($6 IS NULL OR a.model_id = $6)
     ORDER BY a.id LIMIT $7");

const SET_ADJUSTED: Sql = sql("UPDATE attempts SET adjusted_nanos = $3 WHERE organization_id = $1 AND id = $2");

const COUNT_WITHOUT_CALL: Sql = sql(
    "SELECT COUNT(a.id) FROM attempts a LEFT JOIN calls c ON c.organization_id = a.organization_id AND c.id = a.call_id
     WHERE a.organization_id = $1 AND a.id >= $2 AND a.id < $3 AND c.id IS NULL",
);

/// Inserts those of `node` that are not there; says how many.
pub(crate) async fn insert(tx: &mut EveryTx, node: NodeId, rows: &[AttemptRow]) -> Result<u64> {
    tx.insert_rows(INSERT, rows, |row, values| {
        values
            .push(row.organization_id)
            .push(row.id)
            .push(row.call_id)
            .push(row.number)
            .push(row.opened_at)
            .push(row.status.0.as_str())
            .push(row.application_id)
            .push(row.key_id)
            .push(row.environment.0.as_str())
            .push(row.feature_id)
            .push(row.user_name.as_deref())
            .push(row.provider_id)
            .push(row.model_id)
            .push(row.model_name.as_str())
            .push(row.cost_nanos)
            .push(Json(&row.detail.0))
            .push(node);
    })
    .await
}

pub(crate) async fn exists(tx: &mut EveryTx, organization: OrganizationId, id: AttemptId) -> Result<bool> {
    let found: Option<(AttemptId,)> = tx.query(EXISTS).bind(organization).bind(id).fetch_optional().await?;
    Ok(found.is_some())
}

/// Where the last attempt of a call went, if its rows are here.
pub(crate) async fn find_last_target(tx: &mut OrgRead, call: CallId) -> Result<Option<Target>> {
    let found = tx.query(LAST_TARGET).bind(call).fetch_optional().await?;
    Ok(found.map(|(provider, model, model_name)| Target { provider, model, model_name }))
}

/// The attempts of a call, in order.
pub(crate) async fn list_of_call(tx: &mut OrgRead, call: CallId) -> Result<Vec<AttemptRow>> {
    tx.query(OF_CALL).bind(call).fetch_all().await
}

/// The attempts of these calls, in no order.
pub(crate) async fn list_of_calls(tx: &mut OrgRead, calls: &[CallId]) -> Result<Vec<AttemptRow>> {
    let mut found = Vec::new();
    for chunk in calls.chunks(CALLS) {
        let mut query = tx.query(OF_CALLS);
        // The last one again fills the places that are left.
        for place in 0..CALLS {
            query = query.bind(chunk[place.min(chunk.len() - 1)]);
        }
        found.extend(query.fetch_all::<AttemptRow>().await?);
    }
    Ok(found)
}

pub(crate) async fn find_call(tx: &mut OrgRead, attempt: AttemptId) -> Result<Option<CallId>> {
    let found: Option<(CallId,)> = tx.query(CALL_OF).bind(attempt).fetch_optional().await?;
    Ok(found.map(|(call,)| call))
}

pub(crate) async fn find(tx: &mut OrgRead, attempt: AttemptId) -> Result<Option<AttemptRow>> {
    tx.query(FIND).bind(attempt).fetch_optional().await
}

/// Attempts with ids in `ids` whose call has no row.
pub(crate) async fn count_without_call(tx: &mut OrgRead, ids: (Uuid, Uuid)) -> Result<i64> {
    let (from, to) = (AttemptId::from_uuid(ids.0), AttemptId::from_uuid(ids.1));
    let (count,) = tx.query(COUNT_WITHOUT_CALL).bind(from).bind(to).fetch_one().await?;
    Ok(count)
}

/// The youngest first, with ids in `ids`.
pub(crate) async fn list(
    tx: &mut OrgRead,
    filter: &UsageFilter,
    ids: (Uuid, Uuid),
    limit: i64,
) -> Result<Vec<AttemptRow>> {
    tx.query(LIST)
        .bind(AttemptId::from_uuid(ids.0))
        .bind(AttemptId::from_uuid(ids.1))
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
pub(crate) async fn page(tx: &mut OrgRead, after: Uuid, end: Uuid, limit: i64) -> Result<Vec<AttemptRow>> {
    let (after, end) = (AttemptId::from_uuid(after), AttemptId::from_uuid(end));
    tx.query(PAGE).bind(after).bind(end).bind(limit).fetch_all().await
}

/// Attempts of calls that are recorded, opened in `opened`, the oldest first, with ids in `ids` without the first.
pub(crate) async fn list_of_recorded_calls(
    tx: &mut OrgRead,
    ids: (Uuid, Uuid),
    opened: (Timestamp, Timestamp),
    model: Option<ModelId>,
    limit: i64,
) -> Result<Vec<AttemptRow>> {
    let list = tx.query(LIST_OF_RECORDED_CALLS).bind(AttemptId::from_uuid(ids.0)).bind(AttemptId::from_uuid(ids.1));
    list.bind(opened.0).bind(opened.1).bind(model).bind(limit).fetch_all().await
}

/// Says what an attempt costs from now on.
pub(crate) async fn set_adjusted(tx: &mut OrgTx, attempt: AttemptId, nanos: i64) -> Result<()> {
    tx.query(SET_ADJUSTED).bind(attempt).bind(nanos).execute().await.map(drop)
}

/// The first id that a UUIDv7 of this moment can have (RFC 9562, section 5.7).
pub(crate) fn first_id_at(at: Timestamp) -> Uuid {
    let millis = u128::try_from(at.as_micros().max(0) / 1000).unwrap_or_default().min((1 << 48) - 1);
    Uuid::from_u128(millis << 80)
}
