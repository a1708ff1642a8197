//! A minimal request of each chat format, and the formats of providers.

use bytes::Bytes;
use glaux_llm::{Request, Route, Wire, route};
use http::Method;

pub(crate) const WIRES: [Wire; 6] = [
    Wire::OpenAiChat,
    Wire::OpenAiResponses,
    Wire::AnthropicMessages,
    Wire::GeminiGenerate,
    Wire::BedrockConverse,
    Wire::VisionAnnotate,
];

pub(crate) fn clients(stream: bool) -> impl Iterator<Item = Request> {
    let gemini = if stream { "streamGenerateContent" } else { "generateContent" };
    let body = format!(r#"{{"model":"m","stream":{stream},"max_tokens":9,"messages":[],"input":"x","prompt":"x"}}"#);
    let paths = ["/v1/chat/completions", "/v1/responses", "/v1/completions", "/v1/messages"].map(str::to_owned);
    paths.into_iter().chain([format!("/gemini/v1/models/m:{gemini}")]).filter_map(move |path| {
        let Some(Route::Call(endpoint)) = route(&Method::POST, &path) else { return None };
        Request::read(&endpoint, None, Bytes::copy_from_slice(body.as_bytes())).ok()
    })
}
