//! What stands around every route: the request's id, the log line, the headers, the form of an error.

mod headers;
mod metrics;

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use glaux_kernel::{Clock, Rng, problem::Code};
use glaux_store::Db;
use glaux_telemetry::Metrics;
use tracing::Instrument;

use self::metrics::Traffic;
use crate::{Authenticate, Problem, Tag};

/// The header with the id of a request, on every answer.
pub const REQUEST_ID_HEADER: HeaderName = HeaderName::from_static("x-glaux-request-id");

/// Bytes of a body that the management API reads, unless told otherwise.
pub const DEFAULT_BODY_LIMIT: usize = 1024 * 1024;

/// What the conventions need from the rest of the program.
pub struct Web {
    /// Knows credentials.
    pub authenticate: Arc<dyn Authenticate>,
    /// Keeps the answers to requests that are done once.
    pub db: Db,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where request ids come from.
    pub rng: Arc<dyn Rng>,
    /// Bytes of a body that are read.
    pub body_limit: usize,
}

/// Puts the shell around the routes of the management API.
pub fn shell(routes: Router, web: Arc<Web>, metrics: &Metrics) -> Router {
    let surroundings = Surroundings { traffic: Traffic::new(metrics), web: Arc::clone(&web) };
    routes
        .fallback(async || Problem::new(Code::NotFound, "there is no such path"))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed, "see /api/openapi.json"))
        .layer(DefaultBodyLimit::max(web.body_limit))
        .layer(middleware::from_fn_with_state(Arc::new(surroundings), surround))
}

struct Surroundings {
    web: Arc<Web>,
    traffic: Traffic,
}

async fn surround(State(shell): State<Arc<Surroundings>>, mut request: Request, next: Next) -> Response {
    let started = shell.web.clock.monotonic();
    let id = request_id(shell.web.rng.as_ref());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let seen = request.headers().get(header::IF_NONE_MATCH).cloned();
    request.extensions_mut().insert(Arc::clone(&shell.web));

    let span = tracing::info_span!("request", request.id = %id, http.method = %method, http.route = route);
    let answer = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let answer = answer.unwrap_or_else(|_| Problem::internal("a handler panicked").into_response());

    let _entered = span.enter();
    let mut answer = match answer.extensions().get::<Problem>() {
        Some(problem) => {
            log_cause(problem);
            problem.render(&id)
        }
        None => validate(&method, seen.as_ref(), answer),
    };
    headers::protect(answer.headers_mut());
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID_HEADER, value);
    }
    let elapsed = shell.web.clock.monotonic().saturating_sub(started);
    shell.traffic.count(&method, &route, answer.status(), elapsed);
    log_answer(answer.status(), elapsed);
    answer
}

/// 128 random bits: an id that says nothing, not even when.
fn request_id(rng: &dyn Rng) -> String {
    let mut bytes = [0; 16];
    rng.fill(&mut bytes);
    format!("req_{}", hex::encode(bytes))
}

fn log_cause(problem: &Problem) {
    let Some(cause) = problem.cause() else { return };
    let text = glaux_telemetry::causes(cause);
    match problem.code() {
        Code::Unavailable => tracing::warn!(error = text, "A request could not be served for now"),
        _ => tracing::error!(error = text, "A request failed through our fault"),
    }
}

fn log_answer(status: StatusCode, elapsed: Duration) {
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    tracing::debug!(http.status = status.as_u16(), elapsed.ms = elapsed_ms, "Answered a request");
}

/// Gives a read without a tag the tag of its body, and answers 304 to one who has it.
fn validate(method: &Method, seen: Option<&HeaderValue>, answer: Response) -> Response {
    let is_json = answer.headers().get(header::CONTENT_TYPE).is_some_and(|value| value == "application/json");
    if *method != Method::GET || answer.status() != StatusCode::OK || !is_json {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    if parts.headers.contains_key(header::ETAG) {
        return Response::from_parts(parts, body);
    }
    // A JSON answer is one buffer that is at hand: collecting it waits for nothing.
    let collected = axum::body::to_bytes(body, usize::MAX).now_or_never();
    let Some(Ok(body)) = collected else {
        return Problem::internal("a JSON answer was not at hand").into_response();
    };
    let tag = Tag::of_bytes(&body).header();
    if let (Some(tag), Some(seen)) = (&tag, seen)
        && names(seen, tag)
    {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.insert(header::ETAG, tag.clone());
        return Response::from_parts(parts, Bytes::new().into());
    }
    parts.headers.extend(tag.map(|tag| (header::ETAG, tag)));
    Response::from_parts(parts, body.into())
}

/// `If-None-Match` compares weakly (RFC 9110, section 13.1.2).
fn names(seen: &HeaderValue, tag: &HeaderValue) -> bool {
    let (Ok(seen), Ok(tag)) = (seen.to_str(), tag.to_str()) else { return false };
    seen.split(',').map(str::trim).any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}
