//! How many calls, over time. Comes from roll-ups and never reads rows.

use std::time::Duration;

use glaux_kernel::Timestamp;
use glaux_store::OrgRead;

use super::CallFilter;
use crate::{
    Error, Result,
    store::{call_counts, rollups},
    sums::{SLOT, StatusCounts},
};

/// The longest span whose calls are counted at once.
const MAX_SPAN: Duration = Duration::from_secs(400 * 86_400);

/// What is counted.
#[derive(Debug, Clone)]
pub struct VolumeQuery {
    /// Which calls, from the slot that holds `from` to the one before `to`; what only rows show is not looked at.
    pub filter: CallFilter,
    /// At most so many bars.
    pub bars: u32,
}

/// The calls of a span, bar by bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallVolume {
    /// Where the first bar begins.
    pub from: Timestamp,
    /// How much time a bar holds: a multiple of [`SLOT`].
    pub width: Duration,
    /// Every bar of the span, also those without calls.
    pub bars: Vec<VolumeBar>,
    /// All calls of the span, whatever the filter.
    pub of: u64,
}

/// The calls of a part of the span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VolumeBar {
    /// Where it begins.
    pub at: Timestamp,
    /// How they ended.
    pub calls: StatusCounts,
    /// Those that were answered from the response cache.
    pub cached: u64,
}

/// Counts calls. A span that ends before it begins has no bars. One that is too long is cut to where there are calls.
///
/// # Errors
/// [`Error::SpanTooLong`] if that is still longer than 400 days.
pub async fn count_calls(tx: &mut OrgRead, query: &VolumeQuery) -> Result<CallVolume> {
    let filter = &query.filter;
    let from = filter.from.floor(SLOT);
    let to = filter.to.minus(Duration::from_micros(1)).floor(SLOT).plus(SLOT);
    let (from, to) = if to.since(from) > MAX_SPAN { cut(tx, (from, to)).await? } else { (from, to) };
    let slots = to.since(from).as_secs() / SLOT.as_secs();
    let width = slots.div_ceil(u64::from(query.bars.max(1))).max(1);
    let at = |bar: u64| from.plus(SLOT * u32::try_from(bar * width).unwrap_or(u32::MAX));
    let empty = |bar| VolumeBar { at: at(bar), calls: StatusCounts::default(), cached: 0 };
    let mut bars: Vec<_> = (0..slots.div_ceil(width)).map(empty).collect();
    for counted in call_counts::count(tx, filter, (from, to)).await? {
        let bar = counted.slot.since(from).as_secs() / SLOT.as_secs() / width;
        let Some(bar) = usize::try_from(bar).ok().and_then(|bar| bars.get_mut(bar)) else { continue };
        let Some(counting) = filter.counting() else { continue };
        bar.calls.merge(&counting.of(&counted.calls, counted.cached));
        bar.cached += counting.cached_of(counted.cached);
    }
    let of = call_counts::count_all(tx, (from, to)).await?;
    Ok(CallVolume { from, width: SLOT * u32::try_from(width).unwrap_or(u32::MAX), bars, of })
}

async fn cut(tx: &mut OrgRead, (from, to): (Timestamp, Timestamp)) -> Result<(Timestamp, Timestamp)> {
    let Some((first, last)) = rollups::find_span(tx).await? else { return Ok((from, from)) };
    let (from, to) = (from.max(first), to.min(last.plus(SLOT)));
    if to.since(from) > MAX_SPAN { Err(Error::SpanTooLong { longest: MAX_SPAN }) } else { Ok((from, to)) }
}
