//! An answer that streams: back into the client's format as it arrives, while its usage is counted.
//!
//! Where the formats match, chunks pass as they are, without a copy, except that an event that only reports usage is
//! taken out if the client did not ask for it, and that an event cut by the end of a chunk waits for its other half.

mod ending;
mod watch;

use bytes::Bytes;

use crate::{
    Dialect, Finding, Meter, Refusal, Request, UpstreamFailure, Usage, Wire, failure,
    sse::{self, EventBuffer, EventTooLong},
};
use watch::{Verdict, Watch};

/// Turns the provider's stream into the client's.
#[derive(Debug)]
pub struct StreamTranslator {
    client: Wire,
    buffer: EventBuffer,
    watch: Watch,
    input_estimate: u64,
}

/// How a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamOutcome {
    /// What the stream said about itself.
    pub finding: Finding,
    /// Its terminator was seen. A stream without one was cut, whatever it held.
    pub complete: bool,
    /// The provider reported an error inside the stream.
    pub failure: Option<UpstreamFailure>,
}

/// The provider's stream can't be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// An event is too long to hold.
    #[error(transparent)]
    TooLong(#[from] EventTooLong),
    /// An event is not what its format promises.
    #[error("an event of the stream is malformed: {0}")]
    Malformed(Box<str>),
}

impl StreamTranslator {
    /// For the answer to `request` that comes in `outbound_wire`.
    pub fn new(request: &Request, outbound_wire: Wire) -> Self {
        let strips_usage = !request.facts.wants_stream_usage;
        let text = request.body.len() as u64 - request.facts.media.encoded_bytes.min(request.body.len() as u64);
        Self {
            client: request.wire,
            buffer: EventBuffer::default(),
            watch: Watch::new(outbound_wire, strips_usage),
            input_estimate: text.div_ceil(4),
        }
    }

    /// The content type the client is answered with.
    pub const fn content_type(&self) -> &'static str {
        "text/event-stream"
    }

    /// Takes in a chunk and appends to `out` what goes to the client.
    ///
    /// # Errors
    /// The stream is not what its format promises; nothing more can be made of it.
    pub fn push(&mut self, chunk: Bytes, out: &mut Vec<Bytes>) -> Result<(), StreamError> {
        let complete = self.buffer.push(chunk)?;
        self.pass(&complete, out);
        Ok(())
    }

    fn pass(&mut self, complete: &Bytes, out: &mut Vec<Bytes>) {
        let (mut kept, mut at) = (0, 0);
        for event in sse::events(complete) {
            let end = at + event.raw.len();
            if self.watch.event(event) == Verdict::TakeOut {
                if kept < at {
                    out.push(complete.slice(kept..at));
                }
                kept = end;
            }
            at = end;
        }
        if kept < at {
            out.push(complete.slice(kept..at));
        }
    }

    /// Something that a model wrote has been seen. Before that, another provider may still be tried if nothing was sent.
    pub fn has_content(&self) -> bool {
        self.watch.has_content
    }

    /// The provider's stream is over: appends what is left and says how it ended.
    pub fn finish(mut self, out: &mut Vec<Bytes>) -> StreamOutcome {
        let rest = self.buffer.finish();
        if !rest.is_empty() {
            self.pass(&rest, out);
        }
        self.watch.finish()
    }

    /// What has been used so far: the provider's own figures where the stream already had them, else a count of what
    /// went by, at four bytes a token and at least one token per event. An estimate, for streams that are cut.
    pub fn estimate(&self) -> Usage {
        let mut usage = self.watch.reported_so_far().unwrap_or_default().with(Meter::Calls, 1);
        if usage.total(crate::MeterGroup::Input) == 0 {
            usage.set(Meter::InputTokens, self.input_estimate);
        }
        let written = self.watch.written_tokens();
        let reported = usage.total(crate::MeterGroup::Output);
        usage.add(Meter::OutputTokens, written.saturating_sub(reported));
        usage
    }

    /// Output tokens that went by, estimated as in [`StreamTranslator::estimate`].
    pub fn written_tokens(&self) -> u64 {
        self.watch.written_tokens()
    }

    /// Ends the client's stream as a model does that reaches its output limit.
    pub fn close(&mut self, out: &mut Vec<Bytes>) {
        out.push(ending::length(self.client, &self.watch));
    }

    /// Ends the client's stream with a typed error.
    pub fn terminal_error(&self, refusal: &Refusal<'_>) -> Bytes {
        terminal_error(self.client, refusal)
    }
}

/// An error event in the form of `client`'s streams.
pub fn terminal_error(client: Wire, refusal: &Refusal<'_>) -> Bytes {
    let dialect = client.dialect().unwrap_or(Dialect::OpenAi);
    let mut data = Vec::new();
    let (code, message) = (refusal.code, refusal.message);
    if client == Wire::OpenAiResponses {
        crate::json::object(&mut data, |event| {
            event.field("type", "error").field("code", code.as_str()).field("message", message);
            event.field("param", refusal.param).field("sequence_number", 0u64);
        });
    } else {
        let code_text = Some(code.as_str());
        failure::error_object(dialect, code.status(), code_text, message, refusal.param, refusal.request_id, &mut data);
    }
    let named = dialect == Dialect::Anthropic || client == Wire::OpenAiResponses;
    let mut out = Vec::with_capacity(data.len() + 24);
    sse::write(named.then_some("error"), &data, &mut out);
    out.into()
}
