//! The neutral form between formats: what a chat request, its answer and its stream mean.
//!
//! Texts borrow from the body they were read from; JSON that is only carried (schemas, tool arguments) stays text.

use std::borrow::Cow;

use crate::json::{Node, Write};

/// Text out of a body.
pub(crate) type Text<'a> = Cow<'a, str>;

/// JSON text that is carried, not looked into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Json<'a>(pub(crate) Text<'a>);

impl Json<'_> {
    pub(crate) fn node(&self) -> Node<'_> {
        Node::trusted(&self.0)
    }
}

impl<'a> From<Node<'a>> for Json<'a> {
    fn from(node: Node<'a>) -> Self {
        Self(Cow::Borrowed(node.text()))
    }
}

impl Write for Json<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.as_bytes());
    }
}

/// A chat request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chat<'a> {
    pub(crate) messages: Vec<Message<'a>>,
    pub(crate) tools: Vec<Tool<'a>>,
    pub(crate) tool_choice: Option<ToolChoice<'a>>,
    pub(crate) parallel_tools: Option<bool>,
    pub(crate) format: Format<'a>,
    pub(crate) temperature: Option<f64>,
    pub(crate) top_p: Option<f64>,
    pub(crate) top_k: Option<u64>,
    pub(crate) stop: Vec<Text<'a>>,
    pub(crate) seed: Option<i64>,
    pub(crate) presence_penalty: Option<f64>,
    pub(crate) frequency_penalty: Option<f64>,
    /// How many answers; `None` is one.
    pub(crate) choices: Option<u64>,
    /// Log probabilities are wanted, with so many alternatives for each token.
    pub(crate) logprobs: Option<u64>,
    pub(crate) reasoning: Option<Reasoning>,
    pub(crate) user: Option<Text<'a>>,
    pub(crate) service_tier: Option<Text<'a>>,
}

/// Who speaks. The results of tools are parts of a user's message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    System,
    User,
    Assistant,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Message<'a> {
    pub(crate) role: Role,
    pub(crate) parts: Vec<Part<'a>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Part<'a> {
    Text(Text<'a>),
    Media(Media<'a>),
    ToolCall(ToolCall<'a>),
    ToolResult(ToolResult<'a>),
    /// What the model thought, and the provider's seal on it.
    Reasoning {
        text: Text<'a>,
        signature: Option<Text<'a>>,
    },
    /// Thoughts that only the provider can read.
    Redacted(Text<'a>),
    Refusal(Text<'a>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Media<'a> {
    pub(crate) kind: MediaKind,
    pub(crate) source: Source<'a>,
    pub(crate) name: Option<Text<'a>>,
    /// OpenAI's `detail`.
    pub(crate) detail: Option<Text<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MediaKind {
    Image,
    Audio,
    Video,
    Document,
}

impl MediaKind {
    pub(crate) fn of_mime(mime: &str) -> Self {
        match mime.split('/').next() {
            Some("image") => Self::Image,
            Some("audio") => Self::Audio,
            Some("video") => Self::Video,
            _ => Self::Document,
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Source<'a> {
    Base64 {
        mime: Text<'a>,
        data: Text<'a>,
    },
    Url(Text<'a>),
    /// A file that was uploaded to one provider.
    File(Text<'a>),
    /// A text document.
    Plain(Text<'a>),
}

impl<'a> Source<'a> {
    /// A URL, or the data in it (RFC 2397).
    pub(crate) fn of_url(url: Text<'a>) -> Self {
        let data = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
        let Some((mime, _)) = data else { return Self::Url(url) };
        let split = "data:".len() + mime.len();
        let (mime, data) = (split, split + ";base64,".len());
        match url {
            Cow::Borrowed(text) => {
                Self::Base64 { mime: Cow::Borrowed(&text["data:".len()..mime]), data: Cow::Borrowed(&text[data..]) }
            }
            Cow::Owned(text) => {
                Self::Base64 { mime: text["data:".len()..mime].to_owned().into(), data: text[data..].to_owned().into() }
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToolCall<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) name: Text<'a>,
    /// JSON text of an object.
    pub(crate) arguments: Text<'a>,
    /// Gemini's seal on the thought that led to the call.
    pub(crate) signature: Option<Text<'a>>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ToolResult<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) name: Option<Text<'a>>,
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) is_error: bool,
}

impl ToolResult<'_> {
    /// All text of the result.
    pub(crate) fn text(&self) -> String {
        self.parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(&**text) } else { None }).collect()
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tool<'a> {
    pub(crate) name: Text<'a>,
    pub(crate) description: Option<Text<'a>>,
    /// JSON Schema of the arguments.
    pub(crate) parameters: Option<Json<'a>>,
    pub(crate) strict: Option<bool>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ToolChoice<'a> {
    Auto,
    None,
    Required,
    Named(Text<'a>),
}

#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) enum Format<'a> {
    #[default]
    Text,
    /// Any JSON object.
    Object,
    Schema(Schema<'a>),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Schema<'a> {
    pub(crate) name: Option<Text<'a>>,
    pub(crate) description: Option<Text<'a>>,
    pub(crate) schema: Json<'a>,
    pub(crate) strict: Option<bool>,
}

/// How much a model should think.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reasoning {
    Off,
    /// As much as the model likes.
    Free,
    Effort(Effort),
    /// At most so many tokens.
    Budget(u64),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    Minimal,
    Low,
    Medium,
    High,
    Max,
}

impl Effort {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Some(match text.to_ascii_lowercase().as_str() {
            "minimal" => Self::Minimal,
            "low" => Self::Low,
            "medium" => Self::Medium,
            "high" => Self::High,
            "xhigh" | "max" => Self::Max,
            _ => return None,
        })
    }

    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Max => "xhigh",
        }
    }

    /// Tokens to think with, as Google maps OpenAI's efforts to budgets (ai.google.dev/gemini-api/docs/openai).
    pub(crate) const fn budget(self) -> u64 {
        match self {
            Self::Minimal | Self::Low => 1_024,
            Self::Medium => 8_192,
            Self::High | Self::Max => 24_576,
        }
    }

    /// The effort whose budget is the least that is not below `budget`.
    pub(crate) const fn of_budget(budget: u64) -> Self {
        match budget {
            0..=1_024 => Self::Low,
            1_025..=8_192 => Self::Medium,
            _ => Self::High,
        }
    }
}

/// A whole answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply<'a> {
    pub(crate) id: Text<'a>,
    pub(crate) model: Text<'a>,
    /// Seconds since 1970, if the provider says.
    pub(crate) created: u64,
    pub(crate) choices: Vec<Choice<'a>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Choice<'a> {
    pub(crate) parts: Vec<Part<'a>>,
    pub(crate) finish: Finish,
    /// The stop sequence that ended it, if the provider says which.
    pub(crate) stopped_by: Option<Text<'a>>,
    pub(crate) logprobs: Vec<TokenLogprob<'a>>,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Finish {
    Stop,
    StopSequence,
    Length,
    ToolCalls,
    /// The provider's filter.
    Filtered,
    /// The model itself declined.
    Refused,
    /// A long turn of provider tools, to be continued (Anthropic's `pause_turn`).
    Paused,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TokenLogprob<'a> {
    pub(crate) token: Text<'a>,
    pub(crate) logprob: f64,
    pub(crate) top: Vec<(Text<'a>, f64)>,
}

/// A piece of a streamed answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Event<'a> {
    /// Comes once, before anything else.
    Start {
        id: Text<'a>,
        model: Text<'a>,
        created: u64,
    },
    Text {
        choice: u64,
        text: Text<'a>,
    },
    Reasoning {
        choice: u64,
        text: Text<'a>,
    },
    /// The seal on the thoughts so far.
    Signature {
        choice: u64,
        text: Text<'a>,
    },
    Redacted {
        choice: u64,
        data: Text<'a>,
    },
    Refusal {
        choice: u64,
        text: Text<'a>,
    },
    /// `index` counts the choice's tool calls.
    ToolStart {
        choice: u64,
        index: u64,
        id: Text<'a>,
        name: Text<'a>,
        signature: Option<Text<'a>>,
    },
    ToolArguments {
        choice: u64,
        index: u64,
        json: Text<'a>,
    },
    Logprobs {
        choice: u64,
        tokens: Vec<TokenLogprob<'a>>,
    },
    Finish {
        choice: u64,
        finish: Finish,
        stopped_by: Option<Text<'a>>,
    },
}
