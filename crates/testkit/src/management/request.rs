use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
};
use serde_json::Value;
use tower::ServiceExt;

/// A request on its way.
pub struct Request {
    router: Router,
    parts: axum::http::request::Parts,
    body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Request {
    pub(super) fn new(router: Router, method: &str, path: &str) -> Self {
        let method: Method = method.parse().expect("a method");
        let request = axum::http::Request::builder().method(method).uri(path).body(()).expect("a path");
        Self { router, parts: request.into_parts().0, body: Vec::new() }
    }

    /// With a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.parts.headers.insert(name, HeaderValue::from_str(value).expect("a header's value"));
        self
    }

    /// With a JSON body.
    pub fn json(self, body: Value) -> Self {
        self.text(&body.to_string())
    }

    /// With a body that says it is JSON.
    pub fn text(mut self, body: &str) -> Self {
        self.body = body.as_bytes().to_vec();
        self.header(header::CONTENT_TYPE.as_str(), "application/json")
    }

    /// Sends it and reads the whole answer.
    pub async fn send(self) -> Answer {
        let request = axum::http::Request::from_parts(self.parts, Body::from(self.body));
        let response = self.router.oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.expect("an answer is read to its end");
        let text = String::from_utf8(bytes.to_vec()).expect("an answer is text");
        Answer { status: parts.status, headers: parts.headers, text }
    }
}

impl Answer {
    /// The JSON of a success.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert!(self.status.is_success(), "{}: {}", self.status, self.text);
        serde_json::from_str(&self.text).expect("a success is JSON")
    }

    /// The problem document of a refusal with this code, checked against the status.
    #[track_caller]
    pub fn problem(&self, code: &str) -> Value {
        let problem: Value = serde_json::from_str(&self.text).unwrap_or_default();
        assert_eq!(problem["code"], code, "{}: {}", self.status, self.text);
        assert_eq!(problem["status"], self.status.as_u16());
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(problem["request_id"], self.headers["x-glaux-request-id"].to_str().expect("text"));
        problem
    }

    /// The JSON pointers of a refusal with this code.
    #[track_caller]
    pub fn pointers(&self, code: &str) -> Vec<String> {
        let problem = self.problem(code);
        let errors = problem["errors"].as_array().expect("errors");
        errors.iter().map(|error| error["pointer"].as_str().expect("a pointer").to_owned()).collect()
    }

    /// The tag for `If-Match`.
    #[track_caller]
    pub fn tag(&self) -> String {
        self.headers[header::ETAG].to_str().expect("text").to_owned()
    }
}
