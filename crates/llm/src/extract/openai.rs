use super::split;
use crate::{
    Meter, Usage,
    json::{Field, Node},
};

/// Chat, responses, completions, embeddings, images and audio, and the servers that imitate them.
///
/// `prompt_tokens` (or `input_tokens`) includes cached and audio tokens, `completion_tokens` includes reasoning. xAI's
/// chat counts reasoning beside `completion_tokens`; its `total_tokens` tells. Transcription by duration has `seconds`.
pub(super) fn read(fields: &[Field<'_>]) -> Option<Usage> {
    let figures = Figures::read(fields);
    let mut usage = Usage::default();
    usage.set(Meter::InputAudioMilliseconds, figures.audio_milliseconds);
    let (input, output, total) = (figures.input, figures.output, figures.total);
    if input.is_none() && output.is_none() && total.is_none() {
        return (!usage.is_empty()).then_some(usage);
    }
    let rest = || Some(total?.saturating_sub(output?));
    let input = input.or_else(rest).or(total.filter(|_| output.is_none())).unwrap_or(0);
    let output = output.unwrap_or(0);
    figures.write_input(input, &mut usage);
    figures.write_output(output, total.map(|total| total.saturating_sub(input)), &mut usage);
    usage.set(Meter::WebSearches, figures.searches);
    Some(usage)
}

/// The object's figures, read in one pass: this is the path of every call.
#[derive(Default)]
struct Figures {
    input: Option<u64>,
    output: Option<u64>,
    total: Option<u64>,
    audio_milliseconds: u64,
    cached: u64,
    cached_audio: u64,
    cached_image: u64,
    written: u64,
    input_audio: u64,
    input_image: u64,
    input_video: u64,
    reasoning: u64,
    output_audio: u64,
    output_image: u64,
    searches: u64,
}

impl Figures {
    fn read(fields: &[Field<'_>]) -> Self {
        let mut figures = Self::default();
        for field in fields {
            let (value, count) = (field.value, field.value.whole());
            match &*field.key {
                "prompt_tokens" => figures.input = count.or(figures.input),
                "input_tokens" => figures.input = figures.input.or(count),
                "completion_tokens" => figures.output = count.or(figures.output),
                "output_tokens" => figures.output = figures.output.or(count),
                "total_tokens" => figures.total = count,
                "seconds" | "prompt_audio_seconds" => {
                    figures.audio_milliseconds =
                        value.number().map_or(0, |seconds| (seconds * 1000.0).round().max(0.0) as u64);
                }
                "prompt_tokens_details" | "input_tokens_details" | "input_token_details" | "prompt_token_details" => {
                    figures.read_input_details(value);
                }
                "completion_tokens_details" | "output_tokens_details" | "output_token_details" => {
                    figures.read_output_details(value);
                }
                "cached_tokens" | "num_cached_tokens" | "prompt_cache_hit_tokens" => {
                    figures.cached = figures.cached.max(count.unwrap_or(0));
                }
                "reasoning_tokens" => figures.reasoning = figures.reasoning.max(count.unwrap_or(0)),
                "num_search_queries" => figures.searches = count.unwrap_or(0),
                "server_tool_use" => {
                    figures.searches = value.some("web_search_requests").and_then(Node::whole).unwrap_or(0);
                }
                _ => {}
            }
        }
        figures
    }

    fn read_input_details(&mut self, details: Node<'_>) {
        for field in details.fields() {
            let count = field.value.whole().unwrap_or(0);
            match &*field.key {
                "cached_tokens" => self.cached = self.cached.max(count),
                "cache_write_tokens" => self.written = count,
                "audio_tokens" => self.input_audio = count,
                "image_tokens" => self.input_image = count,
                "video_tokens" => self.input_video = count,
                "cached_tokens_details" => {
                    let kind = |name: &str| field.value.some(name).and_then(Node::whole).unwrap_or(0);
                    (self.cached_audio, self.cached_image) = (kind("audio_tokens"), kind("image_tokens"));
                }
                _ => {}
            }
        }
    }

    fn read_output_details(&mut self, details: Node<'_>) {
        for field in details.fields() {
            let count = field.value.whole().unwrap_or(0);
            match &*field.key {
                "reasoning_tokens" => self.reasoning = self.reasoning.max(count),
                "audio_tokens" => self.output_audio = count,
                "image_tokens" => self.output_image = count,
                _ => {}
            }
        }
    }

    fn write_input(&self, total: u64, usage: &mut Usage) {
        let cached_text = self.cached.saturating_sub(self.cached_audio).saturating_sub(self.cached_image);
        let parts = [
            (Meter::CachedInputAudioTokens, self.cached_audio),
            (Meter::CachedInputImageTokens, self.cached_image),
            (Meter::CachedInputTokens, cached_text),
            (Meter::CacheWriteTokens, self.written),
            (Meter::InputAudioTokens, self.input_audio.saturating_sub(self.cached_audio)),
            (Meter::InputImageTokens, self.input_image.saturating_sub(self.cached_image)),
            (Meter::InputVideoTokens, self.input_video),
        ];
        split(total, &parts, Meter::InputTokens, usage);
    }

    fn write_output(&self, stated: u64, beside_input: Option<u64>, usage: &mut Usage) {
        let both = stated.saturating_add(self.reasoning);
        let total = if self.reasoning > 0 && beside_input == Some(both) { both } else { stated };
        let parts = [
            (Meter::ReasoningTokens, self.reasoning),
            (Meter::OutputAudioTokens, self.output_audio),
            (Meter::OutputImageTokens, self.output_image),
        ];
        split(total, &parts, Meter::OutputTokens, usage);
    }
}
