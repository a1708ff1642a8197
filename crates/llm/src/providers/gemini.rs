//! ai.google.dev/api. The base ends in the API's version: `…/v1beta`.

use super::{KeyHeader, Provider, Reply, percent_encode};
use crate::{Operation, Target, Wire};

pub(super) const PROVIDER: Provider =
    Provider { wire, path, key: KeyHeader::Named("x-goog-api-key"), chat_limit: "max_tokens" };

fn wire(client: Wire) -> Option<Wire> {
    match (client, client.operation()) {
        (Wire::GeminiEmbed, _) => Some(Wire::GeminiEmbed),
        (_, Operation::Chat) => Some(Wire::GeminiGenerate),
        (_, Operation::Embeddings) => Some(Wire::GeminiBatchEmbed),
        (_, Operation::CountTokens) => Some(Wire::GeminiCountTokens),
        (_, Operation::Images | Operation::Transcription | Operation::Speech | Operation::Moderation) => None,
    }
}

fn path(target: &Target<'_>, wire: Wire, reply: Reply) -> String {
    let verb = match (wire, reply) {
        (Wire::GeminiEmbed, _) => "embedContent",
        (Wire::GeminiBatchEmbed, _) => "batchEmbedContents",
        (Wire::GeminiCountTokens, _) => "countTokens",
        (_, Reply::Whole) => "generateContent",
        (_, Reply::Stream) => "streamGenerateContent?alt=sse",
    };
    format!("/models/{}:{verb}", percent_encode(target.model.trim_start_matches("models/")))
}
