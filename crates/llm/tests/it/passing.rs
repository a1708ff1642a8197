//! Formats that match: bytes pass, and only what the gateway decides is replaced.

use bytes::Bytes;
use glaux_llm::{
    Meter, ProviderKind, ReadError, Request, ServiceTier, StreamTranslator, Usage, Wire, translate_answer,
};

use crate::support::{Upstream, endpoint, request, stream};

const CHAT: &str = "/v1/chat/completions";

#[test]
fn a_body_that_needs_no_change_is_not_copied() {
    let body = r#"{ "model":"m", "messages":[ {"role":"user","content":"hi"} ], "future_field" : {"a":1.0} }"#;
    let request = request(CHAT, body);
    let outbound = Upstream::new(ProviderKind::OpenAi, "m").prepare(&request).unwrap();
    assert_eq!(outbound.body.as_ptr(), request.body.as_ptr());
    assert_eq!(outbound.uri, "https://api.openai.com/v1/chat/completions");
    assert_eq!((outbound.wire, outbound.stream), (Wire::OpenAiChat, false));
}

#[test]
fn what_the_gateway_decides_is_spliced_in() {
    let check = |kind: ProviderKind, limit: Option<u64>, overrides: &str, body: &str, expected: &str| {
        let mut upstream = Upstream::new(kind, "m");
        upstream.limit = limit;
        upstream.overrides = serde_json::from_str(overrides).unwrap();
        let outbound = upstream.prepare(&request(CHAT, body)).unwrap();
        assert_eq!(std::str::from_utf8(&outbound.body).unwrap(), expected, "{kind} {limit:?} {overrides} {body}");
    };
    let openai = ProviderKind::OpenAi;
    let compatible = ProviderKind::OpenAiCompatible;
    check(openai, None, "{}", r#"{"model":"f","messages":[],"x":1e2}"#, r#"{"model":"m","messages":[],"x":1e2}"#);
    check(
        openai,
        Some(9),
        "{}",
        r#"{"model":"m","messages":[]}"#,
        r#"{"max_completion_tokens":9,"model":"m","messages":[]}"#,
    );
    check(compatible, Some(9), "{}", r#"{"model":"m","messages":[]}"#, r#"{"max_tokens":9,"model":"m","messages":[]}"#);
    check(
        openai,
        Some(9),
        "{}",
        r#"{"max_tokens":50,"model":"m","messages":[]}"#,
        r#"{"max_completion_tokens":9,"model":"m","messages":[]}"#,
    );
    check(
        openai,
        Some(99),
        "{}",
        r#"{"max_completion_tokens":50,"model":"m","messages":[]}"#,
        r#"{"max_completion_tokens":50,"model":"m","messages":[]}"#,
    );
    check(
        compatible,
        None,
        "{}",
        r#"{"model":"m","messages":[],"max_completion_tokens":5}"#,
        r#"{"max_tokens":5,"model":"m","messages":[]}"#,
    );
    check(
        openai,
        None,
        r#"{"temperature":0.2}"#,
        r#"{"model":"m","temperature":1,"messages":[]}"#,
        r#"{"model":"m","temperature":0.2,"messages":[]}"#,
    );
    check(
        openai,
        Some(9),
        r#"{"max_tokens":20}"#,
        r#"{"model":"m","messages":[]}"#,
        r#"{"max_completion_tokens":9,"model":"m","messages":[]}"#,
    );
    check(
        openai,
        None,
        "{}",
        r#"{"model":"m","messages":[],"stream":true}"#,
        r#"{"stream_options":{"include_usage":true},"model":"m","messages":[],"stream":true}"#,
    );
    check(
        openai,
        None,
        "{}",
        r#"{"model":"m","messages":[],"stream":true,"stream_options":{"include_obfuscation":false}}"#,
        r#"{"model":"m","messages":[],"stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false}}"#,
    );
}

#[test]
fn a_clamped_limit_is_told() {
    let mut upstream = Upstream::new(ProviderKind::OpenAi, "m");
    upstream.limit = Some(100);
    let outbound = upstream.prepare(&request(CHAT, r#"{"model":"m","messages":[],"max_tokens":4000}"#)).unwrap();
    assert_eq!((outbound.max_output_tokens, outbound.clamped_from), (Some(100), Some(4000)));
}

#[test]
fn malformed_requests_are_refused_by_name() {
    let check = |body: &[u8], expected: &str| {
        let error = Request::read(&endpoint(CHAT), None, Bytes::copy_from_slice(body)).unwrap_err();
        assert_eq!(error.to_string(), expected, "{}", String::from_utf8_lossy(body));
    };
    check(b"", "The body is not valid JSON: unexpected end at byte 0.");
    check(b"[]", "The body is not valid JSON: expected an object at byte 0.");
    check(b"{\"model\":\"\xff\"}", "The body is not valid JSON: invalid UTF-8 at byte 10.");
    check(br#"{"messages":[]}"#, "`model` is required.");
    check(br#"{"model":"m"}"#, "`messages` is required.");
    check(br#"{"model":7,"messages":[]}"#, "`model` must be a string.");
    check(br#"{"model":"m","messages":{}}"#, "`messages` must be an array.");
    check(br#"{"model":"m","messages":[],"stream":"yes"}"#, "`stream` must be true or false.");
    check(br#"{"model":"m","messages":[],"max_tokens":-1}"#, "`max_tokens` must be a whole number.");
    check(br#"{"model":"m","messages":[],"model":"n"}"#, "`model` is given more than once.");
    check(br#"{"model":"m","messages":[],"Model":"n"}"#, "`model` must be written exactly so.");
    check(br#"{"model":"m","messages":[],"\u006dodel":"n"}"#, "`model` must be written exactly so.");
    check(br#"{"model":"m","messages":[],"n":0}"#, "`n` must be between 1 and 128.");
    let deep = format!("{{\"model\":\"m\",\"messages\":{}{}}}", "[".repeat(200), "]".repeat(200));
    check(deep.as_bytes(), "The body is not valid JSON: nested deeper than 128 levels at byte 151.");
}

#[test]
fn facts_and_bounds_come_from_the_body() {
    let image = "A".repeat(4000);
    let body = format!(
        r#"{{"model":"m","user":"u","n":2,"metadata":{{"a":"b"}},"max_tokens":7,"messages":[{{"role":"user","content":[
        {{"type":"text","text":"what?"}},{{"type":"image_url","image_url":{{"url":"data:image/png;base64,{image}"}}}}]}}]}}"#
    );
    let request = request(CHAT, &body);
    assert_eq!(request.facts.user.as_deref(), Some("u"));
    assert_eq!(request.facts.max_output_tokens, Some(7));
    assert_eq!((request.facts.media.images, request.facts.media.encoded_bytes), (1, 4000));
    let bound = request.input_bound(ProviderKind::OpenAi);
    assert_eq!(bound.get(Meter::InputTokens), body.len() as u64 - 4000);
    assert_eq!(request.output_bound(7).get(Meter::OutputTokens), 14);
}

#[test]
fn text_that_only_looks_like_an_image_is_still_text() {
    let text = "A".repeat(4000);
    let body = format!(
        r#"{{"model":"m","messages":[{{"role":"user","content":"image_url"}}],"x":{{"image_url":"data:image/png;base64,{text}"}}}}"#
    );
    assert_eq!(request(CHAT, &body).input_bound(ProviderKind::OpenAi).get(Meter::InputTokens), body.len() as u64);
}

#[test]
fn a_whole_answer_passes_and_its_usage_is_found() {
    let body = br#"{"id":"x","model":"m-2026","service_tier":"flex","choices":[{"finish_reason":"length"}],"usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}}"#;
    let body = Bytes::from_static(body);
    let request = request(CHAT, r#"{"model":"m","messages":[]}"#);
    let answer = translate_answer(&request, Wire::OpenAiChat, body.clone()).unwrap();
    assert_eq!(answer.body.as_ptr(), body.as_ptr());
    let expected = Usage::default()
        .with(Meter::InputTokens, 15)
        .with(Meter::CachedInputTokens, 4)
        .with(Meter::OutputTokens, 7)
        .with(Meter::ReasoningTokens, 3)
        .with(Meter::Calls, 1);
    assert_eq!(answer.finding.usage, Some(expected));
    assert_eq!((answer.finding.service_tier, answer.finding.truncated), (ServiceTier::Flex, true));
}

fn translator(request: &Request) -> StreamTranslator {
    StreamTranslator::new(request, Wire::OpenAiChat)
}

const STREAM: &str = "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}],\"usage\":null}\n\n\
    data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a \\\"usage\\\": {\"}}],\"usage\":null}\n\n\
    data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const USAGE: &str = "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[],\"usage\":{\"prompt_tokens\":5,\"completion_tokens\":2,\"total_tokens\":7}}\n\n";

#[test]
fn the_usage_chunk_is_taken_out_where_it_was_not_asked_for() {
    let text = format!("{STREAM}{USAGE}data: [DONE]\n\n");
    for size in [1, 7, 100, 10_000] {
        let check = |options: &str, expected: &str| {
            let body = format!(r#"{{"model":"m","messages":[],"stream":true{options}}}"#);
            let translator = translator(&request(CHAT, &body));
            let (passed, outcome) = stream(translator, text.as_bytes(), size);
            assert_eq!(passed, expected, "{size} {options}");
            assert!(outcome.complete);
            assert_eq!(outcome.finding.model.as_deref(), Some("m"));
            assert_eq!(outcome.finding.usage.unwrap().get(Meter::InputTokens), 5);
        };
        check("", &format!("{STREAM}data: [DONE]\n\n"));
        check(r#","stream_options":{"include_usage":true}"#, &text);
    }
}

#[test]
fn chunks_pass_without_a_copy() {
    let body = r#"{"model":"m","messages":[],"stream":true}"#;
    let mut translator = translator(&request(CHAT, body));
    let chunk = Bytes::from_static(STREAM.as_bytes());
    let mut out = Vec::new();
    translator.push(chunk.clone(), &mut out).unwrap();
    assert_eq!(out.len(), 1);
    assert_eq!(out[0].as_ptr(), chunk.as_ptr());
    assert!(translator.has_content());
}

#[test]
fn a_cut_stream_is_told_apart_and_estimated() {
    let body = r#"{"model":"m","messages":[],"stream":true}"#;
    let mut translator = translator(&request(CHAT, body));
    let mut out = Vec::new();
    translator.push(Bytes::from_static(&STREAM.as_bytes()[..150]), &mut out).unwrap();
    assert!(!translator.has_content());
    translator.push(Bytes::from_static(&STREAM.as_bytes()[150..]), &mut out).unwrap();
    assert!(translator.estimate().get(Meter::OutputTokens) >= 1);
    assert!(translator.estimate().get(Meter::InputTokens) >= 1);
    let outcome = translator.finish(&mut out);
    assert!(!outcome.complete);
    assert_eq!(outcome.finding.usage, None);
}

#[test]
fn the_model_of_a_form_is_replaced_and_the_file_stays() {
    let form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n\u{0}--RIFF\r\n--b\r\n\
        Content-Disposition: form-data; name=\"model\"\r\n\r\nfeature\r\n--b--\r\n";
    let endpoint = endpoint("/v1/audio/transcriptions");
    let read = |kind: &str| Request::read(&endpoint, Some(kind), Bytes::copy_from_slice(form.as_bytes()));
    let request = read("multipart/form-data; boundary=b").unwrap();
    assert_eq!(&*request.model, "feature");
    let outbound = Upstream::new(ProviderKind::OpenAi, "whisper-1").prepare(&request).unwrap();
    assert_eq!(outbound.body, form.replace("feature", "whisper-1"));
    assert_eq!(outbound.headers["content-type"], "multipart/form-data; boundary=\"b\"");
    assert!(matches!(read("application/json"), Err(ReadError::Multipart(_))));
    assert!(matches!(read("multipart/form-data; boundary=c"), Err(ReadError::Multipart(_))));
}

#[test]
fn azure_names_the_deployment_where_its_version_wants_it() {
    let check = |version: Option<&'static str>, path: &str, body: &str, expected: &str| {
        let mut upstream = Upstream::new(ProviderKind::AzureOpenAi, "my deployment");
        upstream.base = "https://acme.openai.azure.com".parse().unwrap();
        upstream.api_version = version;
        assert_eq!(upstream.prepare(&request(path, body)).unwrap().uri, expected);
    };
    let chat = r#"{"model":"m","messages":[]}"#;
    check(None, CHAT, chat, "https://acme.openai.azure.com/openai/v1/chat/completions");
    check(
        Some("2024-10-21"),
        CHAT,
        chat,
        "https://acme.openai.azure.com/openai/deployments/my%20deployment/chat/completions?api-version=2024-10-21",
    );
    check(
        Some("2025-04-01-preview"),
        "/v1/responses",
        r#"{"model":"m","input":"x"}"#,
        "https://acme.openai.azure.com/openai/responses?api-version=2025-04-01-preview",
    );
}

#[test]
fn headers_for_what_is_not_final_reach_a_provider_of_the_same_dialect_and_no_other() {
    let body = r#"{"model":"m","max_tokens":5,"messages":[{"role":"user","content":"hi"}]}"#;
    let mut request = request("/anthropic/v1/messages", body);
    let mut headers = http::HeaderMap::new();
    for beta in ["context-1m", "interleaved-thinking"] {
        headers.append("anthropic-beta", http::HeaderValue::from_static(beta));
    }
    headers.insert("openai-organization", http::HeaderValue::from_static("org-of-the-client"));
    headers.insert("x-api-key", http::HeaderValue::from_static("glx_of_the_client"));
    request.read_headers(&headers);

    let same = Upstream::new(ProviderKind::Anthropic, "m").prepare(&request).unwrap();
    let sent: Vec<_> = same.headers.get_all("anthropic-beta").iter().map(|value| value.to_str().unwrap()).collect();
    assert_eq!((sent, same.dropped.len()), (vec!["context-1m", "interleaved-thinking"], 0));
    assert!(!same.headers.contains_key("openai-organization") && !same.headers.contains_key("x-api-key"));

    let other = Upstream::new(ProviderKind::OpenAi, "m").prepare(&request).unwrap();
    assert!(!other.headers.contains_key("anthropic-beta"));
    assert!(other.dropped.iter().any(|field| **field == *"anthropic-beta"), "{:?}", other.dropped);
}
