use std::{collections::BTreeMap, ops::RangeInclusive};

use glaux_kernel::{Cursor, Page, PageRequest, Timestamp};
use glaux_store::{EveryTx, OrgRead};

use crate::{
    entry::{ActorId, Entry},
    error::{Error, Result},
    store,
};

/// Which entries are asked for; what is `None` does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this kind of object.
    pub kind: Option<String>,
    /// Of this object, by its id as text.
    pub object: Option<String>,
    /// By this actor.
    pub actor: Option<ActorId>,
    /// At this moment or later.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
    /// With this text, in any case of letters, in a name, a reason, an id, or the words for kind and action.
    pub text: Option<String>,
}

/// Rows that are read at once, and at most, for a page of entries with a text.
const BATCH: u32 = 500;
const READ: usize = 5000;

impl Filter {
    /// Whether the entry has the text, which is in lower case.
    fn has_text(entry: &Entry, text: &str) -> bool {
        let payload = entry.payload.as_ref();
        let names =
            payload.map(|payload| [payload.name.as_str(), &payload.actor, payload.reason.as_deref().unwrap_or("")]);
        let words = [entry.kind.as_str(), &entry.action, &entry.object];
        words.into_iter().chain(names.into_iter().flatten()).any(|word| word.to_lowercase().contains(text))
    }
}

/// One page of the organization's entries, the latest first. With a text, a page may be short and yet not the last: what
/// one request reads has a bound.
///
/// # Errors
/// [`Error::Cursor`] when the page goes on from a place that is none.
pub async fn list(tx: &mut OrgRead, filter: &Filter, page: &PageRequest) -> Result<Page<Entry>> {
    let before = match &page.cursor {
        Some(cursor) => cursor.0.parse().map_err(|_| Error::Cursor(cursor.0.chars().take(80).collect()))?,
        None => i64::MAX,
    };
    if let Some(text) = &filter.text {
        return search(tx, filter, &text.to_lowercase(), before, page.limit as usize).await;
    }
    let rows = store::list(tx, filter, before, page.limit + 1).await?;
    let entries = rows.iter().map(store::Row::entry).collect::<Result<Vec<_>>>()?;
    Ok(Page::from_overfetch(entries, page.limit, |entry| Cursor(entry.seq.to_string())))
}

async fn search(tx: &mut OrgRead, filter: &Filter, text: &str, mut before: i64, limit: usize) -> Result<Page<Entry>> {
    let (mut items, mut read) = (Vec::new(), 0);
    loop {
        let rows = store::list(tx, filter, before, BATCH).await?;
        for row in &rows {
            let entry = row.entry()?;
            if Filter::has_text(&entry, text) {
                items.push(entry);
            }
            before = row.seq;
            if items.len() == limit {
                return Ok(Page { items, next_cursor: Some(Cursor(before.to_string())) });
            }
        }
        read += rows.len();
        if rows.len() < BATCH as usize {
            return Ok(Page { items, next_cursor: None });
        }
        if read >= READ {
            return Ok(Page { items, next_cursor: Some(Cursor(before.to_string())) });
        }
    }
}

/// The organization's entry `seq`.
///
/// # Errors
/// [`Error::NotFound`] when it has none.
pub async fn get(tx: &mut OrgRead, seq: i64) -> Result<Entry> {
    store::find(tx, seq).await?.ok_or(Error::NotFound(seq))?.entry()
}

/// The last entry about an object: its `after` is what the object is now.
pub async fn find_last(tx: &mut OrgRead, kind: &str, object: &str) -> Result<Option<Entry>> {
    store::find_last(tx, kind, object).await?.as_ref().map(store::Row::entry).transpose()
}

/// Which entries of `seqs` were taken back, each with the entry that did so last.
pub async fn find_undone(tx: &mut OrgRead, seqs: RangeInclusive<i64>) -> Result<BTreeMap<i64, i64>> {
    Ok(store::list_undone(tx, *seqs.start(), *seqs.end()).await?.into_iter().collect())
}

/// At most `limit` entries of every organization after `seq`, the earliest first: what a subscriber has not seen yet.
pub async fn since(tx: &mut EveryTx, seq: i64, limit: u32) -> Result<Vec<Entry>> {
    store::list_since(tx, seq, limit).await?.iter().map(store::Row::entry).collect()
}

/// The place of the last entry of all; 0 before the first. In the same transaction, what configuration is read is
/// exactly that of this number.
pub async fn position(tx: &mut EveryTx) -> Result<i64> {
    Ok(store::get_position(tx).await?)
}
