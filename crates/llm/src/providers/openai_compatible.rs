//! Servers that speak OpenAI's dialect: vLLM, Ollama, Mistral, Groq, DeepSeek, OpenRouter…
//!
//! They share `/chat/completions` and `/completions`; `/responses` is rare, so it is translated. `max_tokens` is the
//! limit that all of them obey: Mistral refuses `max_completion_tokens`, others ignore it.

use super::{KeyHeader, Provider, openai};
use crate::Wire;

pub(super) const PROVIDER: Provider =
    Provider { wire, path: openai::path, key: KeyHeader::Bearer, chat_limit: "max_tokens" };

fn wire(client: Wire) -> Option<Wire> {
    match client {
        Wire::OpenAiCompletions => Some(client),
        _ => openai::by_operation(client.operation()),
    }
}
