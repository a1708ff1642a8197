//! What goes back besides the body: statuses, headers, refusals in the client's dialect.

use glaux_kernel::{CallId, Money, problem::Code};
use glaux_ledger::{
    limits::{Kind, Limited, Standing},
    record::Status,
};
use glaux_llm::{Dialect, Rendered};
use glaux_routing::Refusal;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use crate::{Body, names};

/// How a refused call stands in the ledger.
pub(crate) fn status_of(code: Code) -> Status {
    match code {
        Code::UpstreamTimeout => Status::Timeout,
        Code::RateLimited
        | Code::BudgetExceeded
        | Code::Unpriced
        | Code::FeatureUnavailable
        | Code::ModelNotFound
        | Code::Forbidden => Status::Blocked,
        Code::InvalidRequest
        | Code::Unauthenticated
        | Code::NotFound
        | Code::MethodNotAllowed
        | Code::Conflict
        | Code::PreconditionFailed
        | Code::PayloadTooLarge
        | Code::Unprocessable
        | Code::Unsupported
        | Code::UpstreamError
        | Code::Overloaded
        | Code::LedgerUnavailable
        | Code::Unavailable
        | Code::Internal => Status::Error,
    }
}

/// The family that a path belongs to, for errors before its format is known.
fn dialect(path: &str) -> Dialect {
    match path {
        path if path.starts_with("/gemini/") => Dialect::Gemini,
        path if path.starts_with("/anthropic/") || path.starts_with("/v1/messages") => Dialect::Anthropic,
        _ => Dialect::OpenAi,
    }
}

/// A refusal in the dialect of its path.
pub(crate) fn refuse(path: &str, id: CallId, refusal: &Refusal) -> Response<Body> {
    let request_id = id.to_string();
    let shown = glaux_llm::Refusal {
        code: refusal.code,
        message: &refusal.message,
        param: refusal.param.as_deref(),
        request_id: &request_id,
    };
    let rendered = glaux_llm::render_refusal(dialect(path), &shown);
    let mut headers = HeaderMap::with_capacity(6);
    headers.insert(names::REQUEST_ID, value(&request_id));
    headers.insert(names::CODE, HeaderValue::from_static(refusal.code.as_str()));
    if let Some(after) = refusal.retry_after {
        headers.insert(header::RETRY_AFTER, after.as_secs().max(1).into());
    }
    rendered_with(headers, rendered)
}

/// A provider's error in the dialect of the path.
pub(crate) fn upstream_failure(
    path: &str,
    mut headers: HeaderMap,
    failure: &glaux_llm::UpstreamFailure,
    id: CallId,
) -> Response<Body> {
    headers.insert(names::CODE, HeaderValue::from_static(Code::UpstreamError.as_str()));
    if let Some(after) = failure.retry_after {
        headers.insert(header::RETRY_AFTER, after.as_secs().max(1).into());
    }
    rendered_with(headers, glaux_llm::render_failure(dialect(path), failure, &id.to_string()))
}

fn rendered_with(mut headers: HeaderMap, rendered: Rendered) -> Response<Body> {
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    with(rendered.status, headers, rendered.body.into())
}

/// A limit that stands in the way, in words.
pub(crate) fn limited(limited: &Limited) -> Refusal {
    let advice = match limited.retry_after {
        Some(after) => format!("Try again in {} s.", after.as_secs().max(1)),
        None => "This call alone is more than the limit allows.".to_owned(),
    };
    let mut refusal = Refusal::new(Code::RateLimited, format!("{limited}. {advice}"));
    refusal.retry_after = limited.retry_after;
    refusal
}

/// What every answer of a model carries.
pub(crate) fn headers(id: CallId, journal_seq: u64, model: &str) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(12);
    headers.insert(names::REQUEST_ID, value(&id.to_string()));
    headers.insert(names::MODEL, value(model));
    headers.insert(names::JOURNAL, journal_seq.into());
    headers
}

/// How the limits stand, the tightest one (draft-ietf-httpapi-ratelimit-headers-10).
pub(crate) fn rate_limits(standings: &[Standing], headers: &mut HeaderMap) {
    let windows = standings.iter().filter(|standing| standing.kind != Kind::Concurrency);
    let Some(tightest) =
        windows.min_by_key(|standing| u128::from(standing.remaining) * 1000 / u128::from(standing.limit.max(1)))
    else {
        return;
    };
    let (name, reset) = (tightest.kind.as_str(), tightest.reset.as_secs());
    headers.insert(names::RATE_LIMIT, value(&format!("\"{name}\";r={};t={reset}", tightest.remaining)));
    headers.insert(names::RATE_LIMIT_POLICY, value(&format!("\"{name}\";q={};w=60", tightest.limit)));
}

/// An amount as a header shows it.
pub(crate) fn cost(nanos: i64) -> HeaderValue {
    value(&Money::usd_nanos(nanos).amount())
}

/// Text that may hold what no header may.
pub(crate) fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or_else(|_| HeaderValue::from_static("?"))
}

/// A response.
pub(crate) fn with(status: StatusCode, headers: HeaderMap, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
