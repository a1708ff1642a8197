//! The provider table: which format each kind of provider is asked in, where, and how it knows us.

mod anthropic;
mod azure_openai;
mod bedrock;
mod gemini;
mod google_vision;
mod openai;
mod openai_compatible;
mod sandbox;

use crate::{ProviderKind, Target, Wire};

/// What sets one kind of provider apart.
pub(crate) struct Provider {
    /// The format in which the provider is asked for what a client asks in the given one; `None`: it can't do that.
    pub(crate) wire: fn(Wire) -> Option<Wire>,
    /// The path below the base URL, with its query.
    pub(crate) path: fn(&Target<'_>, Wire, Reply) -> String,
    /// How a key is presented.
    pub(crate) key: KeyHeader,
    /// The field of OpenAI's chat format that limits the output here.
    pub(crate) chat_limit: &'static str,
}

/// The form of the answer that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reply {
    Whole,
    Stream,
}

/// The header that carries a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyHeader {
    /// `authorization: Bearer …`.
    Bearer,
    /// The bare key under this name.
    Named(&'static str),
}

/// The table.
pub(crate) const fn provider(kind: ProviderKind) -> &'static Provider {
    match kind {
        ProviderKind::OpenAi => &openai::PROVIDER,
        ProviderKind::Anthropic => &anthropic::PROVIDER,
        ProviderKind::Gemini => &gemini::PROVIDER,
        ProviderKind::GoogleVision => &google_vision::PROVIDER,
        ProviderKind::AzureOpenAi => &azure_openai::PROVIDER,
        ProviderKind::Bedrock => &bedrock::PROVIDER,
        ProviderKind::OpenAiCompatible => &openai_compatible::PROVIDER,
        ProviderKind::Sandbox => &sandbox::PROVIDER,
    }
}

/// Path segments may hold unreserved characters only (RFC 3986 section 2.3); the rest is escaped.
fn percent_encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
