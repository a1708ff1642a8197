use glaux_kernel::{AlertId, BudgetId, Timestamp};
use glaux_store::{Json, OrgRead, OrgTx, Result, Sql, sql};

use super::{About, Alert};

const INSERT: Sql = sql("INSERT INTO alerts (organization_id, id, at, subject, budget_id, detail)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organization_id, subject) DO NOTHING");

const FIND: Sql = sql("SELECT id FROM alerts WHERE organization_id = $1 AND subject = $2");

const DELETE_OLD: Sql = sql("DELETE FROM alerts WHERE organization_id = $1 AND at < $2");

const LIST: Sql = sql("SELECT id, at, detail FROM alerts
     WHERE organization_id = $1 AND ($2 IS NULL OR budget_id = $2) AND ($3 IS NULL OR id < $3)
     ORDER BY id DESC LIMIT $4");

/// Keeps an alert. `false`: there is one of the same subject.
pub(super) async fn insert(tx: &mut OrgTx, alert: &Alert) -> Result<bool> {
    let insert = tx.query(INSERT).bind(alert.id).bind(alert.at).bind(alert.about.subject());
    let inserted = insert.bind(alert.about.budget()).bind(Json(alert.about.clone())).execute().await?;
    Ok(inserted == 1)
}

/// The youngest first, of one budget or of all, below `before`.
pub(super) async fn list(
    tx: &mut OrgRead,
    budget: Option<BudgetId>,
    before: Option<AlertId>,
    limit: u32,
) -> Result<Vec<Alert>> {
    let list = tx.query(LIST).bind(budget).bind(before).bind(i64::from(limit));
    let rows: Vec<(AlertId, Timestamp, Json<About>)> = list.fetch_all().await?;
    Ok(rows.into_iter().map(|(id, at, Json(about))| Alert { id, at, about }).collect())
}

pub(super) async fn is_told(tx: &mut OrgRead, subject: &str) -> Result<bool> {
    let found: Option<(AlertId,)> = tx.query(FIND).bind(subject).fetch_optional().await?;
    Ok(found.is_some())
}

pub(super) async fn delete_old(tx: &mut OrgTx, cutoff: Timestamp) -> Result<()> {
    tx.query(DELETE_OLD).bind(cutoff).execute().await.map(drop)
}
