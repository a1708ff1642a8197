//! The list of calls, the youngest first, and how many there are over time.
//!
//! An index of calls by what they are filtered by would double what a call costs here. Roll-ups say which slots hold
//! calls that a filter wants, and while they are few, when in the slot they came; only there is read. What roll-ups don't
//! know is looked for in so many rows, and the page says where to go on.

mod filter;
mod moments;
mod search;
mod volume;

use glaux_kernel::{CallId, Cursor, KeyId, Page, PageRequest, Timestamp};
use glaux_store::OrgRead;

use self::search::Search;
pub(crate) use self::{filter::Counting, moments::CallMoments};
pub use self::{
    filter::{CallFilter, MAX_FEATURES, TextSearch},
    search::PAGE_EFFORT,
    volume::{CallVolume, VolumeBar, VolumeQuery, count_calls},
};
use crate::{
    AdjustedAttempt, Result,
    row::CallRow,
    store::{attempts, call_counts, calls},
    sums::{SLOT, ServedCall},
    usage::beside_adjustments,
};

/// A call of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedCall {
    /// The call.
    pub served: ServedCall,
    /// Its attempts that are settled, in order.
    pub attempts: Vec<AdjustedAttempt>,
}

/// One page of calls, the youngest first. About `effort` rows are looked at: a page may hold fewer calls than asked for, or
/// none, and a cursor to go on with.
pub async fn list_calls(
    tx: &mut OrgRead,
    filter: &CallFilter,
    page: &PageRequest,
    effort: i64,
) -> Result<Page<ListedCall>> {
    let limit = page.limit as usize;
    let (mut rows, stopped) = Search::new(filter, page, effort).run(tx).await?;
    let next = match rows.len() > limit {
        true => {
            rows.truncate(limit);
            rows.last().map(|row| row.id.uuid())
        }
        false => stopped,
    };
    let next_cursor = next.map(|id| Cursor(id.simple().to_string()));
    Ok(Page { items: complete(tx, rows).await?, next_cursor })
}

/// The calls of these ids, in this order; those that have no rows are left out.
pub async fn find_calls(tx: &mut OrgRead, ids: &[CallId]) -> Result<Vec<ListedCall>> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(calls::find(tx, *id).await?);
    }
    complete(tx, rows).await
}

/// When the last call by a key came. `None`: it was never used, or so long ago that its calls are gone.
pub async fn find_last_call(tx: &mut OrgRead, key: KeyId) -> Result<Option<Timestamp>> {
    let Some(slot) = call_counts::find_last_slot(tx, key).await? else { return Ok(None) };
    let filter = CallFilter { from: slot, to: slot.plus(SLOT), key: Some(key), ..CallFilter::default() };
    let (rows, _) = Search::new(&filter, &PageRequest { limit: 0, cursor: None }, PAGE_EFFORT).run(tx).await?;
    Ok(rows.first().map(|row| row.at))
}

/// The calls with their attempts.
async fn complete(tx: &mut OrgRead, rows: Vec<CallRow>) -> Result<Vec<ListedCall>> {
    let attempted: Vec<_> = rows.iter().filter(|row| row.attempts > 0).map(|row| row.id).collect();
    let found = attempts::list_of_calls(tx, &attempted).await?;
    let mut attempts = beside_adjustments(tx, found).await?;
    let mut listed = Vec::with_capacity(rows.len());
    for row in rows {
        let mut own: Vec<_> = attempts.extract_if(.., |adjusted| adjusted.attempt.call == row.id).collect();
        own.sort_unstable_by_key(|adjusted| adjusted.attempt.number);
        listed.push(ListedCall { served: row.into_record()?, attempts: own });
    }
    Ok(listed)
}
