//! An answer that is passed on as it arrives.

use std::{
    collections::VecDeque,
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::{Arc, Weak},
    task::{Context, Poll, Waker, ready},
    time::Duration,
};

use bytes::Bytes;
use glaux_kernel::problem::Code;
use glaux_ledger::{Commit, record::Status};
use parking_lot::Mutex;
use tokio::{
    task::AbortHandle,
    time::{Instant, Sleep},
};

use crate::{
    exchange::{Broken, Exchange, Open, Received},
    settle::{self, End},
};

/// A stream on its way to the client. Dropped before its end, it is settled by [`Exchange`].
pub struct Relay {
    passing: Arc<Mutex<Passing>>,
    /// Ends what passes when its time is over, whether or not the client still reads.
    watch: AbortHandle,
}

/// What has come and not gone.
struct Passing {
    exchange: Option<Exchange>,
    /// Translated and not sent on.
    ready: VecDeque<Bytes>,
    /// The settlement of a stream that is over; what is ready goes out after it.
    commit: Option<Commit>,
    idle: Pin<Box<Sleep>>,
    idle_timeout: Duration,
    last_data: Instant,
    /// Who waits for the next piece.
    waiting: Option<Waker>,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay").field("over", &self.passing.lock().exchange.is_none()).finish_non_exhaustive()
    }
}

impl Relay {
    /// Passes on what `exchange` still receives, after `ready`.
    pub(crate) fn new(mut exchange: Exchange, ready: Vec<Bytes>) -> Self {
        let open = exchange.open();
        let limits = open.model.provider.limits;
        let spent = open.call.gateway.clock.monotonic().saturating_sub(open.sent_at);
        let left = Duration::from_millis(limits.total_timeout_ms).saturating_sub(spent);
        let idle_timeout = Duration::from_millis(limits.idle_timeout_ms);
        let now = Instant::now();
        let passing = Arc::new(Mutex::new(Passing {
            exchange: Some(exchange),
            ready: ready.into(),
            commit: None,
            idle: Box::pin(tokio::time::sleep_until(now + idle_timeout)),
            idle_timeout,
            last_data: now,
            waiting: None,
        }));
        // Aborted with the relay, so it lasts no longer.
        let watch = tokio::spawn(end_after(left, Arc::downgrade(&passing))).abort_handle();
        Self { passing, watch }
    }

    /// The next piece for the client; `None` at the end.
    pub(crate) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        self.passing.lock().poll_next(context)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// A client that stops reading must not keep its place at the provider, nor what is held for it.
async fn end_after(left: Duration, passing: Weak<Mutex<Passing>>) {
    tokio::time::sleep(left).await;
    let Some(passing) = passing.upgrade() else { return };
    passing.lock().run_out();
    poll_fn(|context| passing.lock().poll_commit(context)).await;
    let waiting = passing.lock().waiting.take();
    if let Some(waker) = waiting {
        waker.wake();
    }
}

impl Passing {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.is_complete() {
            self.finish(None);
        }
        loop {
            if self.poll_commit(context).is_pending() {
                self.wait(context);
                return Poll::Pending;
            }
            if let Some(bytes) = self.ready.pop_front() {
                return Poll::Ready(Some(bytes));
            }
            if self.exchange.is_none() {
                return Poll::Ready(None);
            }
            if self.poll_upstream(context).is_pending() {
                self.wait(context);
                return Poll::Pending;
            }
        }
    }

    /// Ready once what was settled is written.
    fn poll_commit(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(commit) = &mut self.commit else { return Poll::Ready(()) };
        let written = ready!(Pin::new(commit).poll(context));
        self.commit = None;
        if let Err(error) = written {
            tracing::error!(%error, "a settlement is not on disk");
        }
        Poll::Ready(())
    }

    /// The time for the whole answer is over.
    fn run_out(&mut self) {
        let broken = (!self.is_complete()).then_some(Broken::TimedOut);
        self.finish(broken);
    }

    fn wait(&mut self, context: &Context<'_>) {
        match &mut self.waiting {
            Some(waker) => waker.clone_from(context.waker()),
            None => self.waiting = Some(context.waker().clone()),
        }
    }

    /// Takes in one piece, or the end, or the loss of patience.
    fn poll_upstream(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(exchange) = &mut self.exchange else { return Poll::Ready(()) };
        match exchange.open().poll_data(context) {
            Poll::Ready(Ok(Some(data))) => {
                self.last_data = Instant::now();
                self.take_in(data);
                Poll::Ready(())
            }
            Poll::Ready(Ok(None)) => {
                self.finish(None);
                Poll::Ready(())
            }
            Poll::Ready(Err(broken)) => {
                self.finish(Some(broken));
                Poll::Ready(())
            }
            Poll::Pending => {
                ready!(self.poll_patience(context));
                self.finish(Some(Broken::TimedOut));
                Poll::Ready(())
            }
        }
    }

    /// Ready when nothing came for too long. The timer is not moved with each piece, only when it fires.
    fn poll_patience(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            ready!(self.idle.as_mut().poll(context));
            let until = self.last_data + self.idle_timeout;
            if until <= Instant::now() {
                return Poll::Ready(());
            }
            self.idle.as_mut().reset(until);
        }
    }

    /// The terminator was seen, and the stream is not settled. It goes out after the settlement is written.
    fn is_complete(&mut self) -> bool {
        let received = self.exchange.as_mut().map(|exchange| &exchange.open().received);
        matches!(received, Some(Received::Stream(translator)) if translator.is_complete())
    }

    fn take_in(&mut self, data: Bytes) {
        let Some(exchange) = &mut self.exchange else { return };
        let Received::Stream(translator) = &mut exchange.open().received else { return };
        let mut out = Vec::new();
        let taken = translator.push(data, &mut out);
        self.ready.extend(out);
        if taken.is_err() {
            self.finish(Some(Broken::Garbled));
        } else if self.is_complete() {
            self.finish(None);
        }
    }

    /// Settles, and appends what the client is still owed: the rest of the stream, or a typed error in its place.
    fn finish(&mut self, broken: Option<Broken>) {
        let Some(mut open) = self.exchange.take().map(Exchange::close) else { return };
        let mut rest = Vec::new();
        let Some(outcome) = open.end_stream(&mut rest) else { return };
        self.ready.extend(rest);
        let broken = broken.or((!outcome.complete && outcome.failure.is_none()).then_some(Broken::Connection));
        let (finding, end) = match (broken, &outcome.failure) {
            (None, None) => (outcome.finding, End::SUCCESS),
            (None, Some(_)) => (outcome.finding, failed(Status::Error, Code::UpstreamError)),
            (Some(broken), _) => {
                self.ready.push_back(terminal_error(&open, broken));
                (outcome.finding, failed(broken.status(), broken.code()))
            }
        };
        let (settled, _) = settle::with_call(open, finding, end);
        self.commit = Some(settled.commit);
    }
}

fn failed(status: Status, code: Code) -> End {
    End { status, http_status: 200, error_code: Some(code.as_str()) }
}

fn terminal_error(open: &Open, broken: Broken) -> Bytes {
    let request_id = open.call.id.to_string();
    let refusal =
        glaux_llm::Refusal { code: broken.code(), message: broken.message(), param: None, request_id: &request_id };
    glaux_llm::terminal_error(open.client_wire, &refusal)
}
