use std::{error::Error, fmt, sync::Arc};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use glaux_kernel::problem::Code;
use serde::Serialize;
use utoipa::ToSchema;

use crate::RateLimit;

/// Why a request was not served, as RFC 9457 `application/problem+json`.
///
/// The body is written by the [shell](crate::shell), which knows the request's id, and logs the cause of what is our
/// fault: once, and only there.
#[derive(Debug, Clone)]
pub struct Problem {
    code: Code,
    detail: String,
    errors: Vec<FieldError>,
    rate_limit: Option<Box<RateLimit>>,
    cause: Option<Arc<dyn Error + Send + Sync>>,
}

/// What is wrong with one part of the request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// Where in the body, as a JSON pointer (RFC 6901); `?name` for a query parameter. Empty for the whole body.
    #[schema(example = "/prices/0/meter")]
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl FieldError {
    /// `detail` about what stands at `pointer`.
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), detail: detail.into() }
    }
}

impl Problem {
    /// A problem whose `detail` says what the caller can do about it.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), rate_limit: None, cause: None }
    }

    /// Our fault. The cause goes into the log and not to the caller.
    pub fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { cause: Some(Arc::from(cause.into())), ..Self::new(Code::Internal, "") }
    }

    /// Something that we depend on is away; the caller may try again. The cause goes into the log.
    pub fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        let detail = "a dependency is away; try again";
        Self { cause: Some(Arc::from(cause.into())), ..Self::new(Code::Unavailable, detail) }
    }

    /// No such object, or another organization's.
    pub fn not_found(kind: &str, name: &str) -> Self {
        let shown: String = name.chars().take(120).collect();
        Self::new(Code::NotFound, format!("there is no {kind} `{shown}`"))
    }

    /// Rules that are not kept. The detail counts them; each one names its place.
    pub fn invalid(errors: Vec<FieldError>) -> Self {
        let detail = match errors.as_slice() {
            [one] => one.detail.clone(),
            many => format!("{} rules are not kept", many.len()),
        };
        Self { errors, ..Self::new(Code::Unprocessable, detail) }
    }

    /// A body or parameter of the wrong form.
    pub fn malformed(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        let error = FieldError::new(pointer, detail);
        Self { detail: error.detail.clone(), errors: vec![error], ..Self::new(Code::InvalidRequest, "") }
    }

    /// A limit is reached; the headers say when it is open again.
    pub fn rate_limited(limit: RateLimit) -> Self {
        let detail = format!("the limit is open again in {} seconds", limit.reset.as_secs().max(1));
        Self { rate_limit: Some(Box::new(limit)), ..Self::new(Code::RateLimited, detail) }
    }

    /// The same problem of a part of a larger body: `pointer` is put before its places.
    #[must_use]
    pub fn within(mut self, pointer: &str) -> Self {
        if self.errors.is_empty() && self.cause.is_none() {
            self.errors.push(FieldError::new("", self.detail.clone()));
        }
        for error in &mut self.errors {
            error.pointer.insert_str(0, pointer);
        }
        self
    }

    /// The code that clients rely on.
    pub fn code(&self) -> Code {
        self.code
    }

    /// What went wrong, for people.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What is wrong with which part.
    pub fn errors(&self) -> &[FieldError] {
        &self.errors
    }

    /// What only the log may show.
    pub fn cause(&self) -> Option<&(dyn Error + Send + Sync)> {
        self.cause.as_deref()
    }

    fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The document as it goes over the wire.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let document = Document {
            kind: format!("urn:glaux:problem:{}", self.code.as_str()),
            title: self.code.title(),
            status: self.code.status(),
            code: self.code.as_str(),
            detail: Some(self.detail.as_str()).filter(|detail| !detail.is_empty()),
            request_id,
            errors: &self.errors,
        };
        let mut response = match serde_json::to_vec(&document) {
            Ok(body) => (self.status(), Body::from(body)).into_response(),
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if self.code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(limit) = &self.rate_limit {
            limit.write(headers);
        }
        response
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.detail.as_str() {
            "" => f.write_str(self.code.title()),
            detail => write!(f, "{}: {detail}", self.code.title()),
        }
    }
}

impl Error for Problem {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<glaux_store::Error> for Problem {
    fn from(error: glaux_store::Error) -> Self {
        match error {
            glaux_store::Error::Busy(_) | glaux_store::Error::Unavailable(_) => Self::unavailable(error),
            other => Self::internal(other),
        }
    }
}

/// An error as `application/problem+json` (RFC 9457).
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document<'a> {
    /// `urn:glaux:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// One line about the code.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// A word that clients may rely on.
    code: &'a str,
    /// What went wrong here, and what to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// To be named when asking for help; the log has it.
    request_id: &'a str,
    /// What is wrong with which part of the request.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}
