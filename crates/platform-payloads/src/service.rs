use glaux_kernel::{AttemptId, CallId, OrganizationId, SecretId, Timestamp};
use glaux_ledger_store::explain_attempt;
use glaux_platform_kit::{Change, Context, RowChange};
use glaux_store::{Db, OrgRead};
use glaux_web::Problem;
use serde_json::{Value, json};

use crate::{
    model::{Content, Erasure},
    sealing::DataKey,
    store::{self, PayloadRow},
};

/// The word in the journal.
const KIND: &str = "payload";
/// Rows that are deleted in one transaction, so that nobody waits long.
const SLICE: i64 = 2000;

/// A payload, opened.
pub(crate) struct Opened {
    pub(crate) call: CallId,
    pub(crate) at: Timestamp,
    pub(crate) expires_at: Timestamp,
    pub(crate) content: Content,
}

/// Deletes what has been kept as long as its policy said; says how many.
pub async fn delete_expired(db: &Db, now: Timestamp) -> Result<u64, Problem> {
    let mut deleted = 0;
    loop {
        let mut tx = db.every_organization().begin().await?;
        let slice = store::delete_expired(&mut tx, now, SLICE).await?;
        tx.commit().await?;
        deleted += slice;
        if slice == 0 {
            return Ok(deleted);
        }
    }
}

/// Opens what is kept of a call. The reading is recorded in the change.
pub(crate) async fn read(change: &mut Change, reference: &str) -> Result<Opened, Problem> {
    let missing = || Problem::not_found(KIND, reference);
    let call = find_call(change.read(), reference).await?.ok_or_else(missing)?;
    let now = change.context().clock.now();
    let row = store::find(change.read(), call, now).await?.ok_or_else(missing)?;
    let context = change.context().clone();
    let organization = change.read().organization();
    let key = find_data_key(&context, change.read()).await?.ok_or_else(|| {
        Problem::internal(format!("{organization} has payloads but no key that they were sealed under"))
    })?;
    let PayloadRow { at, expires_at, sealed } = row;
    let content = serde_json::from_slice(&key.open(call, &sealed)?).map_err(Problem::internal)?;
    record(change, "read", call.to_string(), None).await?;
    Ok(Opened { call, at, expires_at, content })
}

/// Erases what is kept of a call.
pub(crate) async fn erase(change: &mut Change, reference: &str) -> Result<CallId, Problem> {
    let missing = || Problem::not_found(KIND, reference);
    let call = find_call(change.read(), reference).await?.ok_or_else(missing)?;
    if !store::delete(change.rows(), call).await? {
        return Err(missing());
    }
    record(change, "erase", call.to_string(), None).await?;
    Ok(call)
}

/// Erases what is kept of many calls; says how many. For whom they were is not written down: that may be what is erased.
pub(crate) async fn erase_matching(change: &mut Change, which: &Erasure) -> Result<u64, Problem> {
    let erased = store::delete_matching(change.rows(), which).await?;
    let about = json!({
        "feature": which.feature, "before": which.before, "of_one_user": which.user.is_some(), "erased": erased,
    });
    record(change, "erase_matching", "payloads".to_owned(), Some(about)).await?;
    Ok(erased)
}

/// The key of an organization, made when it is needed first.
pub(crate) async fn data_key(context: &Context, organization: OrganizationId) -> Result<DataKey, Problem> {
    let mut tx = context.db.organization(organization).begin().await?;
    if let Some(key) = find_data_key(context, &mut tx).await? {
        return Ok(key);
    }
    let now = context.clock.now();
    let id = SecretId::new(now, &*context.rng);
    let wrapped = DataKey::generate(&*context.rng).wrap(&context.vault, organization, id, &*context.rng);
    store::insert_key(&mut tx, id, &wrapped.map_err(Problem::internal)?, now).await?;
    // Another node may have been first: what is stored counts.
    let key = find_data_key(context, &mut tx).await?;
    tx.commit().await?;
    key.ok_or_else(|| Problem::internal("a key that was written is not there"))
}

async fn find_data_key(context: &Context, tx: &mut OrgRead) -> Result<Option<DataKey>, Problem> {
    let Some((id, sealed)) = store::find_key(tx).await? else { return Ok(None) };
    DataKey::unwrap(&context.vault, tx.organization(), id, &sealed).map(Some).map_err(Problem::internal)
}

/// The call of `call_…`, or the one that the attempt `use_…` belongs to.
async fn find_call(tx: &mut OrgRead, reference: &str) -> Result<Option<CallId>, Problem> {
    if let Ok(call) = reference.parse() {
        return Ok(Some(call));
    }
    let Ok(attempt) = reference.parse::<AttemptId>() else { return Ok(None) };
    let found = explain_attempt(tx, attempt).await.map_err(Problem::internal)?;
    Ok(found.and_then(|found| found.attempts.first().map(|attempt| attempt.attempt.call)))
}

async fn record(
    change: &mut Change,
    action: &'static str,
    object: String,
    after: Option<Value>,
) -> Result<(), Problem> {
    let name = object.clone();
    change.record_row(RowChange { kind: KIND, schema_version: 1, object, name, action, before: None, after }).await
}
