use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The family of APIs a client speaks. It decides the shape of errors and of the models list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `platform.openai.com/docs/api-reference`.
    OpenAi,
    /// `docs.claude.com/en/api`.
    Anthropic,
    /// `ai.google.dev/api`.
    Gemini,
}

/// What a call is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Messages in, a message out.
    Chat,
    /// Texts in, vectors out.
    Embeddings,
    /// A text in, images out.
    Images,
    /// Audio in, text out.
    Transcription,
    /// Text in, audio out.
    Speech,
    /// Texts and images in, categories out.
    Moderation,
    /// Messages in, the number of their tokens out.
    CountTokens,
}

/// A format on the wire, of a client or of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wire {
    /// `POST /chat/completions`.
    OpenAiChat,
    /// `POST /responses`.
    OpenAiResponses,
    /// `POST /completions`.
    OpenAiCompletions,
    /// `POST /embeddings`.
    OpenAiEmbeddings,
    /// `POST /images/generations`.
    OpenAiImages,
    /// `POST /audio/transcriptions`, multipart.
    OpenAiTranscription,
    /// `POST /audio/speech`; the answer is audio.
    OpenAiSpeech,
    /// `POST /moderations`.
    OpenAiModeration,
    /// `POST /messages`.
    AnthropicMessages,
    /// `POST /messages/count_tokens`.
    AnthropicCountTokens,
    /// `POST /models/{model}:generateContent` and `:streamGenerateContent`.
    GeminiGenerate,
    /// `POST /models/{model}:embedContent`.
    GeminiEmbed,
    /// `POST /models/{model}:batchEmbedContents`.
    GeminiBatchEmbed,
    /// `POST /models/{model}:countTokens`.
    GeminiCountTokens,
    /// `POST /model/{model}/converse` and `/converse-stream`. A provider's only.
    BedrockConverse,
    /// Google Cloud Vision `POST /images:annotate`. A provider's only.
    VisionAnnotate,
}

impl Wire {
    /// The family; `None` for a format that only providers speak.
    pub const fn dialect(self) -> Option<Dialect> {
        match self {
            Self::OpenAiChat
            | Self::OpenAiResponses
            | Self::OpenAiCompletions
            | Self::OpenAiEmbeddings
            | Self::OpenAiImages
            | Self::OpenAiTranscription
            | Self::OpenAiSpeech
            | Self::OpenAiModeration => Some(Dialect::OpenAi),
            Self::AnthropicMessages | Self::AnthropicCountTokens => Some(Dialect::Anthropic),
            Self::GeminiGenerate | Self::GeminiEmbed | Self::GeminiBatchEmbed | Self::GeminiCountTokens => {
                Some(Dialect::Gemini)
            }
            Self::BedrockConverse | Self::VisionAnnotate => None,
        }
    }

    /// What calls of this format are for.
    pub const fn operation(self) -> Operation {
        match self {
            Self::OpenAiChat
            | Self::OpenAiResponses
            | Self::OpenAiCompletions
            | Self::AnthropicMessages
            | Self::GeminiGenerate
            | Self::BedrockConverse
            | Self::VisionAnnotate => Operation::Chat,
            Self::OpenAiEmbeddings | Self::GeminiEmbed | Self::GeminiBatchEmbed => Operation::Embeddings,
            Self::OpenAiImages => Operation::Images,
            Self::OpenAiTranscription => Operation::Transcription,
            Self::OpenAiSpeech => Operation::Speech,
            Self::OpenAiModeration => Operation::Moderation,
            Self::AnthropicCountTokens | Self::GeminiCountTokens => Operation::CountTokens,
        }
    }
}

/// The kind of an upstream account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProviderKind {
    /// api.openai.com.
    #[serde(rename = "openai")]
    OpenAi,
    /// api.anthropic.com.
    Anthropic,
    /// generativelanguage.googleapis.com.
    Gemini,
    /// vision.googleapis.com.
    GoogleVision,
    /// OpenAI's models on Azure.
    #[serde(rename = "azure-openai")]
    AzureOpenAi,
    /// Amazon Bedrock.
    Bedrock,
    /// Any server that speaks OpenAI's dialect: vLLM, Ollama, Mistral, Groq, OpenRouter.
    #[serde(rename = "openai-compatible")]
    OpenAiCompatible,
    /// Answers made by the gateway itself, deterministic, no network.
    Sandbox,
}

impl ProviderKind {
    /// Every kind.
    pub const ALL: &[Self] = &[
        Self::OpenAi,
        Self::Anthropic,
        Self::Gemini,
        Self::GoogleVision,
        Self::AzureOpenAi,
        Self::Bedrock,
        Self::OpenAiCompatible,
        Self::Sandbox,
    ];

    /// The wire and database text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
            Self::Gemini => "gemini",
            Self::GoogleVision => "google-vision",
            Self::AzureOpenAi => "azure-openai",
            Self::Bedrock => "bedrock",
            Self::OpenAiCompatible => "openai-compatible",
            Self::Sandbox => "sandbox",
        }
    }

    /// Where the provider's own API is, for kinds that have one address for everybody.
    pub const fn default_base_url(self) -> Option<&'static str> {
        match self {
            Self::OpenAi => Some("https://api.openai.com/v1"),
            Self::Anthropic => Some("https://api.anthropic.com/v1"),
            Self::Gemini => Some("https://generativelanguage.googleapis.com/v1beta"),
            Self::GoogleVision => Some("https://vision.googleapis.com/v1"),
            Self::Sandbox => Some("http://sandbox.invalid/v1"),
            Self::AzureOpenAi | Self::Bedrock | Self::OpenAiCompatible => None,
        }
    }
}

impl fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no kind of provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a kind of provider")]
pub struct UnknownProviderKind(String);

impl FromStr for ProviderKind {
    type Err = UnknownProviderKind;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .iter()
            .copied()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| UnknownProviderKind(text.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provider_kinds_have_one_text() {
        for kind in ProviderKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
            assert_eq!(serde_json::to_string(kind).unwrap(), format!("\"{kind}\""));
        }
    }
}
