use memchr::memmem;

use super::Top;
use crate::{Meter, ProviderKind, Usage, Wire, json::Node};

/// Images, audio, video and documents of a request, in the places where the dialect puts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Media {
    /// How many images.
    pub images: u32,
    /// How many documents.
    pub documents: u32,
    /// Bytes of audio, decoded.
    pub audio_bytes: u64,
    /// Bytes of video, decoded.
    pub video_bytes: u64,
    /// Bytes of documents, decoded.
    pub document_bytes: u64,
    /// Something is named by URL or file id, so that its size is not known.
    pub remote: bool,
    /// Bytes of the body that hold encoded media and are therefore no text.
    pub encoded_bytes: u64,
}

impl Media {
    /// Adds the most that the media can count as input.
    ///
    /// Images: OpenAI at most 8 tiles of 5,667 and a base of 2,833 (gpt-4o-mini, the highest of its table,
    /// platform.openai.com/docs/guides/images-vision); Anthropic 4,784 (docs.claude.com, vision, high-resolution
    /// models); Gemini 3072×3072 in tiles of 768 at 258 and one overview (ai.google.dev/gemini-api/docs/tokens).
    /// Audio: 32 tokens (Gemini) or 10 (OpenAI) per second; the length is at most what 6 kbit/s make of the bytes.
    /// Video: 300 tokens per second, at no less than 64 kbit/s. Documents: their bytes, and an image per kilobyte.
    pub fn bound(&self, kind: ProviderKind, usage: &mut Usage) {
        let image = match kind {
            ProviderKind::Anthropic | ProviderKind::Bedrock => 4_784,
            ProviderKind::Gemini | ProviderKind::GoogleVision => 17 * 258,
            ProviderKind::OpenAi
            | ProviderKind::AzureOpenAi
            | ProviderKind::OpenAiCompatible
            | ProviderKind::Sandbox => 8 * 5_667 + 2_833,
        };
        usage.add(Meter::InputImages, u64::from(self.images));
        usage.add(Meter::InputImageTokens, u64::from(self.images).saturating_mul(image));
        usage.add(
            Meter::InputAudioTokens,
            (self.audio_bytes.saturating_mul(8) / 6_000 + 1).saturating_mul(32) * u64::from(self.audio_bytes > 0),
        );
        usage.add(
            Meter::InputVideoTokens,
            (self.video_bytes.saturating_mul(8) / 64_000 + 1).saturating_mul(300) * u64::from(self.video_bytes > 0),
        );
        usage.add(
            Meter::InputTokens,
            self.document_bytes.saturating_add(self.document_bytes.div_ceil(1_024).saturating_mul(image)),
        );
    }

    /// Takes in base64 text of `mime`.
    fn encoded(&mut self, mime: &str, length: usize) {
        let length = length as u64;
        let decoded = length / 4 * 3;
        self.encoded_bytes += length;
        match mime.split('/').next() {
            Some("image") => self.images += 1,
            Some("audio") => self.audio_bytes += decoded,
            Some("video") => self.video_bytes += decoded,
            _ => {
                self.documents += 1;
                self.document_bytes += decoded;
            }
        }
    }

    /// Takes in a URL, which may hold the data itself (RFC 2397).
    fn url(&mut self, url: Option<Node<'_>>, fallback: &str) {
        let Some(node) = url.filter(|node| node.is_string()) else { return };
        let text = &node.text()[1..node.text().len() - 1];
        let data = text.strip_prefix("data:").and_then(|rest| rest.split_once(','));
        match data.and_then(|(head, data)| Some((head.strip_suffix(";base64")?, data))) {
            Some((mime, data)) => self.encoded(if mime.is_empty() { fallback } else { mime }, data.len()),
            None => self.remote(fallback),
        }
    }

    fn remote(&mut self, mime: &str) {
        self.remote = true;
        if mime.starts_with("image") {
            self.images += 1;
        } else {
            self.documents += 1;
        }
    }
}

/// Finds the media of a request. A body without any of the marking words is not looked into.
pub(super) fn find(wire: Wire, top: &Top<'_>) -> Media {
    let mut media = Media::default();
    let marked = |words: &[&str]| words.iter().any(|word| memmem::find(top.text.as_bytes(), word.as_bytes()).is_some());
    match wire {
        Wire::OpenAiChat if marked(&["image_url", "input_audio", "\"file\""]) => {
            let messages = top.some("messages").map(Node::elements).unwrap_or_default();
            let contents = messages.iter().filter_map(|message| message.some("content"));
            contents.flat_map(Node::elements).for_each(|part| openai_part(part, &mut media));
        }
        Wire::OpenAiResponses if marked(&["image_url", "input_audio", "file"]) => {
            let items = top.some("input").map(Node::elements).unwrap_or_default();
            for item in items {
                let contents = [item.some("content"), item.some("output")].into_iter().flatten();
                contents.flat_map(Node::elements).for_each(|part| openai_part(part, &mut media));
            }
        }
        Wire::AnthropicMessages | Wire::AnthropicCountTokens if marked(&["\"source\""]) => {
            let messages = top.some("messages").map(Node::elements).unwrap_or_default();
            let contents = messages.iter().filter_map(|message| message.some("content"));
            contents.flat_map(Node::elements).for_each(|part| anthropic_part(part, &mut media));
        }
        Wire::GeminiGenerate | Wire::GeminiCountTokens
            if marked(&["nlineData", "nline_data", "ileData", "ile_data"]) =>
        {
            let contents = top.some("contents");
            let many = contents.map(Node::elements).unwrap_or_default();
            let one = contents.filter(|node| node.is_object());
            let parts = many.into_iter().chain(one).filter_map(|content| content.some("parts"));
            parts.flat_map(Node::elements).for_each(|part| gemini_part(part, &mut media));
        }
        _ => {}
    }
    media
}

fn openai_part(part: Node<'_>, media: &mut Media) {
    for field in part.fields() {
        match &*field.key {
            "image_url" if field.value.is_object() => media.url(field.value.some("url"), "image/*"),
            "image_url" => media.url(Some(field.value), "image/*"),
            "input_audio" => {
                let length = field.value.some("data").map_or(0, |data| data.text().len());
                media.encoded("audio/*", length);
            }
            "file" => match field.value.some("file_data") {
                Some(data) => media.url(Some(data), "application/pdf"),
                None => media.remote("application/pdf"),
            },
            "file_data" => media.url(Some(field.value), "application/pdf"),
            "file_id" | "file_url" => media.remote("application/pdf"),
            _ => {}
        }
    }
}

fn anthropic_part(part: Node<'_>, media: &mut Media) {
    if let Some(nested) = part.some("content") {
        nested.elements().into_iter().for_each(|part| anthropic_part(part, media));
    }
    let Some(source) = part.some("source") else { return };
    let kind = part.some("type").and_then(Node::string).unwrap_or_default();
    let fallback = if kind == "image" { "image/*" } else { "application/pdf" };
    match source.some("type").and_then(Node::string).as_deref() {
        Some("base64") => media.encoded(fallback, source.some("data").map_or(0, |data| data.text().len())),
        Some("text" | "content") => {}
        _ => media.remote(fallback),
    }
}

fn gemini_part(part: Node<'_>, media: &mut Media) {
    for field in part.fields() {
        let value = field.value;
        let mime = value.some("mimeType").or_else(|| value.some("mime_type")).and_then(Node::string);
        let mime = mime.as_deref().unwrap_or("application/pdf");
        match &*field.key {
            "inlineData" | "inline_data" => media.encoded(mime, value.some("data").map_or(0, |data| data.text().len())),
            "fileData" | "file_data" => media.remote(mime),
            "functionResponse" | "function_response" => {
                let parts = value.some("parts").map(Node::elements).unwrap_or_default();
                parts.into_iter().for_each(|part| gemini_part(part, media));
            }
            _ => {}
        }
    }
}
