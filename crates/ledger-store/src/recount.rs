//! Adding up the rows anew, day by day, for the verifier and the rebuild.

use std::time::Duration;

use glaux_kernel::Timestamp;
use glaux_store::OrgRead;

use crate::{
    Result, adjustment,
    adjustment::{AdjustedAttempt, OrderState},
    store::{adjustments, attempts, calls, rollups},
    sums::{Rollup, Sums},
    usage::ID_SLACK,
};

/// An entry that is counted.
pub(crate) enum Counted<'e> {
    /// With the adjustments that count, and what its row says that it costs by the last of them.
    Attempt(&'e AdjustedAttempt, Option<i64>),
    Call,
}

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
    let mut day = first.floor(DAY).max(whole_from(rows_from));
    let mut days = Vec::new();
    while day <= last {
        days.push((day, day.plus(DAY)));
        day = day.plus(DAY);
    }
    Ok(days)
}

/// From when on every entry is among the rows: the first whole day on which they are kept. Budget periods that began
/// then or later can be recounted.
pub(crate) fn whole_from(rows_from: Timestamp) -> Timestamp {
    if rows_from > Timestamp::default() { rows_from.plus(ID_SLACK).floor(DAY).plus(DAY) } else { rows_from }
}

/// Visits every entry of a day, and adds them up.
pub(crate) async fn recount(
    tx: &mut OrgRead,
    (from, to): (Timestamp, Timestamp),
    mut visit: impl FnMut(Counted<'_>),
) -> Result<Sums> {
    let end = attempts::first_id_at(to.plus(ID_SLACK));
    let mut sums = Sums::default();
    let mut after = attempts::first_id_at(from.minus(ID_SLACK));
    loop {
        let rows = attempts::page(tx, after, end, PAGE).await?;
        let Some(last) = rows.last() else { break };
        let ids = (rows.first().map_or(last.id, |first| first.id), last.id);
        after = last.id.uuid();
        let mut adjusted = adjustment::group(adjustments::list_between(tx, ids).await?);
        for row in rows.into_iter().filter(|row| row.opened_at >= from && row.opened_at < to) {
            let mut adjustments = adjusted.remove(&row.id).unwrap_or_default();
            adjustments.retain(|ordered| ordered.state == OrderState::Applied);
            let stated = row.adjusted_nanos;
            let attempt = AdjustedAttempt { attempt: row.into_record()?, adjustments };
            sums.add_attempt(&attempt.attempt);
            attempt.adjustments.iter().for_each(|ordered| sums.add_adjustment(&ordered.adjustment));
            visit(Counted::Attempt(&attempt, stated));
        }
    }
    let mut after = attempts::first_id_at(from.minus(ID_SLACK));
    loop {
        let rows = calls::page(tx, after, end, PAGE).await?;
        let Some(last) = rows.last() else { break };
        after = last.id.uuid();
        for row in rows.into_iter().filter(|row| row.at >= from && row.at < to) {
            let served = row.into_record()?;
            sums.add_call(&served);
            visit(Counted::Call);
        }
    }
    sums.rollups.values_mut().for_each(Rollup::settle);
    Ok(sums)
}
