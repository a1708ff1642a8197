//! From a client's request and a target to the request that goes out.
//!
//! Where the formats match, the body passes byte for byte except for what the gateway decides: the model, the output
//! limit, `stream_options.include_usage`, and configured overrides. Otherwise it is translated.

mod anthropic;
mod gemini;
mod multipart;
mod openai;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Uri, header};

use crate::{
    Operation, ProviderKind, ReadError, Request, Target, Wire,
    providers::{Provider, Reply, provider},
    translate,
};

/// A request as it goes to the provider, without its credentials.
#[derive(Debug, Clone)]
pub struct Outbound {
    /// The format of body and answer.
    pub wire: Wire,
    /// Always `POST` so far.
    pub method: Method,
    /// Absolute.
    pub uri: Uri,
    /// Content type and what the format demands; no credentials.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The answer is asked for as a stream. A provider without streams is asked for a whole answer; the
    /// [`StreamTranslator`](crate::StreamTranslator) makes a stream of it.
    pub stream: bool,
    /// Fields that the provider can't express and that were left out under [`UnsupportedPolicy::Drop`](crate::UnsupportedPolicy::Drop).
    pub dropped: Vec<Box<str>>,
    /// The output limit that is sent, per choice.
    pub max_output_tokens: Option<u64>,
    /// The client asked for this many output tokens, which was more.
    pub clamped_from: Option<u64>,
}

/// The provider can't do what a field asks for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is not supported here: {reason}.")]
pub struct Unsupported {
    /// The field in the client's words.
    pub field: Box<str>,
    /// Why.
    pub reason: Box<str>,
}

/// Why a request can't be sent to a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrepareError {
    /// The target can't express something, and the policy is to refuse.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// Translation looked deeper than [`Request::read`] and found something malformed.
    #[error(transparent)]
    Malformed(#[from] ReadError),
}

impl PrepareError {
    pub(crate) fn unsupported(field: &str, reason: impl Into<Box<str>>) -> Self {
        Self::Unsupported(Unsupported { field: field.into(), reason: reason.into() })
    }

    /// The field at fault, if it is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Unsupported(unsupported) => Some(&unsupported.field),
            Self::Malformed(error) => error.field(),
        }
    }
}

/// What a body became on its way out.
pub(crate) struct Prepared {
    pub(crate) body: Bytes,
    pub(crate) dropped: Vec<Box<str>>,
}

/// Makes the request that `target` is sent for `request`.
///
/// # Errors
/// The target can't express it, or its inside is malformed.
pub fn prepare(request: &Request, target: &Target<'_>) -> Result<Outbound, PrepareError> {
    let provider = provider(target.kind);
    let wire = (provider.wire)(request.wire).ok_or_else(|| no_operation(request, target))?;
    let limit = Limit::of(request, target);
    let streams = !matches!(wire, Wire::VisionAnnotate) && wire.operation() != Operation::CountTokens;
    let reply = if request.stream && streams { Reply::Stream } else { Reply::Whole };
    let mut prepared = if wire == request.wire {
        Prepared { body: pass(request, target, provider, limit)?, dropped: Vec::new() }
    } else {
        translate::request(request, target, wire, provider, limit, reply)?
    };
    if wire != request.wire {
        prepared.dropped.extend(request.betas.iter().map(|(name, _)| name.as_str().into()));
    }
    let path = (provider.path)(target, wire, reply);
    let uri =
        target.base.join(&path).ok_or_else(|| PrepareError::unsupported("model", "its name can't be part of a URL"))?;
    Ok(Outbound {
        wire,
        method: Method::POST,
        uri,
        headers: headers(request, wire, reply),
        body: prepared.body,
        stream: reply == Reply::Stream,
        dropped: prepared.dropped,
        max_output_tokens: limit.sent,
        clamped_from: limit.clamped_from(),
    })
}

fn no_operation(request: &Request, target: &Target<'_>) -> PrepareError {
    let operation = match request.wire.operation() {
        Operation::Chat => "chat",
        Operation::Embeddings => "embeddings",
        Operation::Images => "image generation",
        Operation::Transcription => "transcription",
        Operation::Speech => "speech",
        Operation::Moderation => "moderation",
        Operation::CountTokens => "counting tokens",
    };
    PrepareError::unsupported("model", format!("{} providers do not offer {operation}", target.kind))
}

fn pass(request: &Request, target: &Target<'_>, provider: &Provider, limit: Limit) -> Result<Bytes, PrepareError> {
    match request.wire {
        Wire::OpenAiTranscription => multipart::with_model(request, target.model),
        Wire::AnthropicMessages | Wire::AnthropicCountTokens => anthropic::pass(request, target, limit),
        Wire::GeminiGenerate | Wire::GeminiEmbed | Wire::GeminiBatchEmbed | Wire::GeminiCountTokens => {
            gemini::pass(request, target, limit)
        }
        _ => openai::pass(request, target, provider, limit),
    }
}

fn headers(request: &Request, wire: Wire, reply: Reply) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(4);
    let content_type = match &request.content {
        crate::request::Content::Multipart { boundary, .. } => {
            HeaderValue::try_from(format!("multipart/form-data; boundary=\"{boundary}\""))
                .unwrap_or(HeaderValue::from_static("multipart/form-data"))
        }
        crate::request::Content::Json(_) => HeaderValue::from_static("application/json"),
    };
    headers.insert(header::CONTENT_TYPE, content_type);
    let accept = match (reply, wire) {
        (Reply::Whole, Wire::OpenAiSpeech) => "*/*",
        (Reply::Stream, Wire::BedrockConverse) => "application/vnd.amazon.eventstream",
        (Reply::Whole, _) => "application/json",
        (Reply::Stream, _) => "text/event-stream",
    };
    headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
    if matches!(wire, Wire::AnthropicMessages | Wire::AnthropicCountTokens) {
        headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
    }
    if wire == request.wire {
        for (name, value) in &request.betas {
            headers.append(name, value.clone());
        }
    }
    headers
}

/// The output limit: what the client asked for, and what is sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) asked: Option<u64>,
    pub(crate) sent: Option<u64>,
}

impl Limit {
    fn of(request: &Request, target: &Target<'_>) -> Self {
        let overridden = ["max_completion_tokens", "max_tokens", "max_output_tokens"]
            .iter()
            .find_map(|name| target.overrides.get(*name).and_then(serde_json::Value::as_u64));
        let asked = request.facts.max_output_tokens;
        let wanted = overridden.or(asked);
        let sent = match (wanted, target.max_output_tokens) {
            (Some(wanted), Some(most)) => Some(wanted.min(most)),
            (wanted, most) => wanted.or(most),
        };
        Self { asked, sent }
    }

    /// The body must say something else than it does.
    pub(crate) fn changed(self) -> Option<u64> {
        self.sent.filter(|_| self.sent != self.asked)
    }

    fn clamped_from(self) -> Option<u64> {
        self.asked.filter(|asked| self.sent.is_some_and(|sent| sent < *asked))
    }
}

/// Overrides that are no output limit; those are part of [`Limit`].
pub(crate) fn parameters<'a>(target: &Target<'a>) -> impl Iterator<Item = (&'a str, &'a serde_json::Value)> {
    let limit = |name: &str| matches!(name, "max_completion_tokens" | "max_tokens" | "max_output_tokens");
    target.overrides.iter().map(|(name, value)| (name.as_str(), value)).filter(move |(name, _)| !limit(name))
}

/// A provider kind whose streams report usage only when asked.
pub(crate) const fn asks_for_usage(kind: ProviderKind) -> bool {
    matches!(
        kind,
        ProviderKind::OpenAi | ProviderKind::AzureOpenAi | ProviderKind::OpenAiCompatible | ProviderKind::Sandbox
    )
}
