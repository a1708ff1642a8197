//! A request is refused, or what is sent for it is JSON.
#![no_main]

use bytes::Bytes;
use glaux_llm::{Base, ProviderKind, Request, Route, Target, UnsupportedPolicy, Wire, json::Node, prepare, route};
use http::Method;
use libfuzzer_sys::fuzz_target;

const PATHS: [&str; 14] = [
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/images/generations",
    "/v1/moderations",
    "/v1/audio/speech",
    "/v1/audio/transcriptions",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/gemini/v1/models/m:generateContent",
    "/gemini/v1/models/m:streamGenerateContent",
    "/gemini/v1/models/m:batchEmbedContents",
    "/gemini/v1/models/m:countTokens",
];

fuzz_target!(|bytes: &[u8]| {
    let Some(([path, drops], body)) = bytes.split_first_chunk() else { return };
    let Some(Route::Call(endpoint)) = route(&Method::POST, PATHS[usize::from(*path) % PATHS.len()]) else { return };
    let kind = Some("multipart/form-data; boundary=x");
    let Ok(request) = Request::read(&endpoint, kind, Bytes::copy_from_slice(body)) else { return };
    let Ok(base) = "https://upstream.example/v1".parse::<Base>() else { return };
    let overrides = Default::default();
    for kind in ProviderKind::ALL {
        request.input_bound(*kind);
        let target = Target {
            kind: *kind,
            base: &base,
            model: "m",
            max_output_tokens: Some(10),
            overrides: &overrides,
            unsupported: if drops % 2 == 1 { UnsupportedPolicy::Drop } else { UnsupportedPolicy::Refuse },
            api_version: None,
        };
        if let Ok(outbound) = prepare(&request, &target)
            && outbound.wire != Wire::OpenAiTranscription
        {
            assert!(Node::parse(&outbound.body).is_ok());
        }
    }
});
