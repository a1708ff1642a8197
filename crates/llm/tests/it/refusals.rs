//! What can't be expressed is refused by name or recorded as dropped; errors reach each client in its shape.

use bytes::Bytes;
use glaux_kernel::{Secret, problem::Code};
use glaux_llm::{
    Credentials, Dialect, FailureClass, ProviderKind, Refusal, UnsupportedPolicy, Wire, authorize, read_failure,
    render_failure, render_refusal,
};
use http::HeaderMap;

use crate::support::{Upstream, json, request};

const CHAT: &str = "/v1/chat/completions";

#[test]
fn what_a_provider_can_not_express_is_named() {
    let check = |kind: ProviderKind, path: &str, body: &str, expected: &str| {
        let mut upstream = Upstream::new(kind, "m");
        upstream.limit = Some(100);
        let request = request(path, body);
        let error = upstream.prepare(&request).unwrap_err();
        assert_eq!(error.field(), Some(expected), "{kind} {body}: {error}");
        upstream.policy = UnsupportedPolicy::Drop;
        match upstream.prepare(&request) {
            Ok(outbound) => assert!(outbound.dropped.iter().any(|field| **field == *expected), "{kind} {body}"),
            Err(error) => assert_eq!(error.field(), Some("model"), "{kind} {body}: {error}"),
        }
    };
    let chat = |rest: &str| format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{rest}}}"#);
    check(ProviderKind::Anthropic, CHAT, &chat(r#""seed":1"#), "seed");
    check(ProviderKind::Anthropic, CHAT, &chat(r#""n":2"#), "n");
    check(ProviderKind::Anthropic, CHAT, &chat(r#""logprobs":true"#), "logprobs");
    check(ProviderKind::Anthropic, CHAT, &chat(r#""temperature":1.5"#), "temperature");
    check(ProviderKind::Anthropic, CHAT, &chat(r#""logit_bias":{"1":2}"#), "logit_bias");
    check(ProviderKind::Anthropic, CHAT, &chat(r#""response_format":{"type":"json_object"}"#), "response_format");
    check(ProviderKind::Anthropic, CHAT, &chat(r#""modalities":["audio"]"#), "modalities");
    check(ProviderKind::Gemini, CHAT, &chat(r#""tools":[{"type":"web_search"}]"#), "tools[0].type");
    check(ProviderKind::Bedrock, CHAT, &chat(r#""top_k":4"#), "top_k");
    check(ProviderKind::Anthropic, "/v1/embeddings", r#"{"model":"m","input":"x"}"#, "model");
    check(ProviderKind::OpenAi, "/v1/messages/count_tokens", r#"{"model":"m","messages":[]}"#, "model");
    let anthropic =
        |rest: &str| format!(r#"{{"model":"m","max_tokens":9,"messages":[{{"role":"user","content":"x"}}],{rest}}}"#);
    check(ProviderKind::OpenAi, "/v1/messages", &anthropic(r#""top_k":4"#), "top_k");
    check(ProviderKind::OpenAi, "/v1/messages", &anthropic(r#""mcp_servers":[{"url":"x"}]"#), "mcp_servers");
    check(
        ProviderKind::Gemini,
        "/v1/responses",
        r#"{"model":"m","input":"x","previous_response_id":"r"}"#,
        "previous_response_id",
    );
    let gemini = "/gemini/v1/models/m:generateContent";
    check(ProviderKind::OpenAi, gemini, r#"{"contents":[],"safetySettings":[{"category":"x"}]}"#, "safetySettings");
    check(ProviderKind::Anthropic, gemini, r#"{"contents":[],"generationConfig":{"seed":3}}"#, "generationConfig.seed");
}

#[test]
fn hints_are_named_but_never_refused() {
    let body = r#"{"model":"m","max_tokens":9,"system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],
        "messages":[{"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},{"type":"text","text":"x"}]}]}"#;
    let outbound = Upstream::new(ProviderKind::OpenAi, "m").prepare(&request("/v1/messages", body)).unwrap();
    let dropped: Vec<_> = outbound.dropped.iter().map(|field| &**field).collect();
    assert_eq!(dropped, ["system[0].cache_control", "thinking"]);
}

#[test]
fn malformed_insides_are_found_in_translation() {
    let check = |body: &str, expected: &str| {
        let error = Upstream::new(ProviderKind::Gemini, "m").prepare(&request(CHAT, body)).unwrap_err();
        assert_eq!(error.to_string(), expected, "{body}");
    };
    check(r#"{"model":"m","messages":[7]}"#, "`messages[0]` must be an object.");
    check(
        r#"{"model":"m","messages":[{"role":"boss"}]}"#,
        "`messages[0].role` must be system, developer, user, assistant or tool.",
    );
    check(
        r#"{"model":"m","messages":[{"role":"user","content":3}]}"#,
        "`messages[0].content` must be a string or an array of parts.",
    );
    check(
        r#"{"model":"m","messages":[{"role":"user","content":"\ud800"}]}"#,
        "`messages[0].content` must be a string of valid Unicode.",
    );
    check(
        r#"{"model":"m","messages":[{"role":"assistant","tool_calls":[{"id":"a","function":{"name":"f","arguments":"[1"}}]}]}"#,
        "`messages[0].tool_calls[0].function.arguments` must be a JSON object as text.",
    );
    check(
        r#"{"model":"m","messages":[{"role":"tool","tool_call_id":"x","content":"y"}]}"#,
        "`messages.tool_call_id` must be the id of a call before it.",
    );
}

#[test]
fn a_limit_can_not_be_given_twice_under_two_names() {
    let path = "/gemini/v1/models/m:generateContent";
    let mut upstream = Upstream::new(ProviderKind::Gemini, "g");
    upstream.limit = Some(10);
    let sent = |body: &str| json(&upstream.prepare(&request(path, body)).unwrap().body);
    let snake = sent(r#"{"contents":[],"generation_config":{"max_output_tokens":99,"topK":1}}"#);
    assert_eq!(snake, serde_json::json!({"contents":[],"generation_config":{"maxOutputTokens":10,"topK":1}}));
    let endpoint = crate::support::endpoint(path);
    for body in [
        r#"{"contents":[],"generation_config":{},"generationConfig":{}}"#,
        r#"{"contents":[],"generationConfig":{"max_output_tokens":1,"maxOutputTokens":9}}"#,
        r#"{"contents":[],"generationConfig":{},"GenerationConfig":{}}"#,
    ] {
        assert!(glaux_llm::Request::read(&endpoint, None, Bytes::from_static(body.as_bytes())).is_err(), "{body}");
    }
}

#[test]
fn upstream_errors_are_understood() {
    let check = |wire: Wire, status: u16, body: &str, class: FailureClass, message: &str| {
        let failure = read_failure(wire, status, &HeaderMap::new(), Bytes::copy_from_slice(body.as_bytes()));
        assert_eq!((failure.class, failure.message.as_str()), (class, message), "{status} {body}");
    };
    let openai =
        r#"{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#;
    check(Wire::OpenAiChat, 429, openai, FailureClass::RateLimited, "Rate limit reached");
    let quota = r#"{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}"#;
    check(Wire::OpenAiChat, 429, quota, FailureClass::Billing, "You exceeded your quota");
    let long = r#"{"error":{"message":"too long","code":"context_length_exceeded"}}"#;
    check(Wire::OpenAiChat, 400, long, FailureClass::ContextTooLong, "too long");
    let overloaded = r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    check(Wire::AnthropicMessages, 529, overloaded, FailureClass::Overloaded, "Overloaded");
    let google = r#"[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]"#;
    check(Wire::GeminiGenerate, 400, google, FailureClass::Auth, "API key not valid.");
    check(
        Wire::BedrockConverse,
        400,
        r#"{"message":"Malformed input"}"#,
        FailureClass::InvalidRequest,
        "Malformed input",
    );
    check(Wire::OpenAiChat, 502, "<html>Bad gateway</html>", FailureClass::Server, "<html>Bad gateway</html>");
    check(Wire::OpenAiChat, 404, r#"{"error":"model not found"}"#, FailureClass::NotFound, "model not found");
    let mut headers = HeaderMap::new();
    headers.insert("retry-after", "1.5".parse().unwrap());
    let failure = read_failure(Wire::OpenAiChat, 503, &headers, Bytes::new());
    assert_eq!(failure.retry_after.unwrap().as_millis(), 1_500);
}

#[test]
fn errors_have_the_shape_of_the_client() {
    let refusal =
        Refusal { code: Code::BudgetExceeded, message: "Used up.", param: Some("model"), request_id: "req_1" };
    let shape = |dialect| json(&render_refusal(dialect, &refusal).body);
    assert_eq!(render_refusal(Dialect::OpenAi, &refusal).status, 402);
    assert_eq!(
        shape(Dialect::OpenAi),
        serde_json::json!({"error":{"message":"Used up.","type":"insufficient_quota","param":"model","code":"budget_exceeded"}})
    );
    assert_eq!(shape(Dialect::Anthropic)["error"]["type"], "billing_error");
    assert_eq!(shape(Dialect::Anthropic)["request_id"], "req_1");
    assert_eq!(shape(Dialect::Gemini)["error"]["status"], "FAILED_PRECONDITION");
    let body = Bytes::from_static(br#"{"error":{"message":"Slow down","code":"rate_limit_exceeded"}}"#);
    let failure = read_failure(Wire::OpenAiChat, 429, &HeaderMap::new(), body.clone());
    assert_eq!(render_failure(Dialect::OpenAi, &failure, "r").body, body);
    let translated = render_failure(Dialect::Anthropic, &failure, "r");
    assert_eq!(translated.status, 429);
    assert_eq!(json(&translated.body)["error"]["type"], "rate_limit_error");
}

#[test]
fn our_own_credentials_are_never_told_of() {
    let body = Bytes::from_static(br#"{"error":{"message":"Incorrect API key provided: sk-abc"}}"#);
    let failure = read_failure(Wire::OpenAiChat, 401, &HeaderMap::new(), body);
    let rendered = render_failure(Dialect::OpenAi, &failure, "r");
    assert_eq!(rendered.status, 502);
    assert!(!String::from_utf8_lossy(&rendered.body).contains("sk-abc"));
}

#[test]
fn credentials_go_where_the_provider_looks() {
    let check = |kind: ProviderKind, header: &str, value: &str| {
        let mut upstream = Upstream::new(kind, "m");
        upstream.limit = Some(9);
        let body = r#"{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]}"#;
        let text = r#"{"model":"m","messages":[]}"#;
        let mut outbound =
            upstream.prepare(&request(CHAT, if kind == ProviderKind::GoogleVision { body } else { text })).unwrap();
        let key = Credentials::ApiKey(Secret::new("k1".to_owned()));
        authorize(&mut outbound, kind, &key, "2026-11-21T00:00:00Z".parse().unwrap()).unwrap();
        assert_eq!(outbound.headers[header], value, "{kind}");
        assert!(outbound.headers[header].is_sensitive());
    };
    check(ProviderKind::OpenAi, "authorization", "Bearer k1");
    check(ProviderKind::OpenAiCompatible, "authorization", "Bearer k1");
    check(ProviderKind::AzureOpenAi, "api-key", "k1");
    check(ProviderKind::Anthropic, "x-api-key", "k1");
    check(ProviderKind::Gemini, "x-goog-api-key", "k1");
    check(ProviderKind::GoogleVision, "x-goog-api-key", "k1");
    check(ProviderKind::Bedrock, "authorization", "Bearer k1");
}
