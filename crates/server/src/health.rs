//! What is answered outside the gateway's and the management API's trees and the console.

use bytes::Bytes;
use glaux_gateway::Body;
use glaux_kernel::problem::Code;
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

/// The management API can't be asked now.
pub(crate) fn unavailable(why: &str) -> Response<Body> {
    let code = Code::Unavailable;
    let problem = serde_json::json!({
        "type": format!("urn:glaux:problem:{}", code.as_str()),
        "title": code.title(),
        "status": code.status(),
        "code": code.as_str(),
        "detail": why,
    });
    answered(StatusCode::SERVICE_UNAVAILABLE, "application/problem+json", problem.to_string().into())
}

fn json(status: StatusCode, text: &'static str) -> Response<Body> {
    answered(status, "application/json", Bytes::from_static(text.as_bytes()))
}

fn answered(status: StatusCode, content_type: &'static str, text: Bytes) -> Response<Body> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
