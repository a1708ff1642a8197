mod anthropic;
mod bedrock;
mod gemini;
mod openai;

use http::HeaderMap;

use super::StreamOutcome;
use crate::{
    FailureClass, Finding, Meter, UpstreamFailure, Usage, Wire, failure,
    json::{Node, object},
    sse::Event,
};

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

    /// A whole answer came where a stream was to be made.
    pub(super) fn whole(&mut self, body: &[u8]) {
        if let Ok(node) = Node::parse(body) {
            self.finding = Finding::read(self.wire, node, &node.fields());
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
