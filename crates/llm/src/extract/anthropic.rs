use super::{count, split};
use crate::{Meter, Usage, json::Node};

/// docs.claude.com/en/api/messages: `input_tokens` excludes both what was read from and what was written to the cache.
pub(super) fn read(object: Node<'_>) -> Option<Usage> {
    let input = count(object, "input_tokens");
    let output = count(object, "output_tokens");
    if input.is_none() && output.is_none() {
        return None;
    }
    let mut usage = Usage::default().with(Meter::InputTokens, input.unwrap_or(0));
    usage.set(Meter::CachedInputTokens, count(object, "cache_read_input_tokens").unwrap_or(0));
    let hour =
        object.some("cache_creation").and_then(|written| count(written, "ephemeral_1h_input_tokens")).unwrap_or(0);
    let minutes =
        object.some("cache_creation").and_then(|written| count(written, "ephemeral_5m_input_tokens")).unwrap_or(0);
    let written = count(object, "cache_creation_input_tokens").unwrap_or(hour + minutes);
    split(written, &[(Meter::CacheWriteHourTokens, hour)], Meter::CacheWriteTokens, &mut usage);
    let thinking =
        object.some("output_tokens_details").and_then(|details| count(details, "thinking_tokens")).unwrap_or(0);
    split(output.unwrap_or(0), &[(Meter::ReasoningTokens, thinking)], Meter::OutputTokens, &mut usage);
    let searches = object.some("server_tool_use").and_then(|tools| count(tools, "web_search_requests"));
    usage.set(Meter::WebSearches, searches.unwrap_or(0));
    Some(usage)
}
