use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use glaux_kernel::problem::Code;

use crate::{Caller, Problem, idempotency, tag::Expected};

/// The header that says why; a body's `reason` says it too.
pub const REASON_HEADER: &str = "x-glaux-reason";

const MAX_REASON_CHARS: usize = 1000;

/// Whether a configuration write lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// It does.
    Real,
    /// `?dry_run=true`: everything is done, answered, and undone.
    Dry,
}

/// What a request to change configuration says beside its body: an extractor for routes registered with
/// [`change`](crate::change).
#[derive(Debug, Clone)]
pub struct Write {
    /// Who asks.
    pub caller: Caller,
    /// Why, in his words.
    pub reason: Option<String>,
    /// Whether it lasts.
    pub run: Run,
    /// The state that he has seen.
    pub expected: Expected,
    /// Set when it is to be done once.
    pub once: Option<idempotency::Request>,
}

impl Write {
    /// A write that the program itself makes: bootstrap, the command line, a job.
    pub fn by(caller: Caller, reason: impl Into<String>) -> Self {
        Self { caller, reason: Some(reason.into()), run: Run::Real, expected: Expected::Anything, once: None }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Write {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Arc<Write>>() {
            Some(write) => Ok(Write::clone(write)),
            None => Err(Problem::internal("a route that is not registered as a change asked for its write")),
        }
    }
}

/// The reason from the header.
pub(crate) fn reason(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(REASON_HEADER) else { return Ok(None) };
    let text = str::from_utf8(value.as_bytes())
        .map_err(|_| Problem::new(Code::InvalidRequest, "x-glaux-reason is not UTF-8"))?;
    check_reason(text, "").map(Some)
}

/// A reason of a length that a person reads.
pub(crate) fn check_reason(text: &str, pointer: &str) -> Result<String, Problem> {
    if text.chars().count() > MAX_REASON_CHARS {
        return Err(Problem::malformed(pointer, "a reason has at most 1000 characters"));
    }
    Ok(text.to_owned())
}

/// `dry_run` of a query string whose parameters are known to be documented.
pub(crate) fn run(query: Option<&str>) -> Result<Run, Problem> {
    let given = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).find(|(name, _)| name == "dry_run");
    match given.as_ref().map(|(_, value)| value.as_ref()) {
        None | Some("false") => Ok(Run::Real),
        Some("true") => Ok(Run::Dry),
        Some(_) => Err(Problem::malformed("?dry_run", "dry_run is true or false")),
    }
}
