use glaux_llm::{Meter, ProviderKind, UsageBasis};
use glaux_routing::document::ProviderLimits;
use serde_json::Value;

use super::{TOLD, start};
use crate::world::PROVIDER_KEY;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Client {
    OpenAi,
    Anthropic,
    Gemini,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply {
    Whole,
    Stream,
}

const PROVIDERS: [(ProviderKind, &str, &str); 4] = [
    (ProviderKind::OpenAi, "authorization", "/v1/chat/completions"),
    (ProviderKind::OpenAiCompatible, "authorization", "/v1/chat/completions"),
    (ProviderKind::Anthropic, "x-api-key", "/v1/messages"),
    (ProviderKind::Gemini, "x-goog-api-key", "/v1beta/models/in%3D19%2Cout%3D10:"),
];

impl Client {
    fn path(self, reply: Reply) -> &'static str {
        match (self, reply) {
            (Self::OpenAi, _) => "/v1/chat/completions",
            (Self::Anthropic, _) => "/anthropic/v1/messages",
            (Self::Gemini, Reply::Whole) => "/gemini/v1beta/models/chatbot:generateContent",
            (Self::Gemini, Reply::Stream) => "/gemini/v1beta/models/chatbot:streamGenerateContent?alt=sse",
        }
    }

    fn body(self, reply: Reply) -> String {
        let stream = if reply == Reply::Stream { r#","stream":true"# } else { "" };
        match self {
            Self::OpenAi => {
                let usage = if reply == Reply::Stream { r#","stream_options":{"include_usage":true}"# } else { "" };
                super::chat(&format!("{stream}{usage}"))
            }
            Self::Anthropic => format!(
                r#"{{"model":"chatbot","max_tokens":100,"messages":[{{"role":"user","content":"one two three"}}]{stream}}}"#
            ),
            Self::Gemini => r#"{"contents":[{"role":"user","parts":[{"text":"one two three"}]}],
                "generationConfig":{"maxOutputTokens":100}}"#
                .to_owned(),
        }
    }

    /// What the model said in an answer or an event.
    fn text(self, value: &Value) -> String {
        let pieces: Vec<&Value> = match self {
            Self::OpenAi => vec![&value["choices"][0]["message"]["content"], &value["choices"][0]["delta"]["content"]],
            Self::Anthropic => vec![&value["content"][0]["text"], &value["delta"]["text"]],
            Self::Gemini => vec![&value["candidates"][0]["content"]["parts"][0]["text"]],
        };
        pieces.into_iter().filter_map(Value::as_str).collect()
    }

    /// Tokens in and out, as far as an answer or an event says.
    fn usage(self, value: &Value) -> (Option<u64>, Option<u64>) {
        let find = |places: &[&str]| places.iter().find_map(|place| value.pointer(place)?.as_u64());
        match self {
            Self::OpenAi => (find(&["/usage/prompt_tokens"]), find(&["/usage/completion_tokens"])),
            Self::Anthropic => (
                find(&["/usage/input_tokens", "/message/usage/input_tokens"]),
                find(&["/usage/output_tokens", "/message/usage/output_tokens"]),
            ),
            Self::Gemini => {
                (find(&["/usageMetadata/promptTokenCount"]), find(&["/usageMetadata/candidatesTokenCount"]))
            }
        }
    }

    /// Text and the last word on usage of an answer, whole or streamed.
    fn read(self, reply: Reply, body: &str) -> (String, Option<u64>, Option<u64>) {
        let values: Vec<Value> = match reply {
            Reply::Whole => vec![serde_json::from_str(body).unwrap()],
            Reply::Stream => body
                .lines()
                .filter_map(|line| line.strip_prefix("data: "))
                .filter(|data| *data != "[DONE]")
                .map(|data| serde_json::from_str(data).unwrap())
                .collect(),
        };
        let start = (String::new(), None, None);
        values.iter().fold(start, |(text, input, output), value| {
            let usage = self.usage(value);
            (text + &self.text(value), usage.0.or(input), usage.1.or(output))
        })
    }
}

#[tokio::test]
async fn any_dialect_goes_to_any_provider() {
    let said: String = (0..10).map(|word| format!("word{word} ")).collect();
    for (kind, key_header, place) in PROVIDERS {
        for client in [Client::OpenAi, Client::Anthropic, Client::Gemini] {
            for reply in [Reply::Whole, Reply::Stream] {
                let pair = format!("{client:?} to {kind}, {reply:?}");
                let (world, upstream) = start(kind, TOLD.0, ProviderLimits::default()).await;
                let answer = world.send(client.path(reply), &client.body(reply)).await;
                assert_eq!(answer.status, 200, "{pair}: {}", answer.body);
                let (text, input, output) = client.read(reply, &answer.body);
                assert_eq!(text, said, "{pair}: {}", answer.body);
                assert_eq!((input, output), (Some(19), Some(10)), "{pair}: {}", answer.body);

                let received = upstream.requests().remove(0);
                assert!(received.path.starts_with(place), "{pair}: {}", received.path);
                let key = received.headers[key_header].to_str().unwrap();
                assert_eq!(key.trim_start_matches("Bearer "), PROVIDER_KEY, "{pair}");
                let attempt = &world.settled().await.1[0];
                let used = [Meter::InputTokens, Meter::OutputTokens].map(|meter| attempt.usage.get(meter));
                assert_eq!((used, attempt.cost.nanos), ([19, 10], TOLD.1), "{pair}");
                assert_eq!(attempt.usage_basis, UsageBasis::Reported, "{pair}");
            }
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_not_asked_for_as_events_is_refused_by_name() {
    let (world, upstream) = start(ProviderKind::Gemini, TOLD.0, ProviderLimits::default()).await;
    let body = r#"{"contents":[{"role":"user","parts":[{"text":"x"}]}]}"#;
    for query in ["", "?alt=json", "?alt=sse2"] {
        let path = format!("/gemini/v1beta/models/chatbot:streamGenerateContent{query}");
        let answer = world.send(&path, body).await;
        assert!(answer.status.is_client_error() && answer.body.contains("alt=sse"), "{query}: {}", answer.body);
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn errors_come_in_the_dialect_of_the_client() {
    for (kind, ..) in PROVIDERS {
        for client in [Client::OpenAi, Client::Anthropic, Client::Gemini] {
            let (world, _upstream) = start(kind, "status=429,retry-after=60", ProviderLimits::default()).await;
            let answer = world.send(client.path(Reply::Whole), &client.body(Reply::Whole)).await;
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            let message = body["error"]["message"].as_str().unwrap_or_default();
            assert!(message.contains("Scripted failure."), "{client:?} from {kind}: {}", answer.body);
            let kinds = match client {
                Client::OpenAi => body["error"]["type"].is_string(),
                Client::Anthropic => body["type"] == "error" && body["error"]["type"] == "rate_limit_error",
                Client::Gemini => body["error"]["status"] == "RESOURCE_EXHAUSTED" && body["error"]["code"] == 429,
            };
            assert!(kinds && answer.status == 429, "{client:?} from {kind}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn embeddings_go_where_there_are_some() {
    let body = r#"{"model":"chatbot","input":["one","two"]}"#;
    for kind in [ProviderKind::OpenAi, ProviderKind::OpenAiCompatible, ProviderKind::Gemini] {
        let (world, _upstream) = start(kind, TOLD.0, ProviderLimits::default()).await;
        let answer = world.send("/v1/embeddings", body).await;
        assert_eq!(answer.status, 200, "{kind}: {}", answer.body);
        let answer: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer["data"][1]["embedding"], serde_json::json!([0.5, -0.5, 0.25, -0.25]), "{kind}");
    }
    let (world, upstream) = start(ProviderKind::Anthropic, TOLD.0, ProviderLimits::default()).await;
    let answer = world.send("/v1/embeddings", body).await;
    assert_eq!((answer.status.as_u16(), &answer.headers["x-glaux-code"]), (400, &"unsupported".parse().unwrap()));
    assert!(answer.body.contains("embeddings"), "{}", answer.body);
    assert!(upstream.requests().is_empty());
}
