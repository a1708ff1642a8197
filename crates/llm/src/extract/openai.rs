use super::{count, split};
use crate::{Meter, Usage, json::Node};

/// Chat, responses, completions, embeddings, images and audio, and the servers that imitate them.
///
/// `prompt_tokens` (or `input_tokens`) includes cached and audio tokens, `completion_tokens` includes reasoning. xAI's
/// chat counts reasoning beside `completion_tokens`; its `total_tokens` tells. Transcription by duration has `seconds`.
pub(super) fn read(object: Node<'_>) -> Option<Usage> {
    let mut usage = Usage::default();
    if let Some(seconds) = object.some("seconds").or_else(|| object.some("prompt_audio_seconds")).and_then(Node::number)
    {
        usage.set(Meter::InputAudioMilliseconds, (seconds * 1000.0).round().max(0.0) as u64);
    }
    let input = count(object, "prompt_tokens").or_else(|| count(object, "input_tokens"));
    let output = count(object, "completion_tokens").or_else(|| count(object, "output_tokens"));
    let total = count(object, "total_tokens");
    if input.is_none() && output.is_none() && total.is_none() {
        return (!usage.is_empty()).then_some(usage);
    }
    let input =
        input.or_else(|| Some(total?.saturating_sub(output?))).or(total.filter(|_| output.is_none())).unwrap_or(0);
    let output = output.unwrap_or(0);
    read_input(object, input, &mut usage);
    read_output(object, output, total.map(|total| total.saturating_sub(input)), &mut usage);
    let searches = object.some("server_tool_use").and_then(|tools| count(tools, "web_search_requests"));
    usage.set(Meter::WebSearches, searches.or_else(|| count(object, "num_search_queries")).unwrap_or(0));
    Some(usage)
}

fn read_input(object: Node<'_>, total: u64, usage: &mut Usage) {
    let details = ["prompt_tokens_details", "input_tokens_details", "input_token_details", "prompt_token_details"];
    let details = details.iter().find_map(|name| object.some(name));
    let detail = |name: &str| details.and_then(|details| count(details, name)).unwrap_or(0);
    let beside = ["cached_tokens", "num_cached_tokens", "prompt_cache_hit_tokens"];
    let cached = detail("cached_tokens").max(beside.iter().find_map(|name| count(object, name)).unwrap_or(0));
    let by_kind = details.and_then(|details| details.some("cached_tokens_details"));
    let cached_kind = |name: &str| by_kind.and_then(|kinds| count(kinds, name)).unwrap_or(0);
    let (cached_audio, cached_image) = (cached_kind("audio_tokens"), cached_kind("image_tokens"));
    let parts = [
        (Meter::CachedInputAudioTokens, cached_audio),
        (Meter::CachedInputImageTokens, cached_image),
        (Meter::CachedInputTokens, cached.saturating_sub(cached_audio).saturating_sub(cached_image)),
        (Meter::CacheWriteTokens, detail("cache_write_tokens")),
        (Meter::InputAudioTokens, detail("audio_tokens").saturating_sub(cached_audio)),
        (Meter::InputImageTokens, detail("image_tokens").saturating_sub(cached_image)),
        (Meter::InputVideoTokens, detail("video_tokens")),
    ];
    split(total, &parts, Meter::InputTokens, usage);
}

fn read_output(object: Node<'_>, stated: u64, beside_input: Option<u64>, usage: &mut Usage) {
    let details = ["completion_tokens_details", "output_tokens_details", "output_token_details"];
    let details = details.iter().find_map(|name| object.some(name));
    let detail = |name: &str| details.and_then(|details| count(details, name)).unwrap_or(0);
    let reasoning = detail("reasoning_tokens").max(count(object, "reasoning_tokens").unwrap_or(0));
    let apart = reasoning > 0 && beside_input == Some(stated.saturating_add(reasoning));
    let total = if apart { stated.saturating_add(reasoning) } else { stated };
    let parts = [
        (Meter::ReasoningTokens, reasoning),
        (Meter::OutputAudioTokens, detail("audio_tokens")),
        (Meter::OutputImageTokens, detail("image_tokens")),
    ];
    split(total, &parts, Meter::OutputTokens, usage);
}
