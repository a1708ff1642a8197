use bytes::Bytes;
use glaux_llm::{
    Base, Endpoint, Outbound, PrepareError, ProviderKind, Request, Route, StreamOutcome, StreamTranslator, Target,
    UnsupportedPolicy, prepare, route,
};
use http::Method;
use serde_json::{Map, Value};

/// The endpoint of a gateway path.
pub(crate) fn endpoint(path: &str) -> Endpoint<'_> {
    match route(&Method::POST, path) {
        Some(Route::Call(endpoint)) => endpoint,
        other => panic!("{path} is {other:?}"),
    }
}

/// A JSON request to a gateway path.
pub(crate) fn request(path: &str, body: &str) -> Request {
    Request::read(&endpoint(path), Some("application/json"), Bytes::copy_from_slice(body.as_bytes())).unwrap()
}

/// A provider to send to.
pub(crate) struct Upstream {
    pub(crate) kind: ProviderKind,
    pub(crate) base: Base,
    pub(crate) model: &'static str,
    pub(crate) limit: Option<u64>,
    pub(crate) overrides: Map<String, Value>,
    pub(crate) policy: UnsupportedPolicy,
    pub(crate) api_version: Option<&'static str>,
}

impl Upstream {
    pub(crate) fn new(kind: ProviderKind, model: &'static str) -> Self {
        let base = kind.default_base_url().unwrap_or("https://upstream.example/v1").parse().unwrap();
        Self {
            kind,
            base,
            model,
            limit: None,
            overrides: Map::new(),
            policy: UnsupportedPolicy::Refuse,
            api_version: None,
        }
    }

    pub(crate) fn target(&self) -> Target<'_> {
        Target {
            kind: self.kind,
            base: &self.base,
            model: self.model,
            max_output_tokens: self.limit,
            overrides: &self.overrides,
            unsupported: self.policy,
            api_version: self.api_version,
        }
    }

    pub(crate) fn prepare(&self, request: &Request) -> Result<Outbound, PrepareError> {
        prepare(request, &self.target())
    }
}

/// JSON text as a value, for comparisons that ignore order and space.
pub(crate) fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)))
}

/// What the client gets of a stream that arrives in pieces of `size` bytes.
pub(crate) fn stream(mut translator: StreamTranslator, text: &[u8], size: usize) -> (String, StreamOutcome) {
    let mut out = Vec::new();
    for piece in text.chunks(size) {
        translator.push(Bytes::copy_from_slice(piece), &mut out).unwrap();
    }
    let outcome = translator.finish(&mut out);
    (String::from_utf8(out.concat()).unwrap(), outcome)
}

/// A minimal request of each chat format.
pub(crate) fn clients(stream: bool) -> Vec<Request> {
    let gemini =
        if stream { "/gemini/v1/models/m:streamGenerateContent" } else { "/gemini/v1/models/m:generateContent" };
    let body = |rest: &str| format!(r#"{{"model":"m","stream":{stream},{rest}}}"#);
    vec![
        request("/v1/chat/completions", &body(r#""messages":[]"#)),
        request("/v1/responses", &body(r#""input":"x""#)),
        request("/v1/completions", &body(r#""prompt":"x""#)),
        request("/v1/messages", &body(r#""messages":[],"max_tokens":1"#)),
        request(gemini, r#"{"contents":[]}"#),
    ]
}
