//! The sandbox as an upstream: a scripted performance that takes its time.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use glaux_llm::{Outbound, sandbox};
use http::{Response, header, response::Parts};
use tokio::time::{Sleep, sleep};

use crate::upstream::BrokenUpstream;

/// A performance whose head was not asked for yet.
pub(crate) struct Script {
    parts: Option<Parts>,
    body: ScriptedBody,
}

/// The rest of a performance.
#[derive(Default)]
pub(crate) struct ScriptedBody {
    pieces: std::vec::IntoIter<(Duration, Bytes)>,
    next: Option<(Option<Pin<Box<Sleep>>>, Bytes)>,
}

impl Script {
    /// Has the sandbox answer a request.
    pub(crate) fn perform(outbound: &Outbound) -> Self {
        let performance = sandbox::perform(outbound);
        let (mut parts, ()) = Response::new(()).into_parts();
        parts.status = performance.status;
        parts.headers.insert(header::CONTENT_TYPE, http::HeaderValue::from_static(performance.content_type));
        if let Some(seconds) = performance.retry_after {
            parts.headers.insert(header::RETRY_AFTER, seconds.into());
        }
        let mut body = ScriptedBody { pieces: performance.pieces.into_iter(), next: None };
        body.advance();
        Self { parts: Some(parts), body }
    }

    /// The head comes with the first piece.
    pub(crate) fn poll_head(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<(Parts, ScriptedBody), BrokenUpstream>> {
        ready!(self.body.poll_wait(context));
        let parts = self.parts.take().ok_or(BrokenUpstream::Connection)?;
        Poll::Ready(Ok((parts, std::mem::take(&mut self.body))))
    }
}

impl ScriptedBody {
    /// The next piece; `None` at the end.
    pub(crate) fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, BrokenUpstream>> {
        ready!(self.poll_wait(context));
        let piece = self.next.take().map(|(_, bytes)| bytes);
        self.advance();
        Poll::Ready(Ok(piece))
    }

    fn poll_wait(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some((Some(wait), _)) = &mut self.next else { return Poll::Ready(()) };
        ready!(wait.as_mut().poll(context));
        if let Some((wait, _)) = &mut self.next {
            *wait = None;
        }
        Poll::Ready(())
    }

    fn advance(&mut self) {
        let timed = |(wait, bytes): (Duration, Bytes)| ((!wait.is_zero()).then(|| Box::pin(sleep(wait))), bytes);
        self.next = self.pieces.next().map(timed);
    }
}
