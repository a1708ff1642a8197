//! Embeddings, token counts, Bedrock's frames, whole answers as streams.

use bytes::Bytes;
use glaux_llm::{Meter, ProviderKind, StreamTranslator, Usage, Wire, translate_answer};

use crate::support::{Upstream, json, request, stream};

#[test]
fn embeddings_go_both_ways() {
    let client =
        request("/v1/embeddings", r#"{"model":"m","input":["a","b"],"dimensions":2,"encoding_format":"base64"}"#);
    let outbound = Upstream::new(ProviderKind::Gemini, "text-embedding").prepare(&client).unwrap();
    assert_eq!(outbound.uri.path(), "/v1beta/models/text-embedding:batchEmbedContents");
    let part = |text: &str| serde_json::json!({"model":"models/text-embedding","content":{"parts":[{"text":text}]},"outputDimensionality":2});
    assert_eq!(json(&outbound.body), serde_json::json!({"requests":[part("a"), part("b")]}));
    let body = Bytes::from_static(br#"{"embeddings":[{"values":[1,0.5]},{"values":[0,-1]}]}"#);
    let answer = json(&translate_answer(&client, outbound.wire, body).unwrap().body);
    // 1.0 and 0.5 as little-endian floats.
    assert_eq!(answer["data"][0]["embedding"], "AACAPwAAAD8=");
    let gemini = request("/gemini/v1/models/m:embedContent", r#"{"content":{"parts":[{"text":"a"}]}}"#);
    let outbound = Upstream::new(ProviderKind::OpenAi, "text-embedding-3-small").prepare(&gemini).unwrap();
    assert_eq!(json(&outbound.body)["input"], serde_json::json!(["a"]));
    let body = Bytes::from_static(
        br#"{"data":[{"index":0,"embedding":[0.25]}],"usage":{"prompt_tokens":3,"total_tokens":3}}"#,
    );
    let answer = translate_answer(&gemini, outbound.wire, body).unwrap();
    assert_eq!(json(&answer.body), serde_json::json!({"embedding":{"values":[0.25]}}));
    assert_eq!(answer.finding.usage.unwrap().get(Meter::InputTokens), 3);
}

#[test]
fn tokens_are_counted_by_either_counter() {
    let body = r#"{"model":"m","system":"s","messages":[{"role":"user","content":"x"}]}"#;
    let client = request("/v1/messages/count_tokens", body);
    let outbound = Upstream::new(ProviderKind::Gemini, "g").prepare(&client).unwrap();
    let expected = serde_json::json!({"generateContentRequest":{"model":"models/g","systemInstruction":{"parts":[{"text":"s"}]},
        "contents":[{"role":"user","parts":[{"text":"x"}]}]}});
    assert_eq!(json(&outbound.body), expected);
    let answer = translate_answer(&client, outbound.wire, Bytes::from_static(br#"{"totalTokens":7}"#)).unwrap();
    assert_eq!(json(&answer.body), serde_json::json!({"input_tokens":7}));
    assert_eq!(answer.finding.usage, Some(Usage::default().with(Meter::Calls, 1)));
    let client = request("/gemini/v1/models/m:countTokens", r#"{"contents":[{"parts":[{"text":"x"}]}]}"#);
    let outbound = Upstream::new(ProviderKind::Anthropic, "c").prepare(&client).unwrap();
    assert_eq!(json(&outbound.body), serde_json::json!({"model":"c","messages":[{"role":"user","content":"x"}]}));
    let answer = translate_answer(&client, outbound.wire, Bytes::from_static(br#"{"input_tokens":7}"#)).unwrap();
    assert_eq!(json(&answer.body), serde_json::json!({"totalTokens":7}));
}

/// Frames as AWS documents them: lengths, headers of type 7, CRC-32 of the prelude and of everything before the last sum.
fn frame(message: &str, kind: &str, payload: &str) -> Vec<u8> {
    let mut headers = Vec::new();
    let name = if message == "event" { ":event-type" } else { ":exception-type" };
    for (name, value) in [(":message-type", message), (name, kind)] {
        headers.push(name.len() as u8);
        headers.extend_from_slice(name.as_bytes());
        headers.push(7);
        headers.extend_from_slice(&(value.len() as u16).to_be_bytes());
        headers.extend_from_slice(value.as_bytes());
    }
    let mut out = ((16 + headers.len() + payload.len()) as u32).to_be_bytes().to_vec();
    out.extend_from_slice(&(headers.len() as u32).to_be_bytes());
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    out.extend_from_slice(&headers);
    out.extend_from_slice(payload.as_bytes());
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    out
}

#[test]
fn bedrock_streams_into_every_client() {
    let frames = [
        frame("event", "messageStart", r#"{"role":"assistant"}"#),
        frame("event", "contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"Hi"}}"#),
        frame("event", "contentBlockStop", r#"{"contentBlockIndex":0}"#),
        frame(
            "event",
            "contentBlockStart",
            r#"{"contentBlockIndex":1,"start":{"toolUse":{"toolUseId":"t","name":"now"}}}"#,
        ),
        frame("event", "contentBlockStop", r#"{"contentBlockIndex":1}"#),
        frame("event", "messageStop", r#"{"stopReason":"tool_use"}"#),
        frame(
            "event",
            "metadata",
            r#"{"usage":{"inputTokens":5,"outputTokens":2,"totalTokens":7},"metrics":{"latencyMs":1}}"#,
        ),
    ]
    .concat();
    let mut client = request("/v1/messages", r#"{"model":"m","max_tokens":9,"stream":true,"messages":[]}"#);
    client.answer_id = "msg_1".into();
    for size in [1, 50, 10_000] {
        let (text, outcome) = stream(StreamTranslator::new(&client, Wire::BedrockConverse), &frames, size);
        assert!(outcome.complete);
        assert_eq!(outcome.finding.usage.unwrap().get(Meter::InputTokens), 5);
        assert!(text.contains(r#""id":"msg_1""#) && text.contains(r#""text":"Hi""#), "{text}");
        assert!(text.contains(r#""name":"now""#) && text.contains(r#""stop_reason":"tool_use""#), "{text}");
        assert!(text.ends_with("data: {\"type\":\"message_stop\"}\n\n"), "{text}");
    }
    let broken =
        [frames[..100].to_vec(), frame("exception", "throttlingException", r#"{"message":"Slow down"}"#)].concat();
    let mut translator = StreamTranslator::new(&client, Wire::BedrockConverse);
    assert!(translator.push(Bytes::from(broken), &mut Vec::new()).is_err());
    let throttled = frame("exception", "throttlingException", r#"{"message":"Slow down"}"#);
    let (text, outcome) = stream(StreamTranslator::new(&client, Wire::BedrockConverse), &throttled, 10);
    assert_eq!(outcome.failure.unwrap().message, "Slow down");
    assert!(text.starts_with("event: error\n") && text.contains("rate_limit_error"), "{text}");
}

#[test]
fn a_whole_answer_becomes_a_stream_where_the_provider_has_none() {
    let client = request(
        "/v1/chat/completions",
        r#"{"model":"m","stream":true,"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"https://x/y.png"}}]}]}"#,
    );
    let outbound = Upstream::new(ProviderKind::GoogleVision, "labels").prepare(&client).unwrap();
    assert!(!outbound.stream);
    let body = br#"{"responses":[{"labelAnnotations":[{"description":"Owl","score":0.5}]}]}"#;
    let (text, outcome) = stream(StreamTranslator::new(&client, outbound.wire), body, 9);
    assert!(outcome.complete && text.contains(r#"{\"labels\":[{\"name\":\"Owl\",\"score\":0.5}]}"#), "{text}");
    assert!(text.ends_with("data: [DONE]\n\n"));
    assert_eq!(outcome.finding.usage.unwrap().get(Meter::VisionLabels), 1);
    let (text, outcome) = stream(StreamTranslator::new(&client, outbound.wire), b"<html>", 9);
    assert!(!outcome.complete && outcome.failure.is_some() && text.contains("\"error\""), "{text}");
}

#[test]
fn a_stream_can_be_ended_cleanly_at_any_time() {
    let check = |path: &str, body: &str, wire: Wire, begun: &str, end: &str| {
        let mut translator = StreamTranslator::new(&request(path, body), wire);
        let mut out = Vec::new();
        translator.push(Bytes::copy_from_slice(begun.as_bytes()), &mut out).unwrap();
        out.clear();
        translator.close(&mut out);
        let text = String::from_utf8(out.concat()).unwrap();
        assert!(text.contains(end), "{path} {wire:?}: {text}");
        translator.finish(&mut out);
        assert_eq!(out.concat(), text.as_bytes());
    };
    let openai = "data: {\"id\":\"c\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
    let chat = r#"{"model":"m","messages":[],"stream":true}"#;
    let messages = r#"{"model":"m","max_tokens":9,"messages":[],"stream":true}"#;
    check("/v1/chat/completions", chat, Wire::OpenAiChat, openai, "\"finish_reason\":\"length\"");
    check("/v1/messages", messages, Wire::OpenAiChat, openai, "\"stop_reason\":\"max_tokens\"");
    check(
        "/v1/responses",
        r#"{"model":"m","input":"x","stream":true}"#,
        Wire::OpenAiChat,
        openai,
        "response.incomplete",
    );
    check("/gemini/v1/models/m:streamGenerateContent", r#"{"contents":[]}"#, Wire::OpenAiChat, openai, "MAX_TOKENS");
    let block = "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":2,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";
    check("/v1/messages", messages, Wire::AnthropicMessages, block, "\"content_block_stop\",\"index\":2");
}
