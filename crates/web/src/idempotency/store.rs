use glaux_kernel::Timestamp;
use glaux_store::{OrgRead, OrgTx, Result, Sql, sql};

use super::{Request, StoredAnswer};

const FIND: Sql = sql("SELECT fingerprint, status, tag, body FROM idempotency_keys
     WHERE organization_id = $1 AND actor = $2 AND route = $3 AND idempotency_key = $4 AND created_at > $5");

const INSERT: Sql = sql("INSERT INTO idempotency_keys
         (organization_id, actor, route, idempotency_key, fingerprint, status, tag, body, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)");

const DELETE_OLD: Sql = sql("DELETE FROM idempotency_keys WHERE organization_id = $1 AND created_at <= $2");

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    pub(super) fingerprint: Vec<u8>,
    pub(super) status: i64,
    pub(super) tag: Option<String>,
    pub(super) body: String,
}

pub(super) async fn find(tx: &mut OrgRead, request: &Request, after: Timestamp) -> Result<Option<Row>> {
    tx.query(FIND)
        .bind(request.actor.as_str())
        .bind(request.route.as_str())
        .bind(request.key.as_str())
        .bind(after)
        .fetch_optional()
        .await
}

pub(super) async fn insert(tx: &mut OrgTx, request: &Request, answer: &StoredAnswer, now: Timestamp) -> Result<()> {
    tx.query(INSERT)
        .bind(request.actor.as_str())
        .bind(request.route.as_str())
        .bind(request.key.as_str())
        .bind(request.fingerprint.as_slice())
        .bind(i64::from(answer.status))
        .bind(answer.tag.as_deref())
        .bind(answer.body.as_str())
        .bind(now)
        .execute()
        .await
        .map(drop)
}

pub(super) async fn delete_old(tx: &mut OrgTx, until: Timestamp) -> Result<()> {
    tx.query(DELETE_OLD).bind(until).execute().await.map(drop)
}
