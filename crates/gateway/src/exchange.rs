//! One attempt that was sent: what is open of it, and how it is closed whatever happens.
//!
//! An [`Exchange`] owns the call, its hold and the connection. Dropped before it is closed (the client hung up, a task
//! was aborted), it reads on in the background for the usage that comes at the end, as long as the provider's
//! configuration says, and then settles.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::{Bytes, BytesMut};
use glaux_kernel::{Timestamp, problem::Code};
use glaux_ledger::{SentHold, record::Status};
use glaux_llm::{Finding, Request, StreamOutcome, StreamTranslator, Usage, Wire};
use glaux_routing::Model;
use http::{HeaderMap, StatusCode, response::Parts};

use crate::{
    call::Call,
    health::{ModelHealth, Outcome},
    pacing::Place,
    settle,
    upstream::{Answering, AnsweringBody, BrokenUpstream},
};

/// A stream that begins with more bytes than this without a word of the model is given up: it would all be kept.
const LONGEST_PREAMBLE: usize = 1 << 20;

/// What became of an attempt while it was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Broken {
    /// Nothing reached the provider.
    NotSent,
    /// The connection ended before the answer did, or was not HTTP.
    Connection,
    /// A time limit ran out.
    TimedOut,
    /// The answer is longer than is read.
    TooLong,
    /// The answer is not what the provider's API promises.
    Garbled,
}

impl Broken {
    pub(crate) fn code(self) -> Code {
        match self {
            Self::TimedOut => Code::UpstreamTimeout,
            Self::NotSent | Self::Connection | Self::TooLong | Self::Garbled => Code::UpstreamError,
        }
    }

    pub(crate) fn status(self) -> Status {
        match self {
            Self::TimedOut => Status::Timeout,
            Self::NotSent | Self::Connection | Self::TooLong | Self::Garbled => Status::Error,
        }
    }

    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::NotSent => "The provider can't be reached.",
            Self::Connection => "The connection to the provider broke before its answer was complete.",
            Self::TimedOut => "The provider did not answer in time.",
            Self::TooLong => "The provider's answer is longer than is read.",
            Self::Garbled => "The provider's answer is not what its API promises.",
        }
    }
}

impl From<BrokenUpstream> for Broken {
    fn from(broken: BrokenUpstream) -> Self {
        match broken {
            BrokenUpstream::NotSent => Self::NotSent,
            BrokenUpstream::Connection => Self::Connection,
        }
    }
}

/// An attempt that was sent and is not settled.
pub(crate) struct Exchange(Option<Box<Open>>);

/// Everything that is open of an attempt.
pub(crate) struct Open {
    pub(crate) call: Box<Call>,
    pub(crate) hold: SentHold,
    /// The client's format.
    pub(crate) client_wire: Wire,
    /// What was asked, until a stream begins to be passed on.
    pub(crate) request: Option<Arc<Request>>,
    pub(crate) model: Arc<Model>,
    pub(crate) health: Arc<ModelHealth>,
    /// The provider's format.
    pub(crate) wire: Wire,
    /// The most that it can use: charged when nothing else is known.
    pub(crate) bound: Usage,
    /// What the bound costs, in nano-dollars.
    pub(crate) held_nanos: i64,
    /// Not all of the bound has a price.
    pub(crate) is_unpriced: bool,
    /// What it is taken to have used when the provider answered and reported nothing.
    pub(crate) estimate: Usage,
    /// When its hold opened: the moment whose prices hold.
    pub(crate) opened_at: Timestamp,
    pub(crate) sent_at: Duration,
    pub(crate) first_byte: Option<Duration>,
    pub(crate) head: Option<Head>,
    pub(crate) received: Received,
    pub(crate) upstream: Upstream,
    /// Given back with the rest.
    pub(crate) _place: Place,
}

/// The status and headers of an answer.
pub(crate) struct Head {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// The provider's own id of the request.
    pub(crate) upstream_request_id: Option<String>,
}

impl From<Parts> for Head {
    fn from(parts: Parts) -> Self {
        let names = ["x-request-id", "request-id", "x-amzn-requestid", "apim-request-id"];
        let id = names.iter().find_map(|name| parts.headers.get(*name)?.to_str().ok()).map(str::to_owned);
        Self { status: parts.status, headers: parts.headers, upstream_request_id: id }
    }
}

/// What has come of the answer.
pub(crate) enum Received {
    /// Pieces of a whole.
    Whole(BytesMut),
    /// A stream, as far as it was translated.
    Stream(Box<StreamTranslator>),
    /// A stream that is over, and an estimate of what it used.
    Ended(Usage),
}

/// Where an attempt stands on the wire.
pub(crate) enum Upstream {
    /// The head of the answer has not come.
    Waiting(Answering),
    /// The body is coming.
    Reading(AnsweringBody),
    /// Nothing more comes.
    Over,
}

impl Exchange {
    pub(crate) fn new(open: Open) -> Self {
        Self(Some(Box::new(open)))
    }

    /// What is open.
    pub(crate) fn open(&mut self) -> &mut Open {
        self.0.as_deref_mut().unwrap_or_else(|| unreachable!("taken out only by value"))
    }

    /// Takes out what is open; the taker settles it.
    pub(crate) fn close(mut self) -> Box<Open> {
        self.0.take().unwrap_or_else(|| unreachable!("taken out only by value"))
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let Some(open) = self.0.take() else { return };
        let patience = Duration::from_millis(open.model.provider.limits.drain_timeout_ms);
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if !patience.is_zero() && !open.is_over() => {
                runtime.spawn(drain(Draining(Some(open)), patience));
            }
            Ok(_) | Err(_) => settle::cut_off(open, Status::Cancelled, None),
        }
    }
}

/// An exchange that nobody waits for any more. Dropped with its runtime, it is settled by what is known, at once.
struct Draining(Option<Box<Open>>);

impl Drop for Draining {
    fn drop(&mut self) {
        if let Some(open) = self.0.take() {
            settle::cut_off(open, Status::Cancelled, None);
        }
    }
}

/// Reads an answer that nobody waits for any more to its end, for the usage that comes there.
async fn drain(mut draining: Draining, patience: Duration) {
    let Some(open) = &mut draining.0 else { return };
    let Ok(Ok(finding)) = tokio::time::timeout(patience, open.read_to_end()).await else { return };
    if let Some(open) = draining.0.take() {
        settle::after_hang_up(open, finding);
    }
}

impl Open {
    fn is_over(&self) -> bool {
        matches!(self.upstream, Upstream::Over)
    }

    /// Waits for the status and headers.
    pub(crate) async fn read_head(&mut self) -> Result<&Head, Broken> {
        let limits = self.model.provider.limits;
        let patience = Duration::from_millis(limits.first_byte_timeout_ms.min(limits.total_timeout_ms));
        let answer = match &mut self.upstream {
            Upstream::Waiting(answering) => match tokio::time::timeout(patience, answering).await {
                Ok(answer) => answer.map_err(Broken::from),
                Err(_) => Err(Broken::TimedOut),
            },
            Upstream::Reading(_) | Upstream::Over => Err(Broken::Garbled),
        };
        match answer {
            Ok((parts, body)) => {
                self.upstream = Upstream::Reading(body);
                self.first_byte = Some(self.call.gateway.clock.monotonic().saturating_sub(self.sent_at));
                Ok(self.head.insert(Head::from(parts)))
            }
            Err(broken) => {
                self.upstream = Upstream::Over;
                Err(broken)
            }
        }
    }

    /// The next piece of the body.
    pub(crate) fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, Broken>> {
        let Upstream::Reading(body) = &mut self.upstream else { return Poll::Ready(Ok(None)) };
        let data = ready!(body.poll_data(context));
        if !matches!(data, Ok(Some(_))) {
            self.upstream = Upstream::Over;
        }
        Poll::Ready(data.map_err(Broken::from))
    }

    /// Reads the rest of a body that is not streamed.
    pub(crate) async fn read_body(&mut self) -> Result<Bytes, Broken> {
        let limits = self.model.provider.limits;
        let spent = self.call.gateway.clock.monotonic().saturating_sub(self.sent_at);
        let patience = Duration::from_millis(limits.total_timeout_ms).saturating_sub(spent);
        let most = self.call.gateway.config.max_answer_bytes;
        tokio::time::timeout(patience, self.collect(most)).await.map_err(|_| Broken::TimedOut)?
    }

    async fn collect(&mut self, most: usize) -> Result<Bytes, Broken> {
        let mut first = Bytes::new();
        while let Some(data) = poll_fn(|context| self.poll_data(context)).await? {
            let Received::Whole(rest) = &mut self.received else { return Err(Broken::Garbled) };
            if first.len() + rest.len() + data.len() > most {
                return Err(Broken::TooLong);
            }
            if first.is_empty() && rest.is_empty() {
                first = data;
            } else {
                rest.extend_from_slice(&std::mem::take(&mut first));
                rest.extend_from_slice(&data);
            }
        }
        match &mut self.received {
            Received::Whole(rest) if !rest.is_empty() => Ok(rest.split().freeze()),
            Received::Whole(_) | Received::Stream(_) | Received::Ended(_) => Ok(first),
        }
    }

    /// Reads a stream up to the first thing that a model wrote, or its end; what it holds so far goes to `ready`.
    pub(crate) async fn read_first_content(&mut self, ready: &mut Vec<Bytes>) -> Result<(), Broken> {
        let limits = self.model.provider.limits;
        let patience = Duration::from_millis(limits.first_byte_timeout_ms.min(limits.total_timeout_ms));
        let reading = async {
            let mut read = 0;
            loop {
                let Received::Stream(translator) = &mut self.received else { return Err(Broken::Garbled) };
                if translator.has_content() || translator.is_complete() {
                    return Ok(());
                }
                let Some(data) = poll_fn(|context| self.poll_data(context)).await? else {
                    return if self.wire == Wire::VisionAnnotate { Ok(()) } else { Err(Broken::Connection) };
                };
                read += data.len();
                if read > LONGEST_PREAMBLE {
                    return Err(Broken::TooLong);
                }
                let Received::Stream(translator) = &mut self.received else { return Err(Broken::Garbled) };
                translator.push(data, ready).map_err(|_| Broken::Garbled)?;
            }
        };
        tokio::time::timeout(patience, reading).await.map_err(|_| Broken::TimedOut)?
    }

    /// No other model will be tried: lets go of what was asked and of the answer's headers. They are parts of the
    /// buffers that they were read into, which would last as long as the stream.
    pub(crate) fn forget_request(&mut self) {
        self.request = None;
        if let Some(head) = &mut self.head {
            head.headers = HeaderMap::new();
        }
    }

    /// Reads whatever is still to come, and what it says of usage.
    async fn read_to_end(&mut self) -> Result<Finding, Broken> {
        if self.head.is_none() {
            self.read_head().await?;
        }
        if matches!(self.received, Received::Whole(_)) {
            let body = self.read_body().await?;
            return settle::finding_of_whole(self, body);
        }
        while let Some(data) = poll_fn(|context| self.poll_data(context)).await? {
            let Received::Stream(translator) = &mut self.received else { break };
            translator.push(data, &mut Vec::new()).map_err(|_| Broken::Garbled)?;
        }
        let outcome = self.end_stream(&mut Vec::new()).ok_or(Broken::Garbled)?;
        Ok(outcome.finding)
    }

    /// Ends the translation of a stream and appends what is left of it to `out`.
    ///
    /// Usage that a stream reported before it was cut is part of the estimate, not a total.
    pub(crate) fn end_stream(&mut self, out: &mut Vec<Bytes>) -> Option<StreamOutcome> {
        let Received::Stream(translator) = std::mem::replace(&mut self.received, Received::Ended(Usage::default()))
        else {
            return None;
        };
        self.received = Received::Ended(translator.estimate());
        let mut outcome = translator.finish(out);
        if !outcome.complete {
            outcome.finding.usage = None;
        }
        Some(outcome)
    }

    /// How this attempt counts for the health of its model.
    pub(crate) fn count(&self, outcome: Outcome) {
        self.health.record(outcome, self.call.gateway.clock.monotonic());
    }
}
