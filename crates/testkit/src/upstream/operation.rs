use http::StatusCode;
use serde_json::{Value, json};

use super::{anthropic, gemini, openai, playing::Piece, script::Script};

/// What is asked, and in which format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    OpenAiChat,
    OpenAiEmbeddings,
    AnthropicMessages,
    AnthropicCountTokens,
    GeminiGenerate,
    GeminiStream,
    GeminiEmbed,
    GeminiBatchEmbed,
    GeminiCountTokens,
}

/// A request, understood.
pub(super) struct Asked {
    pub(super) operation: Operation,
    pub(super) model: String,
    pub(super) body: Value,
}

impl Asked {
    /// Understands a request by its path and body.
    pub(super) fn read(path: &str, body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let path = path.split('?').next().unwrap_or(path);
        if let Some((model, verb)) = path.rsplit_once("/models/").and_then(|(_, rest)| rest.rsplit_once(':')) {
            let operation = match verb {
                "generateContent" => Operation::GeminiGenerate,
                "streamGenerateContent" => Operation::GeminiStream,
                "embedContent" => Operation::GeminiEmbed,
                "batchEmbedContents" => Operation::GeminiBatchEmbed,
                "countTokens" => Operation::GeminiCountTokens,
                _ => return None,
            };
            return Some(Self { operation, model: percent_decode(model), body });
        }
        let operation = match path.strip_prefix("/v1")? {
            "/chat/completions" => Operation::OpenAiChat,
            "/embeddings" => Operation::OpenAiEmbeddings,
            "/messages" => Operation::AnthropicMessages,
            "/messages/count_tokens" => Operation::AnthropicCountTokens,
            _ => return None,
        };
        Some(Self { operation, model: body["model"].as_str()?.to_owned(), body })
    }

    pub(super) fn is_stream(&self) -> bool {
        match self.operation {
            Operation::OpenAiChat | Operation::AnthropicMessages => self.body["stream"] == true,
            Operation::GeminiStream => true,
            Operation::OpenAiEmbeddings
            | Operation::AnthropicCountTokens
            | Operation::GeminiGenerate
            | Operation::GeminiEmbed
            | Operation::GeminiBatchEmbed
            | Operation::GeminiCountTokens => false,
        }
    }

    /// Tokens of input and output that the provider charges for an answer.
    pub(super) fn charged(&self, script: &Script) -> (u64, u64) {
        match self.operation {
            Operation::OpenAiChat
            | Operation::AnthropicMessages
            | Operation::GeminiGenerate
            | Operation::GeminiStream => (script.input, script.output),
            Operation::OpenAiEmbeddings | Operation::GeminiEmbed | Operation::GeminiBatchEmbed => (script.input, 0),
            Operation::AnthropicCountTokens | Operation::GeminiCountTokens => (0, 0),
        }
    }

    /// An answer in one piece.
    pub(super) fn whole(&self, script: &Script) -> Value {
        match self.operation {
            Operation::OpenAiChat => openai::completion(script, &self.model),
            Operation::OpenAiEmbeddings => openai::embeddings(script, &self.model, &self.body),
            Operation::AnthropicMessages => anthropic::message(script, &self.model),
            Operation::AnthropicCountTokens => json!({ "input_tokens": script.input }),
            Operation::GeminiGenerate | Operation::GeminiStream => gemini::content(script, &self.model),
            Operation::GeminiEmbed => json!({ "embedding": { "values": VECTOR } }),
            Operation::GeminiBatchEmbed => gemini::embeddings(&self.body),
            Operation::GeminiCountTokens => json!({ "totalTokens": script.input }),
        }
    }

    /// The events of a stream.
    pub(super) fn events(&self, script: &Script) -> Vec<Piece> {
        match self.operation {
            Operation::AnthropicMessages => anthropic::events(script, &self.model),
            Operation::GeminiStream => gemini::events(script, &self.model),
            _ => openai::events(script, &self.model, &self.body),
        }
    }

    /// An error in the provider's shape.
    pub(super) fn error(&self, status: StatusCode, message: &str) -> Value {
        match self.operation {
            Operation::OpenAiChat | Operation::OpenAiEmbeddings => openai::error(status, message),
            Operation::AnthropicMessages | Operation::AnthropicCountTokens => anthropic::error(status, message),
            Operation::GeminiStream => json!([gemini::error(status, message)]),
            Operation::GeminiGenerate
            | Operation::GeminiEmbed
            | Operation::GeminiBatchEmbed
            | Operation::GeminiCountTokens => gemini::error(status, message),
        }
    }
}

/// What every text is embedded as.
pub(super) const VECTOR: [f64; 4] = [0.5, -0.5, 0.25, -0.25];

/// RFC 3986 section 2.1; what is not escaped properly stays as it is.
fn percent_decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        out.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}
