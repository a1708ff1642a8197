//! Answers made beforehand, for measurements: the provider's own work must not be what is measured.
//!
//! A request whose body holds `"stream":true` gets a stream of 24 events, each in a write of its own, or six in each where
//! the body also holds `six-to-a-write`; any other gets 0.6 KB of JSON. Both are OpenAI's, with 19 tokens in and 21 out.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;

use super::{openai, script::Script};

/// Events of a stream, its end included.
pub const EVENTS: usize = 24;

/// The last three carry the reason to end, the usage and the end.
const SCRIPT: (u64, u64) = (19, EVENTS as u64 - 3);

struct Answers {
    whole: Bytes,
    /// What each write of a stream holds.
    single: Arc<[Bytes]>,
    six: Arc<[Bytes]>,
}

/// Serves until the listener fails.
pub async fn serve(listener: TcpListener) {
    let answers = Arc::new(answers());
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).unwrap();
        let answers = Arc::clone(&answers);
        let service = service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let answers = Arc::clone(&answers);
            async move {
                let body = request.into_body().collect().await?.to_bytes();
                Ok::<_, hyper::Error>(answer(&answers, &body))
            }
        });
        // A client that goes away ends its connection, nothing else.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn answers() -> Answers {
    let (input, output) = SCRIPT;
    let script = Script { input, output, events: output, ..Script::default() };
    let whole = openai::completion(&script, "bench").to_string();
    let request = json!({ "stream_options": { "include_usage": true } });
    let single: Arc<[Bytes]> =
        openai::events(&script, "bench", &request).into_iter().map(|piece| piece.bytes).collect();
    let six = single.chunks(6).map(|events| events.concat().into()).collect();
    Answers { whole: whole.into(), single, six }
}

fn answer(answers: &Answers, body: &[u8]) -> Response<Prepared> {
    let holds = |mark: &[u8]| body.windows(mark.len()).any(|window| window == mark);
    if holds(b"\"stream\":true") {
        let writes = if holds(b"six-to-a-write") { &answers.six } else { &answers.single };
        let mut response = Response::new(Prepared::Stream { writes: Arc::clone(writes), next: 0, flushed: true });
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        response
    } else {
        let mut response = Response::new(Prepared::Whole(Some(answers.whole.clone())));
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }
}

enum Prepared {
    Whole(Option<Bytes>),
    Stream { writes: Arc<[Bytes]>, next: usize, flushed: bool },
}

impl Body for Prepared {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Stream { writes, next, flushed } => {
                let Some(bytes) = writes.get(*next) else { return Poll::Ready(None) };
                // The server writes out what it has whenever its body is not ready.
                if !std::mem::replace(flushed, true) {
                    context.waker().wake_by_ref();
                    return Poll::Pending;
                }
                (*next, *flushed) = (*next + 1, false);
                Poll::Ready(Some(Ok(Frame::data(bytes.clone()))))
            }
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Stream { .. } => SizeHint::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_as_long_as_they_are_said_to_be() {
        let answers = answers();
        assert_eq!(answers.single.len(), EVENTS);
        assert_eq!(answers.six.len(), EVENTS / 6);
        assert_eq!(answers.single.concat(), answers.six.concat());
        assert!((550..750).contains(&answers.whole.len()), "{}", answers.whole.len());
    }
}
