//! Finding calls among rows.

use glaux_kernel::{CallId, Environment, FeatureId};
use glaux_ledger::record::Status;
use glaux_store::{OrgRead, Result, Sql, sql};
use uuid::Uuid;

use crate::{
    calls::{CallFilter, MAX_FEATURES},
    row::CallRow,
};

/// Which rows are looked at. The database has an index by time for each, which it uses where the same condition stands in
/// the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Among {
    All,
    /// That failed, were cached or were retried.
    Unusual,
}

const LIST: Sql = sql(
    "SELECT organization_id, id, at, status, application_id, key_id, environment, feature_id, user_name, provider_id,
        model_id, model_name, attempts, cost_nanos, cached, duration_micros, session, error_code, detail
     FROM calls
     WHERE organization_id = $1 AND id >= $2 AND id < $3 AND at >= $4 AND at < $5
        AND ($6 IS NULL OR feature_id = $6) AND ($7 IS NULL OR key_id = $7) AND ($8 IS NULL OR model_id = $8)
        AND ($9 IS NULL OR provider_id = $9) AND ($10 IS NULL OR environment = $10)
        AND ($11 IS NULL OR status IN ($11, $12, $13, $14, $15, $16)) AND ($17 IS NULL OR cached = $17)
        AND ($18 IS NULL OR (attempts > 1) = $18) AND ($19 IS NULL OR user_name = $19)
        AND ($20 IS NULL OR duration_micros >= $20) AND ($21 IS NULL OR cost_nanos >= $21)
        AND ($22 IS NULL OR LOWER(model_name) LIKE LOWER($22) ESCAPE '!' OR LOWER(user_name) LIKE LOWER($22) ESCAPE '!'
            OR LOWER(session) LIKE LOWER($22) ESCAPE '!' OR LOWER(error_code) LIKE LOWER($22) ESCAPE '!'
            OR feature_id IN ($23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38))
     ORDER BY id DESC LIMIT $39",
);

const LIST_UNUSUAL: Sql = sql(
    "SELECT organization_id, id, at, status, application_id, key_id, environment, feature_id, user_name, provider_id,
        model_id, model_name, attempts, cost_nanos, cached, duration_micros, session, error_code, detail
     FROM calls
     WHERE organization_id = $1 AND id >= $2 AND id < $3
        AND (status <> 'success' OR attempts <> 1) AND at >= $4 AND at < $5
        AND ($6 IS NULL OR feature_id = $6) AND ($7 IS NULL OR key_id = $7) AND ($8 IS NULL OR model_id = $8)
        AND ($9 IS NULL OR provider_id = $9) AND ($10 IS NULL OR environment = $10)
        AND ($11 IS NULL OR status IN ($11, $12, $13, $14, $15, $16)) AND ($17 IS NULL OR cached = $17)
        AND ($18 IS NULL OR (attempts > 1) = $18) AND ($19 IS NULL OR user_name = $19)
        AND ($20 IS NULL OR duration_micros >= $20) AND ($21 IS NULL OR cost_nanos >= $21)
        AND ($22 IS NULL OR LOWER(model_name) LIKE LOWER($22) ESCAPE '!' OR LOWER(user_name) LIKE LOWER($22) ESCAPE '!'
            OR LOWER(session) LIKE LOWER($22) ESCAPE '!' OR LOWER(error_code) LIKE LOWER($22) ESCAPE '!'
            OR feature_id IN ($23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38))
     ORDER BY id DESC LIMIT $39",
);

const COUNT: Sql = sql("SELECT COUNT(*) FROM (
        SELECT id FROM calls WHERE organization_id = $1 AND id >= $2 AND id < $3 ORDER BY id DESC LIMIT $4) AS looked_at");

const COUNT_UNUSUAL: Sql = sql("SELECT COUNT(*) FROM (
        SELECT id FROM calls WHERE organization_id = $1 AND id >= $2 AND id < $3
            AND (status <> 'success' OR attempts <> 1) ORDER BY id DESC LIMIT $4) AS looked_at");

const NTH: Sql = sql("SELECT id FROM calls WHERE organization_id = $1 AND id >= $2 AND id < $3
     ORDER BY id DESC LIMIT 1 OFFSET $4");

const NTH_UNUSUAL: Sql = sql("SELECT id FROM calls WHERE organization_id = $1 AND id >= $2 AND id < $3
        AND (status <> 'success' OR attempts <> 1) ORDER BY id DESC LIMIT 1 OFFSET $4");

impl Among {
    fn pick(self, all: Sql, unusual: Sql) -> Sql {
        match self {
            Self::All => all,
            Self::Unusual => unusual,
        }
    }
}

/// The youngest first, with ids in `ids`.
pub(crate) async fn list(
    tx: &mut OrgRead,
    among: Among,
    filter: &CallFilter,
    ids: (Uuid, Uuid),
    limit: i64,
) -> Result<Vec<CallRow>> {
    let mut query = tx
        .query(among.pick(LIST, LIST_UNUSUAL))
        .bind(CallId::from_uuid(ids.0))
        .bind(CallId::from_uuid(ids.1))
        .bind(filter.from)
        .bind(filter.to)
        .bind(filter.feature)
        .bind(filter.key)
        .bind(filter.model)
        .bind(filter.provider)
        .bind(filter.environment.map(Environment::as_str));
    // One that was named several times takes one place; the last one again fills those that are left.
    let named: Vec<_> = Status::ALL.into_iter().filter(|status| filter.statuses.contains(status)).collect();
    for place in 0..Status::ALL.len() {
        query = query.bind(named.get(place).or(named.last()).map(|status| status.as_str()));
    }
    query = query
        .bind(filter.cached)
        .bind(filter.retried)
        .bind(filter.user.as_deref())
        .bind(filter.min_duration_micros)
        .bind(filter.min_cost_nanos)
        .bind(filter.text.as_ref().map(|search| pattern(&search.text)));
    let features: &[FeatureId] = filter.text.as_ref().map_or(&[], |search| &search.features);
    for place in 0..MAX_FEATURES {
        query = query.bind(features.get(place).copied());
    }
    query.bind(limit).fetch_all().await
}

/// How many rows there are, counted up to `limit`.
pub(crate) async fn count(tx: &mut OrgRead, among: Among, ids: (Uuid, Uuid), limit: i64) -> Result<i64> {
    let query =
        tx.query(among.pick(COUNT, COUNT_UNUSUAL)).bind(CallId::from_uuid(ids.0)).bind(CallId::from_uuid(ids.1));
    let (count,) = query.bind(limit).fetch_one().await?;
    Ok(count)
}

/// The id of the row that has `before` younger ones.
pub(crate) async fn find_nth(tx: &mut OrgRead, among: Among, ids: (Uuid, Uuid), before: i64) -> Result<Option<Uuid>> {
    let query = tx.query(among.pick(NTH, NTH_UNUSUAL)).bind(CallId::from_uuid(ids.0)).bind(CallId::from_uuid(ids.1));
    let found: Option<(CallId,)> = query.bind(before).fetch_optional().await?;
    Ok(found.map(|(id,)| id.uuid()))
}

/// What is like everything that holds `text`.
fn pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}
