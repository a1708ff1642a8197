//! The list of entries, and everything about one of them.

use std::time::Duration;

use glaux_kernel::{AttemptId, CallId, Cursor, FeatureId, KeyId, ModelId, Page, PageRequest, ProviderId, Timestamp};
use glaux_ledger::record::Status;
use glaux_store::OrgRead;
use uuid::Uuid;

use crate::{
    AdjustedAttempt, Result, adjustment,
    row::AttemptRow,
    store::{adjustments, attempts, calls},
    sums::ServedCall,
};

/// How far an id's own time may be from the entry's: ids are made before holds open, and clocks are set.
pub(crate) const ID_SLACK: Duration = Duration::from_secs(3600);

/// Which entries. What is absent does not narrow.
#[derive(Debug, Clone)]
pub struct UsageFilter {
    /// Opened at this moment or later.
    pub from: Timestamp,
    /// Opened before this moment.
    pub to: Timestamp,
    /// Of a feature.
    pub feature: Option<FeatureId>,
    /// By a key.
    pub key: Option<KeyId>,
    /// At a model.
    pub model: Option<ModelId>,
    /// At a provider.
    pub provider: Option<ProviderId>,
    /// For an end user.
    pub user: Option<String>,
    /// That ended so.
    pub status: Option<Status>,
}

/// An entry of the usage list.
#[derive(Debug, Clone, PartialEq)]
pub enum UsageEntry {
    /// One try at one model.
    Attempt(Box<AdjustedAttempt>),
    /// A call that came to no attempt: blocked, cached or refused.
    Call(Box<ServedCall>),
}

impl UsageEntry {
    fn id(&self) -> Uuid {
        match self {
            Self::Attempt(adjusted) => adjusted.attempt.attempt.uuid(),
            Self::Call(served) => served.call.call.uuid(),
        }
    }
}

/// A call with all its attempts.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedCall {
    /// The call. Absent while it is under way, or when it was never recorded.
    pub call: Option<ServedCall>,
    /// Its attempts that are settled, in order.
    pub attempts: Vec<AdjustedAttempt>,
}

/// One page of entries, the youngest first.
pub async fn list_usage(tx: &mut OrgRead, filter: &UsageFilter, page: &PageRequest) -> Result<Page<UsageEntry>> {
    let from = attempts::first_id_at(filter.from.minus(ID_SLACK));
    let to = attempts::first_id_at(filter.to.plus(ID_SLACK));
    let cursor = page.cursor.as_ref().and_then(|cursor| Uuid::try_parse(&cursor.0).ok());
    let ids = (from, cursor.map_or(to, |cursor| cursor.min(to)));
    let overfetch = i64::from(page.limit) + 1;
    let mut entries = Vec::new();
    let rows = attempts::list(tx, filter, ids, overfetch).await?;
    for attempt in beside_adjustments(tx, rows).await? {
        entries.push(UsageEntry::Attempt(Box::new(attempt)));
    }
    for row in calls::list_without_attempts(tx, filter, ids, overfetch).await? {
        entries.push(UsageEntry::Call(Box::new(row.into_record()?)));
    }
    entries.sort_unstable_by_key(|entry| std::cmp::Reverse(entry.id()));
    Ok(Page::from_overfetch(entries, page.limit, |entry| Cursor(entry.id().simple().to_string())))
}

/// Everything about a call. `None`: nothing is known of it.
pub async fn explain_call(tx: &mut OrgRead, call: CallId) -> Result<Option<ExplainedCall>> {
    let served = calls::find(tx, call).await?.map(|row| row.into_record()).transpose()?;
    let rows = attempts::list_of_call(tx, call).await?;
    if served.is_none() && rows.is_empty() {
        return Ok(None);
    }
    let attempts = beside(rows, adjustments::list_of_call(tx, call).await?)?;
    Ok(Some(ExplainedCall { call: served, attempts }))
}

/// The attempts with what was made of their figures, which is looked up.
pub(crate) async fn beside_adjustments(tx: &mut OrgRead, rows: Vec<AttemptRow>) -> Result<Vec<AdjustedAttempt>> {
    let changed: Vec<_> = rows.iter().filter(|row| row.adjusted_nanos.is_some()).map(|row| row.id).collect();
    let adjustments = adjustments::list_of_attempts(tx, &changed).await?;
    beside(rows, adjustments)
}

/// The attempts with what was made of their figures.
fn beside(rows: Vec<AttemptRow>, adjustments: Vec<adjustment::AdjustmentRow>) -> Result<Vec<AdjustedAttempt>> {
    let mut by_attempt = adjustment::group(adjustments);
    let with = |row: AttemptRow| {
        let adjustments = by_attempt.remove(&row.id).unwrap_or_default();
        Ok(AdjustedAttempt { attempt: row.into_record()?, adjustments })
    };
    rows.into_iter().map(with).collect()
}

/// Everything about the call that an attempt belongs to.
pub async fn explain_attempt(tx: &mut OrgRead, attempt: AttemptId) -> Result<Option<ExplainedCall>> {
    match attempts::find_call(tx, attempt).await? {
        Some(call) => explain_call(tx, call).await,
        None => Ok(None),
    }
}
