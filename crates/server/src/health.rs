//! What is answered outside the gateway's and the management API's trees.

use bytes::Bytes;
use glaux_gateway::Body;
use http::{HeaderValue, Method, Request, Response, StatusCode, header};

/// Liveness and readiness for load balancers; anything else is not found.
pub(crate) fn answer<T>(request: &Request<T>) -> Response<Body> {
    match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/health/live" | "/health/ready") => {
            json(StatusCode::OK, r#"{"status":"healthy"}"#)
        }
        _ => json(
            StatusCode::NOT_FOUND,
            r#"{"type":"about:blank","title":"There is no such object","status":404,"code":"not_found"}"#,
        ),
    }
}

/// The control plane's threads are gone: the process is about to end.
pub(crate) fn stopping() -> Response<Body> {
    json(
        StatusCode::SERVICE_UNAVAILABLE,
        r#"{"type":"about:blank","title":"The service is not available now","status":503,"code":"unavailable"}"#,
    )
}

fn json(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Bytes::from_static(text.as_bytes()).into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
