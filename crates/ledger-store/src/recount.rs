//! Adding up the rows anew, day by day, for the verifier and the rebuild.

use std::time::Duration;

use glaux_kernel::Timestamp;
use glaux_store::OrgRead;

use crate::{
    Result,
    store::{attempts, calls, rollups},
    sums::Sums,
    usage::{ID_SLACK, UsageEntry},
};

/// Rows that are read at once.
const PAGE: i64 = 1000;

pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// The days that can be recounted: from the first whole one on which rows are kept to the last.
pub(crate) async fn days(tx: &mut OrgRead, rows_from: Timestamp) -> Result<Vec<(Timestamp, Timestamp)>> {
    let first_row = calls::page(tx, uuid::Uuid::nil(), uuid::Uuid::max(), 1).await?.first().map(|row| row.at);
    let last_row = calls::find_last_at(tx).await?;
    let span = rollups::find_span(tx).await?;
    let starts = [first_row, span.map(|(first, _)| first)];
    let ends = [last_row, span.map(|(_, last)| last)];
    let Some((first, last)) = starts.into_iter().flatten().min().zip(ends.into_iter().flatten().max()) else {
        return Ok(Vec::new());
    };
    let whole_from =
        if rows_from > Timestamp::default() { rows_from.plus(ID_SLACK).floor(DAY).plus(DAY) } else { rows_from };
    let mut day = first.floor(DAY).max(whole_from);
    let mut days = Vec::new();
    while day <= last {
        days.push((day, day.plus(DAY)));
        day = day.plus(DAY);
    }
    Ok(days)
}

/// Visits every entry of a day, and adds them up.
pub(crate) async fn recount(
    tx: &mut OrgRead,
    (from, to): (Timestamp, Timestamp),
    mut visit: impl FnMut(&UsageEntry),
) -> Result<Sums> {
    let end = attempts::first_id_at(to.plus(ID_SLACK));
    let mut sums = Sums::default();
    let mut after = attempts::first_id_at(from.minus(ID_SLACK));
    loop {
        let rows = attempts::page(tx, after, end, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = last.id.uuid();
        for row in rows.into_iter().filter(|row| row.opened_at >= from && row.opened_at < to) {
            let attempt = row.into_record()?;
            sums.add_attempt(&attempt);
            visit(&UsageEntry::Attempt(Box::new(attempt)));
        }
    }
    let mut after = attempts::first_id_at(from.minus(ID_SLACK));
    loop {
        let rows = calls::page(tx, after, end, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(sums) };
        after = last.id.uuid();
        for row in rows.into_iter().filter(|row| row.at >= from && row.at < to) {
            let served = row.into_record()?;
            sums.add_call(&served);
            visit(&UsageEntry::Call(Box::new(served)));
        }
    }
}
