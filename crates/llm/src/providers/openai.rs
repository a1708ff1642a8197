//! platform.openai.com/docs/api-reference.

use super::{KeyHeader, Provider, Reply};
use crate::{Operation, Target, Wire};

pub(super) const PROVIDER: Provider =
    Provider { wire, path, key: KeyHeader::Bearer, chat_limit: "max_completion_tokens" };

fn wire(client: Wire) -> Option<Wire> {
    match client {
        Wire::OpenAiResponses | Wire::OpenAiCompletions => Some(client),
        _ => by_operation(client.operation()),
    }
}

/// What every server of this dialect offers, by operation.
pub(super) const fn by_operation(operation: Operation) -> Option<Wire> {
    match operation {
        Operation::Chat => Some(Wire::OpenAiChat),
        Operation::Embeddings => Some(Wire::OpenAiEmbeddings),
        Operation::Images => Some(Wire::OpenAiImages),
        Operation::Transcription => Some(Wire::OpenAiTranscription),
        Operation::Speech => Some(Wire::OpenAiSpeech),
        Operation::Moderation => Some(Wire::OpenAiModeration),
        Operation::CountTokens => None,
    }
}

/// The path of an operation in OpenAI's dialect.
pub(super) const fn operation_path(wire: Wire) -> &'static str {
    match wire {
        Wire::OpenAiResponses => "/responses",
        Wire::OpenAiCompletions => "/completions",
        Wire::OpenAiEmbeddings => "/embeddings",
        Wire::OpenAiImages => "/images/generations",
        Wire::OpenAiTranscription => "/audio/transcriptions",
        Wire::OpenAiSpeech => "/audio/speech",
        Wire::OpenAiModeration => "/moderations",
        _ => "/chat/completions",
    }
}

pub(super) fn path(_: &Target<'_>, wire: Wire, _: Reply) -> String {
    operation_path(wire).to_owned()
}
