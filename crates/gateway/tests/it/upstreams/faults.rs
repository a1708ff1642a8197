use std::time::Duration;

use glaux_gateway::OwnCall;
use glaux_ledger::record::{Attempt, Purpose, Status};
use glaux_llm::{ProviderKind, UsageBasis};
use glaux_routing::document::{Policy, ProviderLimits};
use http_body_util::BodyExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::Instant,
};

use super::{CHAT, TOLD, chat, start};
use crate::world::{Answer, World};

/// Far below what a healthy test takes, far above what it waits for.
const SHORT: u64 = 300;

fn limits() -> ProviderLimits {
    ProviderLimits { idle_timeout_ms: SHORT, first_byte_timeout_ms: SHORT, ..ProviderLimits::default() }
}

/// One call in one attempt: what the client got, and how the attempt was settled.
async fn call(model: &str, limits: ProviderLimits, more: &str) -> (Answer, Attempt) {
    let (world, _upstream) = start(ProviderKind::OpenAi, model, limits).await;
    let answer = world.send(CHAT, &chat(more)).await;
    let (mut calls, mut attempts) = world.settled().await;
    assert_eq!((calls.len(), attempts.len()), (1, 1), "{model}");
    let (call, attempt) = (calls.remove(0), attempts.remove(0));
    assert_eq!(call.cost_nanos, attempt.cost.nanos, "{model}");
    (answer, attempt)
}

#[tokio::test]
async fn a_whole_answer_that_never_comes_is_charged_at_its_bound() {
    let check = async |model: &str, limits: ProviderLimits, http: u16, status: Status, code: &str| {
        let (answer, attempt) = call(model, limits, "").await;
        assert_eq!((answer.status.as_u16(), attempt.status), (http, status), "{model}: {}", answer.body);
        assert_eq!(answer.headers["x-glaux-code"], code, "{model}");
        assert_eq!(attempt.usage_basis, UsageBasis::Bound, "{model}");
        assert!(attempt.cost.nanos == attempt.held_nanos && attempt.held_nanos >= 100 * 1600, "{model}");
    };
    let total = ProviderLimits { total_timeout_ms: SHORT, ..limits() };
    check("first=60000", limits(), 504, Status::Timeout, "upstream_timeout").await;
    check("stall=50", total, 504, Status::Timeout, "upstream_timeout").await;
    check("reset", limits(), 502, Status::Error, "upstream_error").await;
    check("reset=50", limits(), 502, Status::Error, "upstream_error").await;
    check("lie=1000", limits(), 502, Status::Error, "upstream_error").await;
    check("cut=50", limits(), 502, Status::Error, "upstream_error").await;
    check("garbled", limits(), 502, Status::Error, "upstream_error").await;
}

#[tokio::test]
async fn a_stream_that_breaks_ends_with_a_typed_error_and_is_estimated() {
    let check = async |model: &str, status: Status, code: &str| {
        let (answer, attempt) = call(model, limits(), r#","stream":true"#).await;
        assert_eq!((answer.status.as_u16(), attempt.status), (200, status), "{model}: {}", answer.body);
        assert!(answer.body.contains("word0 ") && answer.body.contains(code), "{model}: {}", answer.body);
        assert!(!answer.body.contains("[DONE]"), "{model}: {}", answer.body);
        assert_eq!(attempt.usage_basis, UsageBasis::Estimated, "{model}");
        assert!(attempt.cost.nanos > 0, "{model}");
    };
    check("stall=3", Status::Timeout, "upstream_timeout").await;
    check("reset=3", Status::Error, "upstream_error").await;
    check("cut=3", Status::Error, "upstream_error").await;
}

#[tokio::test]
async fn an_event_that_can_not_be_translated_ends_the_stream() {
    let (world, _upstream) = start(ProviderKind::OpenAi, "garbled=3", limits()).await;
    let body = r#"{"model":"chatbot","max_tokens":100,"stream":true,"messages":[{"role":"user","content":"x"}]}"#;
    let answer = world.send("/anthropic/v1/messages", body).await;
    assert!(answer.body.contains("word2 ") && answer.body.contains("event: error"), "{}", answer.body);
    assert!(!answer.body.contains("message_stop"), "{}", answer.body);
    let attempt = &world.settled().await.1[0];
    assert_eq!((attempt.status, attempt.usage_basis), (Status::Error, UsageBasis::Estimated));
}

#[tokio::test]
async fn a_stream_that_breaks_before_its_first_word_fails_over() {
    let check = async |model: &str| {
        let (mut world, _upstream) = start(ProviderKind::OpenAi, model, limits()).await;
        world.add_model("say-3");
        fail_over_to_sandbox(&mut world, model);
        let answer = world.send(CHAT, &chat(r#","stream":true"#)).await;
        assert_eq!(answer.headers["x-glaux-model"], "sandbox/say-3", "{model}: {}", answer.body);
        assert!(answer.body.ends_with("data: [DONE]\n\n"), "{model}: {}", answer.body);
        let (_, attempts) = world.settled().await;
        assert_eq!(attempts.iter().filter(|attempt| attempt.usage_basis == UsageBasis::Bound).count(), 1, "{model}");
    };
    check("first=60000").await;
    check("stall").await;
    check("reset").await;
    check("cut").await;
}

/// A port at which nobody listens.
async fn closed_port() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/v1", listener.local_addr().unwrap())
}

fn fail_over_to_sandbox(world: &mut World, model: &str) {
    let policy = Policy { retries: 0, ..Policy::default() };
    world.assign("chatbot", &[&format!("openai/{model}"), "sandbox/say-3"], policy);
}

#[tokio::test]
async fn what_never_reached_a_provider_is_not_charged() {
    let mut world = World::start().await;
    world.add_provider(ProviderKind::OpenAi, closed_port().await, limits());
    world.add_model_of(ProviderKind::OpenAi, "gone");
    world.add_model("say-3");
    fail_over_to_sandbox(&mut world, "gone");
    for more in ["", r#","stream":true"#] {
        let answer = world.send(CHAT, &chat(more)).await;
        assert_eq!(answer.headers["x-glaux-model"], "sandbox/say-3", "{}", answer.body);
    }
    let (calls, attempts) = world.settled().await;
    let told = |attempt: &Attempt| (attempt.status, attempt.cost.nanos > 0);
    assert_eq!(
        attempts.iter().map(told).collect::<Vec<_>>(),
        [(Status::Error, false), (Status::Success, true)].repeat(2)
    );
    assert!(calls.iter().all(|call| call.status == Status::Success));
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_waited_for() {
    let model = format!("{},status=429,times=1,retry-after=1", TOLD.0);
    let (mut world, upstream) = start(ProviderKind::OpenAi, &model, limits()).await;
    let policy = Policy { retries: 1, retry_backoff_ms: 1, ..Policy::default() };
    world.assign("chatbot", &[&format!("openai/{model}")], policy);
    let begun = Instant::now();
    let answer = world.send(CHAT, &chat("")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    let (_, attempts) = world.settled().await;
    let told: Vec<_> = attempts.iter().map(|attempt| (attempt.upstream_status, attempt.cost.nanos)).collect();
    assert_eq!(told, [(Some(429), 0), (Some(200), TOLD.1)]);
    assert_eq!(answer.headers["x-glaux-attempts"], "2");
    let tally = upstream.tally().total();
    assert_eq!((tally.requests, tally.errors), (2, 1));
}

#[tokio::test]
async fn errors_of_a_provider_reach_the_client_and_cost_nothing() {
    let check = async |status: u16, expected: u16, part: &str| {
        let (answer, attempt) = call(&format!("status={status}"), limits(), "").await;
        assert_eq!((answer.status.as_u16(), attempt.upstream_status), (expected, Some(status)), "{}", answer.body);
        assert!(answer.body.contains(part), "{status}: {}", answer.body);
        assert_eq!((attempt.status, attempt.cost.nanos), (Status::Error, 0));
        assert_eq!(attempt.usage_basis, UsageBasis::Estimated, "{status}");
    };
    check(400, 400, "Scripted failure.").await;
    check(429, 429, "rate_limit_exceeded").await;
    check(500, 500, "server_error").await;
}

#[tokio::test]
async fn an_error_of_something_in_between_is_charged_at_the_bound() {
    for status in [502, 504, 520, 524] {
        let (answer, attempt) = call(&format!("status={status}"), limits(), "").await;
        assert!(answer.status.is_server_error(), "{status}: {}", answer.body);
        assert_eq!((attempt.status, attempt.usage_basis), (Status::Error, UsageBasis::Bound), "{status}");
        assert!(attempt.cost.nanos == attempt.held_nanos && attempt.held_nanos > 0, "{status}");
    }
}

/// A provider whose stream begins with so many bytes of comments, and then says a word.
async fn rambling(bytes: usize) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
            let comments = format!(": {}\n\n", "x".repeat(1020)).repeat(bytes / 1024);
            let word = r#"data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"word"}}]}"#;
            let mut request = [0; 4096];
            assert!(stream.read(&mut request).await.is_ok_and(|read| read > 0));
            stream.write_all(format!("{head}{comments}{word}\n\ndata: [DONE]\n\n").as_bytes()).await.ok();
        }
    });
    format!("http://{address}/v1")
}

#[tokio::test]
async fn a_stream_that_does_not_come_to_the_point_is_given_up() {
    let check = async |bytes: usize, http: u16| {
        let mut world = World::start().await;
        world.add_provider(ProviderKind::OpenAi, rambling(bytes).await, ProviderLimits::default());
        world.add_model_of(ProviderKind::OpenAi, "rambling");
        world.assign("chatbot", &["openai/rambling"], Policy { retries: 0, ..Policy::default() });
        let answer = world.send(CHAT, &chat(r#","stream":true"#)).await;
        assert_eq!(answer.status.as_u16(), http, "{bytes}");
        world.settled().await
    };
    check(100 << 10, 200).await;
    let (_, attempts) = check(2 << 20, 502).await;
    assert_eq!((attempts[0].status, attempts[0].usage_basis), (Status::Error, UsageBasis::Bound));
}

#[tokio::test]
async fn a_stream_ends_when_its_time_is_over_though_it_never_pauses() {
    let total = ProviderLimits { total_timeout_ms: 2 * SHORT, ..ProviderLimits::default() };
    let (answer, attempt) = call("events=3000,out=3000,delay=20", total, r#","stream":true"#).await;
    assert!(answer.body.contains("word0 ") && answer.body.contains("upstream_timeout"), "{}", answer.body);
    assert_eq!((attempt.status, attempt.usage_basis), (Status::Timeout, UsageBasis::Estimated));
}

#[tokio::test]
async fn a_client_that_stops_reading_keeps_nothing_held_after_the_time_is_over() {
    let total = ProviderLimits { total_timeout_ms: 2 * SHORT, ..ProviderLimits::default() };
    let (world, _upstream) = start(ProviderKind::OpenAi, "events=3000,out=3000,delay=20", total).await;
    let own = OwnCall {
        organization: world.document.organizations[0].id,
        purpose: Purpose::Call,
        body: chat(r#","stream":true"#).into(),
    };
    let unread = world.gateway.call(own).await;
    assert_eq!(unread.status(), 200);
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls[0].status, attempts[0].status), (Status::Timeout, Status::Timeout));
    let rest = unread.into_body().collect().await.unwrap().to_bytes();
    assert!(String::from_utf8_lossy(&rest).contains("upstream_timeout"));
}
