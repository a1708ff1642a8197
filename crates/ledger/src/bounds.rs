//! What comes from outside is bounded before it stands in a record.
//!
//! - Texts are cut, so that no record grows beyond what a segment takes. U+0000, which not every database keeps, becomes
//!   U+FFFD.
//! - Amounts and quantities are such that 64 bits hold the sums of nine million of the largest.

use glaux_llm::{Meter, Usage};

use crate::record::{Adjustment, Attribution, Call, Target};

/// The most nano-dollars that an attempt is held, settled or adjusted at: a thousand dollars.
pub const MAX_NANOS: i64 = 1_000_000_000_000;
/// The most of one class that an attempt is counted with.
pub const MAX_QUANTITY: u64 = 1_000_000_000_000;

/// Bytes of a text.
const TEXT: usize = 1024;
/// Entries of a list.
const LIST: usize = 64;
/// Bytes of a provider's usage object; a larger one is left out whole, since half an object is no evidence.
const RAW_USAGE: usize = 64 << 10;

pub(crate) fn cut_call(call: &mut Call) {
    cut_attribution(&mut call.attribution);
    call.dropped.truncate(LIST);
    call.dropped.iter_mut().for_each(cut);
    [&mut call.requested_model, &mut call.path].into_iter().for_each(cut);
    [&mut call.error_code, &mut call.traceparent, &mut call.blocked_by].into_iter().flatten().for_each(cut);
}

pub(crate) fn cut_adjustment(adjustment: &mut Adjustment) {
    cut_attribution(&mut adjustment.attribution);
    cut_target(&mut adjustment.target);
    adjustment.raw_usage = keep_raw_usage(adjustment.raw_usage.take());
    for figure in [&mut adjustment.before, &mut adjustment.after] {
        figure.usage = keep_usage(figure.usage);
        figure.cost.nanos = keep_nanos(figure.cost.nanos);
    }
}

pub(crate) fn keep_nanos(nanos: i64) -> i64 {
    nanos.clamp(0, MAX_NANOS)
}

pub(crate) fn keep_usage(mut usage: Usage) -> Usage {
    for &meter in Meter::ALL {
        usage.set(meter, usage.get(meter).min(MAX_QUANTITY));
    }
    usage
}

pub(crate) fn cut_attribution(attribution: &mut Attribution) {
    attribution.tags.truncate(LIST);
    attribution.tags.iter_mut().for_each(|(key, value)| {
        cut(key);
        cut(value);
    });
    [&mut attribution.user, &mut attribution.session].into_iter().flatten().for_each(cut);
}

pub(crate) fn cut_target(target: &mut Target) {
    cut(&mut target.model_name);
}

pub(crate) fn cut_optional(mut text: Option<String>) -> Option<String> {
    text.iter_mut().for_each(cut);
    text
}

pub(crate) fn keep_raw_usage(text: Option<String>) -> Option<String> {
    text.map(without_null).filter(|text| text.len() <= RAW_USAGE)
}

fn cut(text: &mut String) {
    text.truncate(text.floor_char_boundary(TEXT));
    *text = without_null(std::mem::take(text));
    text.truncate(text.floor_char_boundary(TEXT));
}

fn without_null(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "\u{fffd}") } else { text }
}
