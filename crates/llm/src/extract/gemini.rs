use super::{count, split};
use crate::{Meter, Usage, json::Node};

/// ai.google.dev/api/generate-content#UsageMetadata: `promptTokenCount` includes cached tokens; tool prompts and
/// thoughts are counted beside it and beside `candidatesTokenCount`. The details divide each count by modality.
pub(super) fn read(object: Node<'_>) -> Option<Usage> {
    let prompt = count(object, "promptTokenCount");
    let candidates = count(object, "candidatesTokenCount");
    let total = count(object, "totalTokenCount");
    if prompt.is_none() && candidates.is_none() && total.is_none() {
        return None;
    }
    let prompt = prompt.unwrap_or(0);
    let tool_prompt = count(object, "toolUsePromptTokenCount").unwrap_or(0);
    let mut usage = Usage::default();
    let cached = count(object, "cachedContentTokenCount").unwrap_or(0).min(prompt);
    let cached_by = Modalities::read(object, &["cacheTokensDetails"]);
    let prompt_by = Modalities::read(object, &["promptTokensDetails", "promptTokenDetails"]);
    let tools_by = Modalities::read(object, &["toolUsePromptTokensDetails"]);
    let parts = [(Meter::CachedInputAudioTokens, cached_by.audio), (Meter::CachedInputImageTokens, cached_by.image)];
    split(cached, &parts, Meter::CachedInputTokens, &mut usage);
    let parts = [
        (Meter::InputAudioTokens, prompt_by.audio.saturating_sub(cached_by.audio) + tools_by.audio),
        (Meter::InputImageTokens, prompt_by.image.saturating_sub(cached_by.image) + tools_by.image),
        (Meter::InputVideoTokens, prompt_by.video.saturating_sub(cached_by.video) + tools_by.video),
    ];
    split((prompt - cached).saturating_add(tool_prompt), &parts, Meter::InputTokens, &mut usage);
    let made = Modalities::read(object, &["candidatesTokensDetails", "candidatesTokenDetails"]);
    let parts = [(Meter::OutputAudioTokens, made.audio), (Meter::OutputImageTokens, made.image)];
    split(candidates.unwrap_or(0), &parts, Meter::OutputTokens, &mut usage);
    usage.set(Meter::ReasoningTokens, count(object, "thoughtsTokenCount").unwrap_or(0));
    Some(usage)
}

#[derive(Default)]
struct Modalities {
    audio: u64,
    image: u64,
    video: u64,
}

impl Modalities {
    fn read(object: Node<'_>, names: &[&str]) -> Self {
        let mut found = Self::default();
        let details = names.iter().find_map(|name| object.some(name)).map(Node::elements).unwrap_or_default();
        for detail in details {
            let tokens = count(detail, "tokenCount").unwrap_or(0);
            // Vertex writes the number of the enumeration's value instead of its name.
            match detail.some("modality").map(Node::text) {
                Some("\"AUDIO\"" | "4") => found.audio = found.audio.saturating_add(tokens),
                Some("\"IMAGE\"" | "2") => found.image = found.image.saturating_add(tokens),
                Some("\"VIDEO\"" | "3") => found.video = found.video.saturating_add(tokens),
                _ => {}
            }
        }
        found
    }
}
