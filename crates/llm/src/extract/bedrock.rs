use super::{count, split};
use crate::{Meter, Usage, json::Node};

/// docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html: `inputTokens` excludes what was read
/// from and written to the cache. `inputTokenCount` is the invocation metrics' name for the same.
pub(super) fn read(object: Node<'_>) -> Option<Usage> {
    let input = count(object, "inputTokens").or_else(|| count(object, "inputTokenCount"));
    let output = count(object, "outputTokens").or_else(|| count(object, "outputTokenCount"));
    if input.is_none() && output.is_none() {
        return None;
    }
    let either = |names: [&str; 2]| names.iter().find_map(|name| count(object, name)).unwrap_or(0);
    let mut usage = Usage::default().with(Meter::InputTokens, input.unwrap_or(0));
    usage.set(Meter::OutputTokens, output.unwrap_or(0));
    usage.set(Meter::CachedInputTokens, either(["cacheReadInputTokens", "cacheReadInputTokenCount"]));
    let written = either(["cacheWriteInputTokens", "cacheWriteInputTokenCount"]);
    let details = object.some("cacheDetails").map(Node::elements).unwrap_or_default();
    let hour = details
        .iter()
        .filter(|detail| detail.some("ttl").and_then(|ttl| ttl.string()).as_deref() == Some("1h"))
        .filter_map(|detail| count(*detail, "inputTokens"))
        .fold(0, u64::saturating_add);
    split(written, &[(Meter::CacheWriteHourTokens, hour)], Meter::CacheWriteTokens, &mut usage);
    Some(usage)
}
