//! Finding the calls of a page without reading many rows.

use std::time::Duration;

use glaux_kernel::{KeyId, PageRequest, Timestamp};
use glaux_ledger::record::Status;
use glaux_store::OrgRead;
use uuid::Uuid;

use super::{CallFilter, Counting};
use crate::{
    Result,
    row::CallRow,
    store::{
        attempts::first_id_at,
        call_counts::{self, BusySlot},
        call_list::{self, Among},
        calls, rollups,
    },
    sums::SLOT,
};

/// Rows that a request looks at, about a microsecond each.
pub const PAGE_EFFORT: i64 = 50_000;
/// What a statement costs, in rows.
const STATEMENT: i64 = 20;
/// What looking at the roll-ups of a window costs, in rows.
const WINDOW_EFFORT: i64 = PAGE_EFFORT / 4;
/// Slots whose roll-ups are looked at at once.
const WINDOW: Duration = Duration::from_secs(7 * 86_400);
/// Slots that are found at once.
const SLOTS: i64 = 32;
/// With more calls in a slot's roll-ups, its rows are read instead of the moments. Fewer where the rows are few, or where
/// most calls would be looked at in vain.
const FEW: i64 = 512;
const VERY_FEW: i64 = 32;

/// Ids from the first to before the second.
type Ids = (Uuid, Uuid);

pub(super) struct Search<'f> {
    filter: &'f CallFilter,
    among: Among,
    ids: Ids,
    /// Rows that fill the page, and one more.
    wanted: usize,
    effort: i64,
    rows: Vec<CallRow>,
    /// Where it was given up: younger ids were looked through.
    stopped: Option<Uuid>,
}

impl<'f> Search<'f> {
    pub(super) fn new(filter: &'f CallFilter, page: &PageRequest, effort: i64) -> Self {
        let cursor = page.cursor.as_ref().and_then(|cursor| Uuid::try_parse(&cursor.0).ok());
        // An id tells the millisecond.
        let end = first_id_at(filter.to.plus(Duration::from_millis(1)));
        let fails = !filter.statuses.is_empty() && !filter.statuses.contains(&Status::Success);
        let is_unusual = fails || filter.cached == Some(true) || filter.retried == Some(true);
        Self {
            filter,
            among: if is_unusual { Among::Unusual } else { Among::All },
            ids: (first_id_at(filter.from), cursor.map_or(end, |cursor| cursor.min(end))),
            wanted: page.limit as usize + 1,
            effort,
            rows: Vec::new(),
            stopped: None,
        }
    }

    /// The youngest rows, one more than the page holds if there are as many, and where it stopped before the end.
    pub(super) async fn run(mut self, tx: &mut OrgRead) -> Result<(Vec<CallRow>, Option<Uuid>)> {
        if let Some(counting) = self.filter.counting() {
            if self.filter.narrows_rollups() {
                self.walk(tx, counting).await?;
            } else {
                self.read(tx, self.ids).await?;
            }
        }
        Ok((self.rows, self.stopped))
    }

    fn is_over(&self) -> bool {
        self.rows.len() >= self.wanted || self.stopped.is_some()
    }

    /// Looks where the roll-ups say that there are such calls, from the youngest slot on.
    async fn walk(&mut self, tx: &mut OrgRead, counting: Counting) -> Result<()> {
        let Some((first, last)) = rollups::find_span(tx).await? else { return Ok(()) };
        let from = self.filter.from.floor(SLOT).max(first);
        let mut to = time_of(self.ids.1).floor(SLOT).min(last).plus(SLOT);
        while from < to && !self.is_over() {
            if self.effort <= 0 {
                self.stopped = Some(first_id_at(to));
                return Ok(());
            }
            let start = to.minus(WINDOW).max(from);
            self.walk_window(tx, counting, (start, to)).await?;
            self.effort -= WINDOW_EFFORT;
            to = start;
        }
        Ok(())
    }

    async fn walk_window(
        &mut self,
        tx: &mut OrgRead,
        counting: Counting,
        (start, mut end): (Timestamp, Timestamp),
    ) -> Result<()> {
        loop {
            let found = call_counts::list_busy_slots(tx, self.filter, counting, (start, end), SLOTS).await?;
            for busy in &found {
                self.look_into(tx, counting, busy).await?;
                if self.is_over() {
                    return Ok(());
                }
            }
            match found.last() {
                Some(oldest) if found.len() as i64 == SLOTS => end = oldest.slot,
                _ => return Ok(()),
            }
            self.effort -= STATEMENT;
        }
    }

    /// Looks for the calls of a slot.
    async fn look_into(&mut self, tx: &mut OrgRead, counting: Counting, busy: &BusySlot) -> Result<()> {
        let slot = busy.slot;
        let ids = self.within((first_id_at(slot), first_id_at(slot.plus(SLOT))));
        if ids.0 >= ids.1 {
            return Ok(());
        }
        if self.effort <= 0 {
            self.stopped = Some(first_id_at(slot.plus(SLOT)));
            return Ok(());
        }
        let few = match self.among {
            Among::All if !self.filter.narrows_rows() => FEW,
            Among::All | Among::Unusual => VERY_FEW,
        };
        if busy.calls <= few
            && let Some(moments) = list_moments(tx, self.filter, counting, slot).await?
        {
            self.look_at(tx, moments).await?;
            self.effort -= STATEMENT;
            return Ok(());
        }
        self.read(tx, ids).await
    }

    /// Looks at these moments, from the youngest on.
    async fn look_at(&mut self, tx: &mut OrgRead, mut moments: Vec<Timestamp>) -> Result<()> {
        moments.sort_unstable();
        moments.dedup();
        while let Some(moment) = moments.pop() {
            if self.effort <= 0 {
                self.stopped = Some(first_id_at(moment.plus(Duration::from_millis(1))));
                return Ok(());
            }
            let ids = self.within((first_id_at(moment), first_id_at(moment.plus(Duration::from_millis(1)))));
            if ids.0 < ids.1 {
                self.effort -= STATEMENT;
                self.take(tx, Among::All, ids).await?;
            }
            if self.rows.len() >= self.wanted {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Reads rows, as many as may be looked at.
    async fn read(&mut self, tx: &mut OrgRead, ids: Ids) -> Result<()> {
        let (mut from, to) = self.within(ids);
        let mut is_cut_off = false;
        if self.filter.narrows_rollups() || self.filter.narrows_rows() {
            let left = self.effort.max(1);
            let count = call_list::count(tx, self.among, (from, to), left + 1).await?;
            if count > left
                && let Some(last) = call_list::find_nth(tx, self.among, (from, to), left - 1).await?
            {
                (from, is_cut_off) = (last, true);
            }
            self.effort -= count + STATEMENT;
        }
        self.take(tx, self.among, (from, to)).await?;
        if is_cut_off && self.rows.len() < self.wanted {
            self.stopped = Some(from);
        }
        Ok(())
    }

    /// Takes the rows that are meant, until the page is full.
    async fn take(&mut self, tx: &mut OrgRead, among: Among, ids: Ids) -> Result<()> {
        let missing = self.wanted - self.rows.len();
        self.rows.extend(call_list::list(tx, among, self.filter, ids, missing as i64).await?);
        Ok(())
    }

    fn within(&self, (from, to): Ids) -> Ids {
        (from.max(self.ids.0), to.min(self.ids.1))
    }
}

/// When calls of a slot came, of the roll-ups that have such as the filter wants; `None` if one of them does not know.
async fn list_moments(
    tx: &mut OrgRead,
    filter: &CallFilter,
    counting: Counting,
    slot: Timestamp,
) -> Result<Option<Vec<Timestamp>>> {
    let mut all = Vec::new();
    for moments in call_counts::list_moments(tx, filter, counting, slot).await? {
        let Some(moments) = moments.list(slot) else { return Ok(None) };
        all.extend(moments);
    }
    Ok(Some(all))
}

/// When the last call by a key came, which has calls in this slot.
pub(super) async fn find_last_in(tx: &mut OrgRead, key: KeyId, slot: Timestamp) -> Result<Option<Timestamp>> {
    let filter = CallFilter { key: Some(key), ..CallFilter::default() };
    let Some(counting) = filter.counting() else { return Ok(None) };
    let moments = list_moments(tx, &filter, counting, slot).await?;
    let last = moments.and_then(|moments| moments.into_iter().max());
    let ids = (first_id_at(last.unwrap_or(slot)), first_id_at(slot.plus(SLOT)));
    Ok(calls::find_last_at_by(tx, key, ids).await?)
}

/// The moment that an id tells, to the millisecond (UUIDv7).
fn time_of(id: Uuid) -> Timestamp {
    let millis = i64::try_from(id.as_u128() >> 80).unwrap_or(i64::MAX);
    Timestamp::from_micros(millis.saturating_mul(1000))
}
