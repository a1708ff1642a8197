use base64::{Engine, engine::general_purpose::STANDARD};
use glaux_llm::Wire;
use serde::Deserialize;

/// A recorded exchange with a provider.
#[derive(Deserialize)]
pub(super) struct Recording {
    pub(super) provider: String,
    pub(super) method: String,
    pub(super) path: String,
    status: u16,
    stream: Option<String>,
    req: Body,
    resp: Body,
}

#[derive(Deserialize)]
struct Body {
    text: Option<String>,
    b64: Option<String>,
}

impl Body {
    fn bytes(&self) -> Vec<u8> {
        match (&self.text, &self.b64) {
            (Some(text), _) => text.clone().into_bytes(),
            (None, Some(base64)) => STANDARD.decode(base64).unwrap(),
            (None, None) => Vec::new(),
        }
    }
}

impl Recording {
    /// The framing of a stream. Some recorders did not note it; the truth did not look into those.
    pub(super) fn framing(&self) -> Option<&str> {
        self.noted_framing().or_else(|| match (&self.resp.text, &self.resp.b64) {
            (Some(text), _) => (text.starts_with("data: ") || text.starts_with("event: ")).then_some("sse"),
            (None, frames) => frames.as_ref().map(|_| "aws_eventstream"),
        })
    }

    /// The exchange went well, its body was recorded, and is no array: that form of Gemini's streams is never asked for.
    /// One recording says 200 over Azure's refusal, which had 400.
    pub(super) fn answers(&self) -> bool {
        let refused = |text: &String| text.is_empty() || text.starts_with('[') || text.starts_with("{ \"error\"");
        self.status == 200 && !self.resp.text.as_ref().is_some_and(refused)
    }

    pub(super) fn noted_framing(&self) -> Option<&str> {
        self.stream.as_deref()
    }

    pub(super) fn request(&self) -> Vec<u8> {
        self.req.bytes()
    }

    pub(super) fn response(&self) -> Vec<u8> {
        self.resp.bytes()
    }

    /// The format of the exchange, if it is one that is spoken here.
    pub(super) fn wire(&self) -> Option<Wire> {
        if self.method != "POST" {
            return None;
        }
        let ends = |suffix: &str| self.path.ends_with(suffix);
        Some(match self.provider.as_str() {
            "anthropic" if ends("/v1/messages") => Wire::AnthropicMessages,
            "gemini" | "vertex" if ends(":generateContent") || ends(":streamGenerateContent") => Wire::GeminiGenerate,
            "bedrock" if ends("/converse") || ends("/converse-stream") => Wire::BedrockConverse,
            "cohere" | "bedrock" | "gemini" | "vertex" | "anthropic" => return None,
            _ if ends("/chat/completions") => Wire::OpenAiChat,
            _ if ends("/responses") => Wire::OpenAiResponses,
            _ if ends("/completions") => Wire::OpenAiCompletions,
            _ if ends("/embeddings") => Wire::OpenAiEmbeddings,
            _ if ends("/images/generations") => Wire::OpenAiImages,
            _ => return None,
        })
    }
}
