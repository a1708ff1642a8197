//! Errors, of providers and our own, in the dialect of the client.

use std::time::Duration;

use bytes::Bytes;
use glaux_kernel::problem::Code;
use http::{HeaderMap, StatusCode, header};

use crate::{
    Dialect, Wire,
    json::{Node, Object, object},
    sse,
};

/// What a provider's error means for the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureClass {
    /// A rate limit or quota of the account.
    RateLimited,
    /// The provider has no capacity now.
    Overloaded,
    /// Our credentials were refused.
    Auth,
    /// The account can't pay.
    Billing,
    /// The request is at fault; another try gives the same.
    InvalidRequest,
    /// The input is longer than the model's context.
    ContextTooLong,
    /// The provider's content policy refused it.
    ContentRefused,
    /// No such model.
    NotFound,
    /// The provider gave up waiting.
    Timeout,
    /// The provider is at fault.
    Server,
}

impl FailureClass {
    /// Another try, here or elsewhere, may succeed.
    pub const fn is_retryable(self) -> bool {
        matches!(self, Self::RateLimited | Self::Overloaded | Self::Timeout | Self::Server)
    }

    /// Another provider may succeed where this one can't.
    pub const fn may_fail_over(self) -> bool {
        self.is_retryable() || matches!(self, Self::Auth | Self::Billing | Self::NotFound)
    }
}

/// A provider's error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UpstreamFailure {
    /// The provider's status.
    pub status: u16,
    /// What it means.
    pub class: FailureClass,
    /// The provider's words, at most 2,000 characters.
    pub message: String,
    /// The provider's own code or type, such as `rate_limit_exceeded`.
    pub code: Option<Box<str>>,
    /// How long the provider asks to wait.
    pub retry_after: Option<Duration>,
    /// The format it came in.
    pub wire: Wire,
    /// The body as it came.
    pub body: Bytes,
}

/// An error of the gateway itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal<'a> {
    /// What, in a word.
    pub code: Code,
    /// What and what to do, for people.
    pub message: &'a str,
    /// The field at fault.
    pub param: Option<&'a str>,
    /// `x-glaux-request-id`.
    pub request_id: &'a str,
}

/// An error as a response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The status.
    pub status: StatusCode,
    /// JSON in the dialect's shape.
    pub body: Bytes,
}

const MAX_MESSAGE: usize = 2_000;

/// Reads an answer whose status is not 2xx.
pub fn read_failure(outbound_wire: Wire, status: u16, headers: &HeaderMap, body: Bytes) -> UpstreamFailure {
    let node = Node::parse(&body).ok();
    // Gemini wraps the error in an array when a stream was asked for.
    let node = node.map(|node| node.elements().first().copied().unwrap_or(node));
    let error = node.and_then(|node| node.some("error")).or(node).filter(|error| error.is_object());
    let text = |name: &str| error.and_then(|error| error.some(name)).and_then(Node::string);
    let message = text("message").or_else(|| text("Message")).or_else(|| node?.some("error")?.string());
    let message = message.unwrap_or_else(|| String::from_utf8_lossy(&body));
    let code = text("code").or_else(|| text("type")).or_else(|| text("status"));
    let bedrock = headers.get("x-amzn-errortype").and_then(|value| value.to_str().ok());
    let bedrock = bedrock.map(|text| text.split(':').next().unwrap_or(text).into());
    let code = bedrock.or_else(|| code.map(|code| code.as_ref().into()));
    UpstreamFailure {
        status,
        class: classify(status, code.as_deref(), &message),
        message: message.chars().take(MAX_MESSAGE).collect(),
        code,
        retry_after: retry_after(headers),
        wire: outbound_wire,
        body: body.clone(),
    }
}

pub(crate) fn classify(status: u16, code: Option<&str>, message: &str) -> FailureClass {
    let says = |words: &[&str]| {
        words.iter().any(|word| code.is_some_and(|code| code.contains(word)) || message.contains(word))
    };
    match status {
        _ if says(&[
            "context_length_exceeded",
            "prompt is too long",
            "exceeds the maximum number of tokens",
            "Input is too long",
            "maximum context length",
        ]) =>
        {
            FailureClass::ContextTooLong
        }
        _ if says(&["content_policy_violation", "content_filter", "ResponsibleAIPolicyViolation"]) => {
            FailureClass::ContentRefused
        }
        _ if says(&["insufficient_quota", "billing_error", "credit balance is too low"]) => FailureClass::Billing,
        401 | 403 => FailureClass::Auth,
        400 if says(&["API_KEY_INVALID", "API key not valid"]) => FailureClass::Auth,
        402 => FailureClass::Billing,
        404 => FailureClass::NotFound,
        408 | 504 => FailureClass::Timeout,
        429 => FailureClass::RateLimited,
        503 | 529 => FailureClass::Overloaded,
        _ if says(&["overloaded_error", "throttlingException", "ThrottlingException"]) => FailureClass::Overloaded,
        500..=599 => FailureClass::Server,
        _ => FailureClass::InvalidRequest,
    }
}

/// `retry-after-ms`, else `retry-after` in seconds. Dates are not read: no provider sends them.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    let seconds = number("retry-after-ms").map(|ms| ms / 1000.0).or_else(|| number(header::RETRY_AFTER.as_str()))?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// A provider's error for the client. Its own bytes where the dialects match, except where they would tell about our
/// account: those become a gateway error without the provider's words.
pub fn render_failure(dialect: Dialect, failure: &UpstreamFailure, request_id: &str) -> Rendered {
    if matches!(failure.class, FailureClass::Auth | FailureClass::Billing) {
        let message = "The provider refused the gateway's own credentials or account.";
        return render_refusal(dialect, &Refusal { code: Code::UpstreamError, message, param: None, request_id });
    }
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let shaped = Node::parse(&failure.body).is_ok_and(|body| body.some("error").is_some_and(Node::is_object));
    if failure.wire.dialect() == Some(dialect) && shaped {
        return Rendered { status, body: failure.body.clone() };
    }
    let status = match failure.class {
        FailureClass::Overloaded if dialect == Dialect::Anthropic => StatusCode::from_u16(529).unwrap_or(status),
        FailureClass::Overloaded => StatusCode::SERVICE_UNAVAILABLE,
        _ => status,
    };
    let mut body = Vec::new();
    error_object(dialect, status.as_u16(), failure.code.as_deref(), &failure.message, None, request_id, &mut body);
    Rendered { status, body: body.into() }
}

/// An error of the gateway for the client.
pub fn render_refusal(dialect: Dialect, refusal: &Refusal<'_>) -> Rendered {
    let status = status_in(dialect, refusal.code);
    let mut body = Vec::new();
    let code = Some(refusal.code.as_str());
    error_object(dialect, status.as_u16(), code, refusal.message, refusal.param, refusal.request_id, &mut body);
    Rendered { status, body: body.into() }
}

/// SDKs retry 402 never and 429 always; a used-up budget is neither a payment nor a rate, so 402 stays.
fn status_in(dialect: Dialect, code: Code) -> StatusCode {
    let status = match (dialect, code) {
        (Dialect::Anthropic, Code::Overloaded) => 529,
        (_, code) => code.status(),
    };
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The `error` of a stream or a body.
pub(crate) fn error_object(
    dialect: Dialect,
    status: u16,
    code: Option<&str>,
    message: &str,
    param: Option<&str>,
    request_id: &str,
    out: &mut Vec<u8>,
) {
    object(out, |body| match dialect {
        Dialect::OpenAi => {
            body.object("error", |error| {
                error
                    .field("message", message)
                    .field("type", openai_type(status))
                    .field("param", param)
                    .field("code", code);
            });
        }
        Dialect::Anthropic => {
            body.field("type", "error").object("error", |error| {
                error.field("type", anthropic_type(status)).field("message", message);
                error.some("code", code).some("param", param);
            });
            body.field("request_id", request_id);
        }
        Dialect::Gemini => gemini_error(body, status, code, message, param),
    });
}

/// A provider's error as an event of the client's stream.
pub(crate) fn stream_event(client: Wire, failure: &UpstreamFailure, out: &mut Vec<u8>) {
    write_event(client, failure.status, failure.code.as_deref(), &failure.message, None, "", out);
}

/// An error as an event of `client`'s stream.
pub(crate) fn write_event(
    client: Wire,
    status: u16,
    code: Option<&str>,
    message: &str,
    param: Option<&str>,
    request_id: &str,
    out: &mut Vec<u8>,
) {
    let dialect = client.dialect().unwrap_or(Dialect::OpenAi);
    let mut data = Vec::new();
    if client == Wire::OpenAiResponses {
        object(&mut data, |event| {
            event.field("type", "error").field("code", code).field("message", message);
            event.field("param", param).field("sequence_number", 0u64);
        });
    } else {
        error_object(dialect, status, code, message, param, request_id, &mut data);
    }
    let named = dialect == Dialect::Anthropic || client == Wire::OpenAiResponses;
    sse::write(named.then_some("error"), &data, out);
}

fn gemini_error(body: &mut Object<'_>, status: u16, code: Option<&str>, message: &str, param: Option<&str>) {
    body.object("error", |error| {
        error.field("code", u64::from(status)).field("message", message).field("status", google_status(status));
        error.array("details", |details| {
            details.object(|detail| {
                detail
                    .field("@type", "type.googleapis.com/google.rpc.ErrorInfo")
                    .field("reason", code.unwrap_or("error"));
                detail.object("metadata", |metadata| {
                    metadata.some("field", param);
                });
            });
        });
    });
}

/// platform.openai.com/docs/guides/error-codes.
const fn openai_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "insufficient_quota",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        _ => "server_error",
    }
}

/// docs.claude.com/en/api/errors.
const fn anthropic_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        400..=499 => "invalid_request_error",
        504 => "timeout_error",
        503 | 529 => "overloaded_error",
        _ => "api_error",
    }
}

/// google.rpc.Code by HTTP status.
const fn google_status(status: u16) -> &'static str {
    match status {
        400 | 413 | 422 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        402 | 412 => "FAILED_PRECONDITION",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        405 | 501 => "UNIMPLEMENTED",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        499 => "CANCELLED",
        503 | 529 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    }
}
