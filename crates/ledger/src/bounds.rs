//! Texts that come from outside are cut before they stand in a record, so that no record grows beyond what a segment
//! takes. U+0000, which not every database keeps, becomes U+FFFD.

use crate::record::{Adjustment, Attribution, Call, Target};

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
