//! docs.claude.com/en/api.

use super::{KeyHeader, Provider, Reply};
use crate::{Operation, Target, Wire};

pub(super) const PROVIDER: Provider =
    Provider { wire, path, key: KeyHeader::Named("x-api-key"), chat_limit: "max_tokens" };

fn wire(client: Wire) -> Option<Wire> {
    match client.operation() {
        Operation::Chat => Some(Wire::AnthropicMessages),
        Operation::CountTokens => Some(Wire::AnthropicCountTokens),
        Operation::Embeddings
        | Operation::Images
        | Operation::Transcription
        | Operation::Speech
        | Operation::Moderation => None,
    }
}

fn path(_: &Target<'_>, wire: Wire, _: Reply) -> String {
    match wire {
        Wire::AnthropicCountTokens => "/messages/count_tokens".to_owned(),
        _ => "/messages".to_owned(),
    }
}
