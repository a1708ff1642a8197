//! The list of calls, the youngest first, and how many there are over time.
//!
//! An index of calls by what they are filtered by would double what a call costs here. Roll-ups say which slots hold
//! calls that a filter wants, and while they are few, when in the slot they came; only there is read. What roll-ups don't
//! know is looked for in so many rows, and the page says where to go on.

mod filter;
mod moments;
mod search;
mod volume;

use std::collections::HashMap;

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
    sums::ServedCall,
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
    let rows = calls::list_of(tx, ids).await?;
    let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    complete(tx, ids.iter().filter_map(|id| rows.remove(id)).collect()).await
}

/// When the last call by each of these keys came; without those that were never used, or so long ago that their calls are
/// gone.
pub async fn find_last_calls(tx: &mut OrgRead, keys: &[KeyId]) -> Result<HashMap<KeyId, Timestamp>> {
    let mut last = HashMap::with_capacity(keys.len());
    for (key, slot) in call_counts::list_last_slots(tx, keys).await? {
        last.extend(search::find_last_in(tx, key, slot).await?.map(|at| (key, at)));
    }
    Ok(last)
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
