//! Collects what a call said and was answered, where the policy of its feature says so.

use std::{
    convert::Infallible,
    fmt,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use glaux_llm::Request;
use glaux_routing::{
    Route,
    payload::{Excerpt, KeepPayload, Payload},
};
use http_body::{Body as _, Frame, SizeHint};

use crate::{Body, call::Call};

/// An answer that is collected while it passes; it is handed over when it ends, also when its client hangs up.
pub struct Kept {
    answer: Body,
    payload: Option<Payload>,
    keeper: Arc<dyn KeepPayload>,
}

/// What is to be kept of a call; nothing where the policy keeps nothing.
pub(crate) struct Keeping(Option<(Payload, Arc<dyn KeepPayload>)>);

impl Keeping {
    /// Keeps the request, and makes ready for the answer.
    pub(crate) fn begin(call: &mut Call, request: &Request, route: &Route) -> Self {
        let environment = call.key.environment;
        let policy = route.payloads(environment);
        if !policy.keeps() {
            return Self(None);
        }
        let policy = Arc::clone(policy);
        let Some(keeper) = call.gateway.payloads.get().map(Arc::clone) else { return Self(None) };
        let mut excerpt = Excerpt::default();
        excerpt.push(&request.body, policy.max_bytes);
        let details = call.record.details();
        let payload = Payload {
            organization: details.attribution.organization,
            call: details.call,
            at: details.at,
            feature: details.attribution.feature,
            environment,
            user: details.attribution.user.clone(),
            policy,
            request: excerpt,
            answer: Excerpt::default(),
        };
        Self(Some((payload, keeper)))
    }

    /// The answer, collected while it passes.
    pub(crate) fn collect(self, response: http::Response<Body>) -> http::Response<Body> {
        match self.0 {
            None => response,
            Some((payload, keeper)) => {
                response.map(|answer| Body::Kept(Box::new(Kept { answer, payload: Some(payload), keeper })))
            }
        }
    }
}

impl Kept {
    pub(crate) fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let polled = std::pin::Pin::new(&mut self.answer).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let (Some(payload), Some(data)) = (&mut self.payload, frame.data_ref()) {
                    payload.answer.push(data, payload.policy.max_bytes);
                }
            }
            Poll::Ready(None) => self.hand_over(),
            Poll::Ready(Some(Err(never))) => match *never {},
            Poll::Pending => {}
        }
        polled
    }

    pub(crate) fn is_end_stream(&self) -> bool {
        self.answer.is_end_stream()
    }

    pub(crate) fn size_hint(&self) -> SizeHint {
        self.answer.size_hint()
    }

    fn hand_over(&mut self) {
        if let Some(payload) = self.payload.take() {
            self.keeper.keep(payload);
        }
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.hand_over();
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("answer", &self.answer).finish_non_exhaustive()
    }
}
