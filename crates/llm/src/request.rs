//! A client's request, read shallowly once.
//!
//! The body is validated in full (JSON or multipart), but only its top level is kept, as ranges, so that forwarding
//! can replace single fields and leave every other byte as the client sent it. A field that the gateway acts on may
//! appear once only and under its exact name: a provider that takes the last of two, or ignores case, would
//! otherwise be told something else than the gateway read.

mod facts;
mod media;
pub(crate) mod multipart;
mod tools;

use std::ops::Range;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use smallvec::SmallVec;

pub use facts::{Facts, Tags};
pub use media::Media;
pub use tools::ProviderTools;

use crate::{
    Meter, Operation, ProviderKind, Usage, Wire,
    json::{JsonError, Node, scan_object},
    route::Endpoint,
};

/// A request as the client sent it, and what the gateway must know of it.
#[derive(Debug, Clone)]
pub struct Request {
    /// The client's format.
    pub wire: Wire,
    /// The body as it came.
    pub body: Bytes,
    /// The model the client named: a feature, an alias or a catalogue model.
    pub model: Box<str>,
    /// The client wants the answer as server-sent events.
    pub stream: bool,
    /// What admission, limits and attribution look at.
    pub facts: Facts,
    /// The id of a translated answer whose provider gives it none. Empty until someone sets it.
    pub answer_id: Box<str>,
    /// Headers by which the client asks for parts of its dialect that are not final.
    pub(crate) betas: Vec<(HeaderName, HeaderValue)>,
    pub(crate) content: Content,
}

/// The headers that choose such parts. Accounts and credentials are the provider's and never the client's.
const BETA_HEADERS: [HeaderName; 2] =
    [HeaderName::from_static("anthropic-beta"), HeaderName::from_static("openai-beta")];

/// Where things are in the body.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Json(Spans),
    Multipart { boundary: Box<str>, parts: Vec<multipart::Part> },
}

pub(crate) type Spans = SmallVec<[Span; 16]>;

/// One member of the top-level object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// With its quotes.
    pub(crate) key: Range<usize>,
    pub(crate) value: Range<usize>,
}

/// Why a request can't be read. The message is for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The body is not JSON.
    #[error("The body is not valid JSON: {0}.")]
    Json(#[from] JsonError),
    /// The body is not `multipart/form-data`.
    #[error("The body is not valid multipart/form-data: {0}.")]
    Multipart(&'static str),
    /// A field is not there.
    #[error("`{0}` is required.")]
    Missing(&'static str),
    /// A field has another type or range.
    #[error("`{field}` must be {expected}.")]
    WrongType {
        /// Its path.
        field: Box<str>,
        /// What it must be.
        expected: &'static str,
    },
    /// A field is given twice.
    #[error("`{0}` is given more than once.")]
    Duplicate(Box<str>),
    /// A key differs from a field's name only by case or by how it is escaped.
    #[error("`{0}` must be written exactly so.")]
    Disguised(&'static str),
}

impl ReadError {
    /// The field at fault, if it is one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Json(_) | Self::Multipart(_) => None,
            Self::Missing(field) | Self::Disguised(field) => Some(field),
            Self::WrongType { field, .. } | Self::Duplicate(field) => Some(field),
        }
    }

    pub(crate) fn wrong(field: &str, expected: &'static str) -> Self {
        Self::WrongType { field: field.into(), expected }
    }
}

impl Request {
    /// Reads a request that came to `endpoint` with the header `content-type`.
    ///
    /// # Errors
    /// The body is malformed, or a field that the gateway acts on is missing, doubled or of the wrong type.
    pub fn read(endpoint: &Endpoint<'_>, content_type: Option<&str>, body: Bytes) -> Result<Self, ReadError> {
        if endpoint.wire == Wire::OpenAiTranscription {
            return read_multipart(content_type, body);
        }
        let mut spans = Spans::new();
        let text = scan_object(&body, |key, value| spans.push(Span { key, value }))?;
        let top = Top { text, spans: &spans };
        top.refuse_disguises(facts::reserved(endpoint.wire))?;
        let model = match &endpoint.model {
            Some(model) => model.clone(),
            None => top.text_field("model")?.ok_or(ReadError::Missing("model"))?,
        };
        if model.is_empty() {
            return Err(ReadError::wrong("model", "a name"));
        }
        let stream = endpoint.stream || top.boolean("stream")?.unwrap_or(false);
        let facts = Facts::read(endpoint.wire, &top)?;
        let model = model.as_ref().into();
        Ok(Self {
            wire: endpoint.wire,
            model,
            stream,
            facts,
            answer_id: "".into(),
            betas: Vec::new(),
            content: Content::Json(spans),
            body,
        })
    }

    /// Takes over the headers that a provider of the same dialect is to see.
    pub fn read_headers(&mut self, headers: &HeaderMap) {
        for name in BETA_HEADERS {
            self.betas.extend(headers.get_all(&name).iter().map(|value| (name.clone(), value.clone())));
        }
    }

    /// The most that the input can count, by classes of the input group; `kind` decides what media may cost.
    ///
    /// A token is at least one byte of text, in every byte-level tokenizer, so the bytes of the body without its
    /// encoded media bound the text. See [`Media::bound`] for images, audio and documents.
    pub fn input_bound(&self, kind: ProviderKind) -> Usage {
        let media = &self.facts.media;
        let mut usage = Usage::default().with(Meter::Calls, 1);
        match self.wire.operation() {
            Operation::Transcription => {
                // Opus at its lowest rate: 6 kbit/s (RFC 6716 section 2.1.1).
                usage.set(Meter::InputAudioMilliseconds, media.audio_bytes.saturating_mul(8) / 6);
                usage.set(Meter::InputAudioTokens, media.audio_bytes.saturating_mul(8) / 6 / 100 + 1);
                usage.set(Meter::InputTokens, self.text_bytes());
            }
            Operation::Speech => {
                usage.set(Meter::InputCharacters, self.facts.input_characters);
                usage.set(Meter::InputTokens, self.text_bytes());
            }
            Operation::Chat if kind == ProviderKind::GoogleVision => {
                usage.set(Meter::InputImages, u64::from(media.images));
                usage.set(Meter::VisionLabels, u64::from(media.images));
            }
            Operation::Chat | Operation::Embeddings | Operation::Images => {
                usage.set(Meter::InputTokens, self.text_bytes());
                media.bound(kind, &mut usage);
                self.facts.provider_tools.bound(&mut usage);
            }
            Operation::Moderation | Operation::CountTokens => {}
        }
        usage
    }

    /// The most that the output can count when each choice is limited to `max_output_tokens`.
    pub fn output_bound(&self, max_output_tokens: u64) -> Usage {
        let choices = u64::from(self.facts.choices);
        match self.wire.operation() {
            Operation::Chat => Usage::default().with(Meter::OutputTokens, max_output_tokens.saturating_mul(choices)),
            // gpt-image-1, high quality, 1024×1536: 6,240 tokens (platform.openai.com/docs/guides/image-generation).
            Operation::Images => Usage::default()
                .with(Meter::OutputImages, choices)
                .with(Meter::OutputImageTokens, choices.saturating_mul(6_240)),
            Operation::Transcription | Operation::Speech => {
                Usage::default().with(Meter::OutputTokens, max_output_tokens)
            }
            Operation::Embeddings | Operation::Moderation | Operation::CountTokens => Usage::default(),
        }
    }

    fn text_bytes(&self) -> u64 {
        (self.body.len() as u64).saturating_sub(self.facts.media.encoded_bytes)
    }

    /// The top level; `None` for multipart.
    pub(crate) fn top(&self) -> Option<Top<'_>> {
        match &self.content {
            Content::Json(spans) => Some(Top { text: std::str::from_utf8(&self.body).ok()?, spans }),
            Content::Multipart { .. } => None,
        }
    }
}

/// The top-level object, looked at through its ranges.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Top<'a> {
    pub(crate) text: &'a str,
    pub(crate) spans: &'a [Span],
}

impl<'a> Top<'a> {
    pub(crate) fn name(&self, span: &Span) -> &'a str {
        &self.text[span.key.start + 1..span.key.end - 1]
    }

    pub(crate) fn value(&self, span: &Span) -> Node<'a> {
        Node::trusted(&self.text[span.value.clone()])
    }

    pub(crate) fn span(&self, name: &str) -> Option<&'a Span> {
        self.spans.iter().find(|span| self.name(span) == name)
    }

    /// The field, unless it is absent or `null`.
    pub(crate) fn some(&self, name: &str) -> Option<Node<'a>> {
        self.span(name).map(|span| self.value(span)).filter(|node| !node.is_null())
    }

    /// The field under one of two names, and that name; giving both is an error.
    pub(crate) fn either<'n>(&self, camel: &'n str, snake: &'n str) -> Result<Option<(&'n str, Node<'a>)>, ReadError> {
        match (self.some(camel), self.some(snake)) {
            (Some(_), Some(_)) => Err(ReadError::Duplicate(camel.into())),
            (Some(node), None) => Ok(Some((camel, node))),
            (None, node) => Ok(node.map(|node| (snake, node))),
        }
    }

    pub(crate) fn text_field(&self, name: &str) -> Result<Option<std::borrow::Cow<'a, str>>, ReadError> {
        self.some(name).map(|node| node.string().ok_or_else(|| ReadError::wrong(name, "a string"))).transpose()
    }

    pub(crate) fn boolean(&self, name: &str) -> Result<Option<bool>, ReadError> {
        self.some(name).map(|node| node.boolean().ok_or_else(|| ReadError::wrong(name, "true or false"))).transpose()
    }

    pub(crate) fn whole(&self, name: &str) -> Result<Option<u64>, ReadError> {
        self.some(name).map(|node| node.whole().ok_or_else(|| ReadError::wrong(name, "a whole number"))).transpose()
    }

    fn refuse_disguises(&self, reserved: &[&'static str]) -> Result<(), ReadError> {
        let mut seen: u64 = 0;
        for span in self.spans {
            let written = self.name(span);
            let escaped = written.contains('\\');
            let unescaped = if escaped { Node::trusted(&self.text[span.key.clone()]).string() } else { None };
            let name = unescaped.as_deref().unwrap_or(written);
            let Some(index) = reserved.iter().position(|field| field.eq_ignore_ascii_case(name)) else { continue };
            if reserved[index] != written {
                return Err(ReadError::Disguised(reserved[index]));
            }
            if seen & (1 << index) != 0 {
                return Err(ReadError::Duplicate(written.into()));
            }
            seen |= 1 << index;
        }
        Ok(())
    }
}

fn read_multipart(content_type: Option<&str>, body: Bytes) -> Result<Request, ReadError> {
    let boundary =
        content_type.and_then(multipart::boundary).ok_or(ReadError::Multipart("the content type names no boundary"))?;
    let parts = multipart::parse(&body, &boundary).map_err(ReadError::Multipart)?;
    for name in ["model", "file", "stream"] {
        if parts.iter().filter(|part| part.name.eq_ignore_ascii_case(name)).count() > 1 {
            return Err(ReadError::Duplicate(name.into()));
        }
    }
    let text = |name: &str| {
        parts.iter().find(|part| &*part.name == name).map(|part| {
            std::str::from_utf8(&body[part.value.clone()]).map_err(|_| ReadError::wrong(name, "UTF-8 text"))
        })
    };
    let model: Box<str> = text("model").ok_or(ReadError::Missing("model"))??.into();
    if model.is_empty() {
        return Err(ReadError::wrong("model", "a name"));
    }
    let stream = text("stream").transpose()?.is_some_and(|value| value == "true");
    let file = parts.iter().find(|part| &*part.name == "file").ok_or(ReadError::Missing("file"))?;
    let bytes = file.value.len() as u64;
    let media = Media { audio_bytes: bytes, encoded_bytes: bytes, ..Media::default() };
    let facts = Facts { media, choices: 1, ..Facts::default() };
    let content = Content::Multipart { boundary, parts };
    Ok(Request {
        wire: Wire::OpenAiTranscription,
        model,
        stream,
        facts,
        answer_id: "".into(),
        betas: Vec::new(),
        content,
        body,
    })
}
