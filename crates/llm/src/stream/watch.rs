use std::sync::LazyLock;

use http::HeaderMap;
use memchr::memmem::Finder;

use super::StreamOutcome;
use crate::{
    FailureClass, Finding, Meter, UpstreamFailure, Usage, Wire,
    event_stream::Frame,
    extract, failure,
    json::{Node, object},
    sse::Event,
};

static USAGE: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"usage\""));
static CONTENT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"content\""));
static TEXT: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"text\""));
static ERROR: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"error\""));
static FINISH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"finishReason\""));
static LENGTH: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"\"length\""));

/// What becomes of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Pass,
    /// It only reports usage, which the client did not ask for.
    TakeOut,
}

/// Reads a stream that passes by: usage, model, content, terminator. Most events are only searched, not parsed.
#[derive(Debug)]
pub(crate) struct Watch {
    wire: Wire,
    strips_usage: bool,
    pub(super) finding: Finding,
    pub(super) has_content: bool,
    pub(super) complete: bool,
    failure: Option<UpstreamFailure>,
    events: u64,
    written_events: u64,
    written_bytes: u64,
    /// `id` of the answer, for an ending of our own.
    pub(super) id: Box<str>,
    /// The content block that is open (Anthropic).
    pub(super) open_block: Option<u64>,
    /// The usage object so far (Anthropic reports it in two events).
    usage_text: Option<Box<str>>,
}

impl Watch {
    pub(super) fn new(wire: Wire, strips_usage: bool) -> Self {
        Self {
            wire,
            strips_usage,
            finding: Finding::default(),
            has_content: false,
            complete: false,
            failure: None,
            events: 0,
            written_events: 0,
            written_bytes: 0,
            id: "".into(),
            open_block: None,
            usage_text: None,
        }
    }

    pub(super) fn finish(self) -> StreamOutcome {
        StreamOutcome { finding: self.finding, complete: self.complete, failure: self.failure }
    }

    pub(super) fn reported_so_far(&self) -> Option<Usage> {
        self.finding.usage
    }

    pub(super) fn written_tokens(&self) -> u64 {
        self.written_events.max(self.written_bytes.div_ceil(4))
    }

    pub(super) fn event(&mut self, event: Event<'_>) -> Verdict {
        let data = event.data();
        if data.is_empty() {
            return Verdict::Pass;
        }
        match self.wire {
            Wire::OpenAiChat | Wire::OpenAiCompletions => return self.chat(&data),
            Wire::AnthropicMessages => self.anthropic(event.name(), &data),
            Wire::GeminiGenerate => self.gemini(&data),
            _ => self.typed(&data),
        }
        self.events += 1;
        Verdict::Pass
    }

    /// A frame of Bedrock's.
    pub(super) fn frame(&mut self, frame: &Frame) {
        if &*frame.message_type != "event" {
            let status = match &*frame.kind {
                "throttlingException" => 429,
                "validationException" => 400,
                "serviceUnavailableException" => 503,
                _ => 500,
            };
            self.fail(status, &frame.payload);
            if let Some(failure) = &mut self.failure {
                failure.code = Some(frame.kind.clone());
            }
            return;
        }
        let Ok(node) = Node::parse(&frame.payload) else { return };
        match &*frame.kind {
            "contentBlockDelta" => self.wrote(node.some("delta").map_or(0, visible_length)),
            "contentBlockStart" if node.some("start").is_some() => self.wrote(0),
            "messageStop" => {
                self.complete = true;
                let reason = node.some("stopReason").and_then(Node::string);
                self.finding.truncated |= reason.as_deref() == Some("max_tokens");
            }
            "metadata" => {
                if let Some(usage) = node.some("usage") {
                    self.finding.report(usage, extract::read(extract::Shape::Bedrock, usage));
                }
            }
            _ => {}
        }
    }

    /// A whole answer came where a stream was to be made.
    pub(super) fn whole(&mut self, body: &[u8]) {
        if let Ok(node) = Node::parse(body) {
            self.finding = Finding::read(self.wire, node);
        }
        self.has_content = true;
        self.complete = true;
    }

    /// The stream ended inside a frame.
    pub(super) fn cut(&mut self) {
        self.complete = false;
    }

    /// What came can't be understood.
    pub(super) fn garbled(&mut self, error: &dyn std::error::Error) {
        self.complete = false;
        self.failure = Some(UpstreamFailure {
            status: 502,
            class: FailureClass::Server,
            message: error.to_string(),
            code: None,
            retry_after: None,
            wire: self.wire,
            body: bytes::Bytes::new(),
        });
    }

    fn note_first(&mut self, node: Node<'_>) {
        if let Some(model) = node.some("model").or_else(|| node.some("modelVersion")).and_then(Node::string) {
            self.finding.model = Some(model.as_ref().into());
        }
        if let Some(id) = node.some("id").or_else(|| node.some("responseId")).and_then(Node::string) {
            self.id = id.as_ref().into();
        }
    }

    fn wrote(&mut self, bytes: usize) {
        self.has_content = true;
        self.written_events += 1;
        self.written_bytes += bytes as u64;
    }

    fn fail(&mut self, status: u16, data: &[u8]) {
        let body = bytes::Bytes::copy_from_slice(data);
        self.failure = Some(failure::read_failure(self.wire, status, &HeaderMap::new(), body));
    }

    fn chat(&mut self, data: &[u8]) -> Verdict {
        if data == b"[DONE]" {
            self.complete = true;
            return Verdict::Pass;
        }
        if self.finding.model.is_none()
            && self.events < 4
            && let Ok(node) = Node::parse(data)
        {
            self.note_first(node);
        }
        self.events += 1;
        if LENGTH.find(data).is_some() {
            self.finding.truncated = true;
        }
        if let Some(length) =
            string_after(data, &CONTENT).or_else(|| string_after(data, &TEXT)).filter(|length| *length > 0)
        {
            self.wrote(length);
        } else if !self.has_content || data.len() > 64 {
            self.chat_without_text(data);
        }
        if reports(data)
            && let Ok(node) = Node::parse(data)
        {
            return self.chat_usage(node);
        }
        Verdict::Pass
    }

    /// Tool calls, reasoning, audio, refusals, errors: whatever else a delta holds.
    fn chat_without_text(&mut self, data: &[u8]) {
        let Ok(node) = Node::parse(data) else { return };
        if ERROR.find(data).is_some() && node.some("error").is_some() && node.some("choices").is_none() {
            return self.fail(
                node.some("error")
                    .and_then(|e| e.some("code"))
                    .and_then(Node::whole)
                    .map_or(500, |c| c.clamp(400, 599) as u16),
                data,
            );
        }
        for choice in node.some("choices").map(Node::elements).unwrap_or_default() {
            for field in choice.some("delta").map(Node::fields).unwrap_or_default() {
                let empty = field.value.is_null() || matches!(field.value.text(), "\"\"" | "[]" | "{}");
                if &*field.key != "role" && !empty {
                    self.wrote(visible_length(field.value));
                }
            }
        }
    }

    fn chat_usage(&mut self, node: Node<'_>) -> Verdict {
        // Groq's older streams keep it in an object of their own.
        let usage = node.some("usage").or_else(|| node.some("x_groq")?.some("usage"));
        let Some(usage) = usage.filter(|usage| usage.is_object()) else { return Verdict::Pass };
        self.finding.report(usage, extract::recognize(usage));
        if let Some(tier) = node.some("service_tier").and_then(Node::string) {
            self.finding.service_tier = extract::tier_of(&tier);
        }
        let only_usage = node.some("choices").is_some_and(|choices| choices.elements().is_empty());
        if self.strips_usage && only_usage { Verdict::TakeOut } else { Verdict::Pass }
    }

    fn anthropic(&mut self, name: Option<&str>, data: &[u8]) {
        let Ok(node) = Node::parse(data) else { return };
        let kind = node.some("type").and_then(Node::string);
        match kind.as_deref().or(name) {
            Some("message_start") => {
                let message = node.some("message").unwrap_or(node);
                self.note_first(message);
                self.merge_usage(message.some("usage"));
            }
            Some("content_block_start") => {
                self.open_block = node.some("index").and_then(Node::whole);
                let block = node.some("content_block").and_then(|block| block.some("type")).and_then(Node::string);
                if block.is_some_and(|kind| kind != "text" && kind != "thinking") {
                    self.wrote(0);
                }
            }
            Some("content_block_delta") => {
                let length = node.some("delta").map_or(0, visible_length);
                self.wrote(length);
            }
            Some("content_block_stop") => self.open_block = None,
            Some("message_delta") => {
                self.merge_usage(node.some("usage"));
                let reason = node.some("delta").and_then(|delta| delta.some("stop_reason")).and_then(Node::string);
                self.finding.truncated |= reason.as_deref() == Some("max_tokens");
            }
            Some("message_stop") => self.complete = true,
            Some("error") => self.fail(529, data),
            _ => {}
        }
    }

    /// `message_delta` repeats and completes what `message_start` said.
    fn merge_usage(&mut self, update: Option<Node<'_>>) {
        let Some(update) = update.filter(|node| node.is_object()) else { return };
        let mut merged = Vec::new();
        let before = self.usage_text.take();
        object(&mut merged, |usage| {
            for field in before.as_deref().map(|text| Node::trusted(text).fields()).unwrap_or_default() {
                if update.some(&field.key).is_none() {
                    usage.field(&field.key, field.value);
                }
            }
            for field in update.fields().iter().filter(|field| !field.value.is_null()) {
                usage.field(&field.key, field.value);
            }
        });
        let text: Box<str> = String::from_utf8_lossy(&merged).into();
        let node = Node::trusted(&text);
        self.finding.report(node, extract::read(extract::Shape::Anthropic, node));
        self.usage_text = Some(text);
    }

    fn gemini(&mut self, data: &[u8]) {
        let Ok(node) = Node::parse(data) else { return };
        if self.events == 0 {
            self.note_first(node);
        }
        if let Some(usage) = node.some("usageMetadata") {
            self.finding.report(usage, extract::read(extract::Shape::Gemini, usage));
        }
        if node.some("error").is_some() {
            return self.fail(500, data);
        }
        let candidates = node.some("candidates").map(Node::elements).unwrap_or_default();
        for candidate in &candidates {
            let parts = candidate.some("content").and_then(|content| content.some("parts"));
            for part in parts.map(Node::elements).unwrap_or_default() {
                self.wrote(visible_length(part));
            }
        }
        let finished =
            FINISH.find(data).is_some() && candidates.iter().any(|candidate| candidate.some("finishReason").is_some());
        self.complete |=
            finished || node.some("promptFeedback").is_some_and(|feedback| feedback.some("blockReason").is_some());
        self.finding.truncated |= candidates
            .iter()
            .any(|candidate| candidate.some("finishReason").and_then(Node::string).as_deref() == Some("MAX_TOKENS"));
    }

    /// Events that carry their type: responses, images, audio.
    fn typed(&mut self, data: &[u8]) {
        if data == b"[DONE]" {
            return;
        }
        let Ok(node) = Node::parse(data) else { return };
        let kind = node.some("type").and_then(Node::string).unwrap_or_default();
        let response = node.some("response").unwrap_or(node);
        if self.finding.model.is_none() {
            self.note_first(response);
        }
        if let Some(usage) = response.some("usage").filter(|usage| usage.is_object()) {
            self.finding.report(usage, extract::recognize(usage));
        }
        if let Some(tier) = response.some("service_tier").and_then(Node::string) {
            self.finding.service_tier = extract::tier_of(&tier);
        }
        match &*kind {
            "response.completed" | "response.incomplete" => {
                self.complete = true;
                self.finding.truncated |= kind == "response.incomplete";
            }
            "response.failed" | "error" => self.fail(500, data),
            kind if kind.ends_with(".delta") => {
                self.wrote(node.some("delta").map_or(0, |delta| delta.text().len().saturating_sub(2)))
            }
            "image_generation.partial_image" => self.wrote(0),
            kind if self.wire != Wire::OpenAiResponses && (kind.ends_with(".done") || kind.ends_with(".completed")) => {
                self.has_content = true;
                self.complete = true;
            }
            _ => {}
        }
    }
}

/// The event has a `usage` that is not `null`. Inside a string the quotes would be escaped.
fn reports(data: &[u8]) -> bool {
    USAGE.find_iter(data).any(|at| {
        let rest = data[at + 7..].trim_ascii_start();
        rest.strip_prefix(b":").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"{"))
    })
}

/// The length of the string that follows that key.
fn string_after(data: &[u8], key: &Finder<'_>) -> Option<usize> {
    let at = key.find(data)? + key.needle().len();
    let rest = data[at..].trim_ascii_start().strip_prefix(b":")?.trim_ascii_start().strip_prefix(b"\"")?;
    let mut length = 0;
    loop {
        let found = memchr::memchr2(b'"', b'\\', &rest[length..])?;
        length += found;
        if rest[length] == b'"' {
            return Some(length);
        }
        length = (length + 2).min(rest.len());
    }
}

/// The bytes of all strings inside a delta but its names of types.
fn visible_length(node: Node<'_>) -> usize {
    if node.is_string() {
        return node.text().len() - 2;
    }
    let inside = node
        .fields()
        .iter()
        .filter(|field| !matches!(&*field.key, "type" | "id" | "signature" | "thoughtSignature"))
        .map(|field| visible_length(field.value))
        .sum::<usize>();
    inside + node.elements().iter().map(|item| visible_length(*item)).sum::<usize>()
}

impl Watch {
    /// The chunk with which this stream of chat completions may be ended.
    pub(super) fn chat_head(&self, write: impl FnOnce(&mut crate::json::Object<'_>)) -> Vec<u8> {
        let mut out = Vec::new();
        let kind = if self.wire == Wire::OpenAiCompletions { "text_completion" } else { "chat.completion.chunk" };
        object(&mut out, |chunk| {
            chunk.field("id", &self.id).field("object", kind).field("created", 0u64);
            chunk.field("model", self.finding.model.as_deref().unwrap_or(""));
            write(chunk);
        });
        out
    }

    /// Input and output as the client's dialect last heard of them.
    pub(super) fn output_so_far(&self) -> u64 {
        self.finding.usage.map_or(0, |usage| usage.get(Meter::OutputTokens)).max(self.written_tokens())
    }
}
