//! Whatever comes, from clients or providers: typed errors, no panic, and usage that is conserved.

use bytes::Bytes;
use glaux_llm::{
    MeterGroup, ProviderKind, Request, StreamTranslator, UnsupportedPolicy, Wire, extract, json::Node, read_failure,
    translate_answer,
};
use proptest::prelude::*;

use crate::support::{Upstream, clients, endpoint};

const PATHS: [&str; 12] = [
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/moderations",
    "/v1/audio/speech",
    "/v1/audio/transcriptions",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/gemini/v1/models/m:generateContent",
    "/gemini/v1/models/m:batchEmbedContents",
    "/gemini/v1/models/m:countTokens",
];

const WIRES: [Wire; 6] = [
    Wire::OpenAiChat,
    Wire::OpenAiResponses,
    Wire::AnthropicMessages,
    Wire::GeminiGenerate,
    Wire::BedrockConverse,
    Wire::VisionAnnotate,
];

/// JSON made of the words that the formats know, in places where they need not belong.
fn confused() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "model",
        "messages",
        "role",
        "user",
        "assistant",
        "tool",
        "content",
        "text",
        "type",
        "image_url",
        "url",
        "tools",
        "function",
        "name",
        "arguments",
        "input",
        "parts",
        "contents",
        "generationConfig",
        "system",
        "choices",
        "delta",
        "usage",
        "prompt_tokens",
        "input_tokens",
        "candidates",
        "functionCall",
        "tool_use",
        "tool_result",
        "id",
        "index",
        "message",
        "tool_calls",
        "responses",
        "data",
        "source",
        "base64",
        "max_tokens",
        "stop",
        "output",
        "finish_reason",
    ]);
    let leaf = prop_oneof![
        word.clone().prop_map(|word| format!("\"{word}\"")),
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i16>().prop_map(|number| number.to_string()),
        Just("\"\\ud800\"".to_owned()),
        Just("1e999".to_owned()),
        Just("{}".to_owned()),
        Just("[]".to_owned()),
    ];
    leaf.prop_recursive(5, 40, 5, move |inner| {
        let member = (word.clone(), inner.clone()).prop_map(|(key, value)| format!("\"{key}\":{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

fn prepare_everywhere(request: &Request) {
    for kind in ProviderKind::ALL {
        for policy in [UnsupportedPolicy::Refuse, UnsupportedPolicy::Drop] {
            let mut upstream = Upstream::new(*kind, "m");
            upstream.policy = policy;
            upstream.limit = Some(10);
            if let Ok(outbound) = upstream.prepare(request)
                && request.wire != Wire::OpenAiTranscription
            {
                Node::parse(&outbound.body).unwrap();
            }
        }
    }
}

proptest! {
    #[test]
    fn confused_requests_are_refused_or_sent(fields in prop::collection::vec(confused(), 3), path in prop::sample::select(PATHS.to_vec())) {
        let [first, second, third] = [&fields[0], &fields[1], &fields[2]];
        let body = format!(r#"{{"model":"m","messages":[{first},{second}],"input":[{second}],"prompt":"p","contents":[{first},{third}],"tools":[{third}],"content":{second}}}"#);
        if let Ok(request) = Request::read(&endpoint(path), None, Bytes::from(body)) {
            prepare_everywhere(&request);
        }
    }

    #[test]
    fn garbage_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200), path in prop::sample::select(PATHS.to_vec())) {
        let kind = "multipart/form-data; boundary=x";
        prop_assert!(Request::read(&endpoint(path), Some(kind), Bytes::from(bytes)).is_err());
    }

    #[test]
    fn confused_answers_are_translated_or_refused(body in confused(), wire in prop::sample::select(WIRES.to_vec())) {
        let wrapped = format!(r#"{{"choices":[{body}],"content":[{body}],"candidates":[{body}],"output":{{"message":{body}}},"responses":[{body}],"usage":{body}}}"#);
        for text in [body, wrapped] {
            for request in clients(false) {
                if let Ok(answer) = translate_answer(&request, wire, Bytes::from(text.clone())) {
                    Node::parse(&answer.body).unwrap();
                }
            }
            read_failure(wire, 500, &http::HeaderMap::new(), Bytes::from(text));
        }
    }

    #[test]
    fn confused_streams_end(bodies in prop::collection::vec(confused(), 1..5), wire in prop::sample::select(WIRES.to_vec()), size in 1usize..50) {
        let events: String = bodies.iter().map(|body| format!("data: {{\"type\":\"content_block_delta\",\"choices\":[{body}],\"delta\":{body},\"candidates\":[{body}]}}\n\ndata: {body}\n\n")).collect();
        for request in clients(true) {
            let mut translator = StreamTranslator::new(&request, wire);
            let mut out = Vec::new();
            for chunk in events.as_bytes().chunks(size) {
                if translator.push(Bytes::copy_from_slice(chunk), &mut out).is_err() {
                    break;
                }
            }
            translator.estimate();
            translator.close(&mut out);
            translator.finish(&mut out);
        }
    }

    #[test]
    fn totals_are_conserved(
        prompt in 0u64..1_000_000, cached in 0u64..1_000_000, audio in 0u64..1_000_000,
        completion in 0u64..1_000_000, reasoning in 0u64..1_000_000,
    ) {
        let total = prompt + completion;
        let openai = format!(r#"{{"prompt_tokens":{prompt},"completion_tokens":{completion},"total_tokens":{total},"prompt_tokens_details":{{"cached_tokens":{cached},"audio_tokens":{audio}}},"completion_tokens_details":{{"reasoning_tokens":{reasoning}}}}}"#);
        let usage = extract::recognize(Node::parse(openai.as_bytes()).unwrap()).unwrap().usage;
        prop_assert_eq!((usage.total(MeterGroup::Input), usage.total(MeterGroup::Output)), (prompt, completion));
        let gemini = format!(r#"{{"promptTokenCount":{prompt},"candidatesTokenCount":{completion},"thoughtsTokenCount":{reasoning},"cachedContentTokenCount":{cached},"promptTokensDetails":[{{"modality":"AUDIO","tokenCount":{audio}}}]}}"#);
        let usage = extract::recognize(Node::parse(gemini.as_bytes()).unwrap()).unwrap().usage;
        prop_assert_eq!((usage.total(MeterGroup::Input), usage.total(MeterGroup::Output)), (prompt, completion + reasoning));
        let anthropic = format!(r#"{{"input_tokens":{prompt},"cache_read_input_tokens":{cached},"cache_creation_input_tokens":{audio},"output_tokens":{completion}}}"#);
        let usage = extract::recognize(Node::parse(anthropic.as_bytes()).unwrap()).unwrap().usage;
        prop_assert_eq!((usage.total(MeterGroup::Input), usage.total(MeterGroup::Output)), (prompt + cached + audio, completion));
    }
}

#[test]
fn a_count_that_can_not_be_is_no_report() {
    let check = |usage: &str, counted: bool| {
        assert_eq!(extract::recognize(Node::parse(usage.as_bytes()).unwrap()).is_some(), counted, "{usage}");
    };
    check(r#"{"prompt_tokens":1,"completion_tokens":1000000000000}"#, true);
    check(r#"{"prompt_tokens":1,"completion_tokens":1000000000001}"#, false);
    check(r#"{"prompt_tokens":18446744073709551615,"completion_tokens":1}"#, false);
    check(r#"{"promptTokenCount":1,"candidatesTokenCount":18446744073709551615}"#, false);
    check(r#"{"inputTokens":9007199254740992,"outputTokens":1}"#, false);
}
