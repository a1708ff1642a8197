//! An answer that streams: back into the client's format as it arrives, while its usage is counted.
//!
//! Where the formats match, chunks pass as they are, without a copy, except that an event that only reports usage is
//! taken out if the client did not ask for it, and that an event cut by the end of a chunk waits for its other half.

mod ending;
mod watch;

use bytes::Bytes;

use crate::{
    Finding, Meter, Refusal, Request, UpstreamFailure, Usage, Wire,
    event_stream::{FrameBuffer, FrameError},
    failure,
    ir::Finish,
    sse::{self, EventBuffer, EventTooLong},
    translate::Bridge,
};
use watch::{Verdict, Watch};

/// Turns the provider's stream into the client's.
#[derive(Debug)]
pub struct StreamTranslator {
    client: Wire,
    outbound: Wire,
    source: Source,
    watch: Watch,
    /// Absent where the formats match.
    bridge: Option<Bridge>,
    input_estimate: u64,
    closed: bool,
}

/// How the provider's bytes are framed.
#[derive(Debug)]
enum Source {
    Events(EventBuffer),
    Frames(FrameBuffer),
    /// A whole answer that is made a stream when it has arrived.
    Whole(Vec<u8>),
}

/// How a stream ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamOutcome {
    /// What the stream said about itself.
    pub finding: Finding,
    /// Its terminator was seen. A stream without one was cut, whatever it held.
    pub complete: bool,
    /// The provider reported an error inside the stream. The client has been told.
    pub failure: Option<UpstreamFailure>,
}

/// The provider's stream can't be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// An event is too long to hold.
    #[error(transparent)]
    TooLong(#[from] EventTooLong),
    /// A frame is broken.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// An event is not what its format promises.
    #[error("an event of the stream is malformed: {0}")]
    Malformed(Box<str>),
}

impl StreamTranslator {
    /// For the answer to `request` that comes in `wire`.
    pub fn new(request: &Request, wire: Wire) -> Self {
        let body = request.body.len() as u64;
        let input_estimate = body.saturating_sub(request.facts.media.encoded_bytes).div_ceil(4);
        let source = match wire {
            Wire::VisionAnnotate => Source::Whole(Vec::new()),
            Wire::BedrockConverse => Source::Frames(FrameBuffer::default()),
            _ => Source::Events(EventBuffer::default()),
        };
        let passes = wire == request.wire;
        Self {
            client: request.wire,
            outbound: wire,
            source,
            watch: Watch::new(wire, !request.facts.wants_stream_usage),
            bridge: (!passes).then(|| Bridge::new(request, wire, input_estimate)),
            input_estimate,
            closed: false,
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
        match &mut self.source {
            Source::Events(buffer) => {
                let complete = buffer.push(chunk)?;
                self.events(&complete, out)
            }
            Source::Frames(buffer) => {
                buffer.push(&chunk);
                self.frames(out)
            }
            Source::Whole(body) if body.len() + chunk.len() > sse::MAX_EVENT => Err(EventTooLong.into()),
            Source::Whole(body) => {
                body.extend_from_slice(&chunk);
                Ok(())
            }
        }
    }

    fn events(&mut self, complete: &Bytes, out: &mut Vec<Bytes>) -> Result<(), StreamError> {
        let Some(bridge) = &mut self.bridge else {
            self.pass(complete, out);
            return Ok(());
        };
        let mut written = Vec::new();
        for event in sse::events(complete) {
            self.watch.event(event);
            bridge.event(event.name().unwrap_or_default(), &event.data(), &mut written)?;
        }
        emit(written, out);
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

    fn frames(&mut self, out: &mut Vec<Bytes>) -> Result<(), StreamError> {
        let (Source::Frames(buffer), Some(bridge)) = (&mut self.source, &mut self.bridge) else { return Ok(()) };
        let mut written = Vec::new();
        while let Some(frame) = buffer.next_frame()? {
            self.watch.frame(&frame);
            if &*frame.message_type == "event" {
                bridge.event(&frame.kind, &frame.payload, &mut written)?;
            }
        }
        emit(written, out);
        Ok(())
    }

    /// The provider's terminator has been seen: usage is known, and nothing but the end of the body is to come.
    pub fn is_complete(&self) -> bool {
        self.watch.complete
    }

    /// Something that a model wrote has been seen. Before that, another provider may still be tried if nothing was sent.
    pub fn has_content(&self) -> bool {
        self.watch.has_content
    }

    /// The provider's stream is over: appends what is left and says how it ended. A translated stream gets its
    /// terminator here, or the provider's error in the client's form; one that was cut gets neither.
    pub fn finish(mut self, out: &mut Vec<Bytes>) -> StreamOutcome {
        match &mut self.source {
            Source::Events(buffer) => {
                let rest = buffer.finish();
                if !rest.is_empty()
                    && let Err(error) = self.events(&rest, out)
                {
                    self.watch.garbled(&error);
                }
            }
            Source::Frames(buffer) if !buffer.is_empty() => self.watch.cut(),
            Source::Frames(_) => {}
            Source::Whole(body) => {
                let body = std::mem::take(body).into();
                self.whole(&body, out);
            }
        }
        let mut outcome = self.watch.finish();
        if let Some(bridge) = self.bridge.as_mut().filter(|_| !self.closed) {
            let mut written = Vec::new();
            match &outcome.failure {
                Some(failure) => failure::stream_event(self.client, failure, &mut written),
                None if outcome.complete => bridge.end(outcome.finding.usage.as_ref(), None, &mut written),
                None => {}
            }
            emit(written, out);
        }
        outcome.complete &= outcome.failure.is_none();
        outcome
    }

    fn whole(&mut self, body: &Bytes, out: &mut Vec<Bytes>) {
        let mut written = Vec::new();
        let read = match &mut self.bridge {
            Some(bridge) => bridge.whole(self.outbound, body, &mut written),
            None => Ok(()),
        };
        match read {
            Ok(()) => self.watch.whole(body),
            Err(error) => self.watch.garbled(&error),
        }
        emit(written, out);
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

    /// Ends the client's stream as a model does that reaches its output limit. Nothing may be pushed afterwards.
    pub fn close(&mut self, out: &mut Vec<Bytes>) {
        self.closed = true;
        let usage = self.estimate();
        match &mut self.bridge {
            None => out.push(ending::length(self.client, &self.watch)),
            Some(bridge) => {
                let mut written = Vec::new();
                bridge.end(Some(&usage), Some(Finish::Length), &mut written);
                emit(written, out);
            }
        }
    }

    /// Ends the client's stream with a typed error.
    pub fn terminal_error(&self, refusal: &Refusal<'_>) -> Bytes {
        terminal_error(self.client, refusal)
    }
}

fn emit(written: Vec<u8>, out: &mut Vec<Bytes>) {
    if !written.is_empty() {
        out.push(written.into());
    }
}

/// An error event in the form of `client`'s streams.
pub fn terminal_error(client: Wire, refusal: &Refusal<'_>) -> Bytes {
    let (code, request_id) = (refusal.code, refusal.request_id);
    let mut out = Vec::new();
    failure::write_event(
        client,
        code.status(),
        Some(code.as_str()),
        refusal.message,
        refusal.param,
        request_id,
        &mut out,
    );
    out.into()
}
