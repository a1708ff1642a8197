use glaux_ledger::record::Status;
use glaux_llm::{Meter, UsageBasis};
use glaux_routing::document::Policy;
use http::StatusCode;
use http_body_util::BodyExt;

use crate::world::World;

const CHAT: &str = "/v1/chat/completions";

fn chat(model: &str, more: &str) -> String {
    format!(r#"{{"model":"{model}","messages":[{{"role":"user","content":"one two three"}}]{more}}}"#)
}

#[tokio::test]
async fn a_call_is_answered_priced_and_recorded() {
    let mut world = World::start().await;
    world.add_model("say-10");
    let answer = world.send(CHAT, &chat("sandbox/say-10", "")).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls.len(), attempts.len()), (1, 1));
    let (call, attempt) = (&calls[0], &attempts[0]);
    assert_eq!((call.status, attempt.status), (Status::Success, Status::Success));
    assert_eq!(answer.headers["x-glaux-request-id"], call.call.to_string());
    assert_eq!(answer.headers["x-glaux-journal"], "7");
    assert_eq!(attempt.usage_basis, UsageBasis::Reported);
    let (input, output) = (attempt.usage.get(Meter::InputTokens), attempt.usage.get(Meter::OutputTokens));
    assert_eq!(output, 10);
    // 0.40 and 1.60 USD per million tokens are 400 and 1,600 nano-dollars each.
    let nanos = input * 400 + output * 1600;
    assert_eq!((attempt.cost.nanos as u64, call.cost_nanos as u64), (nanos, nanos));
    assert_eq!(answer.headers["x-glaux-cost"], format!("0.{nanos:09}"));
}

#[tokio::test]
async fn a_stream_is_passed_on_and_settled_with_its_usage() {
    let mut world = World::start().await;
    world.add_model("say-10");
    let answer = world.send(CHAT, &chat("sandbox/say-10", r#","stream":true"#)).await;
    assert!(answer.body.ends_with("data: [DONE]\n\n"), "{}", answer.body);
    assert!(!answer.body.contains("\"usage\":{"), "usage that was not asked for is taken out");
    let (calls, attempts) = world.settled().await;
    assert_eq!(attempts[0].usage.get(Meter::OutputTokens), 10);
    assert_eq!((attempts[0].usage_basis, calls[0].status), (UsageBasis::Reported, Status::Success));
}

#[tokio::test]
async fn the_settlement_is_written_before_the_last_byte_goes_out() {
    let mut world = World::start().await;
    world.add_model("say-3+pace-20");
    let response = world.begin(CHAT, &chat("sandbox/say-3+pace-20", r#","stream":true"#), &[]).await;
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let data = frame.unwrap().into_data().unwrap();
        if data.windows(6).any(|window| window == b"[DONE]") {
            let settled =
                world.records().into_iter().any(|record| matches!(record, glaux_ledger::record::Record::Call(_)));
            assert!(settled);
            return;
        }
    }
    panic!("the stream had no terminator");
}

#[tokio::test]
async fn failures_fail_over_and_each_attempt_is_recorded() {
    let mut world = World::start().await;
    world.add_model("error-500");
    world.add_model("echo");
    world.assign(
        "chatbot",
        &["sandbox/error-500", "sandbox/echo"],
        Policy { retries: 1, retry_backoff_ms: 1, ..Policy::default() },
    );
    for stream in ["", r#","stream":true"#] {
        let answer = world.send(CHAT, &chat("chatbot", stream)).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert_eq!(answer.headers["x-glaux-model"], "sandbox/echo");
    }
    let (calls, attempts) = world.settled().await;
    let statuses: Vec<Status> = attempts.iter().map(|attempt| attempt.status).collect();
    assert_eq!(statuses, [Status::Error, Status::Error, Status::Success].repeat(2));
    assert!(attempts.iter().all(|attempt| (attempt.cost.nanos == 0) == (attempt.status == Status::Error)));
    assert!(calls.iter().all(|call| call.attempts == 3 && call.status == Status::Success));
}

#[tokio::test]
async fn the_callers_fault_is_not_tried_again() {
    let mut world = World::start().await;
    world.add_model("error-400");
    world.add_model("echo");
    world.assign("chatbot", &["sandbox/error-400", "sandbox/echo"], Policy::default());
    let answer = world.send(CHAT, &chat("chatbot", "")).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.body.contains("sandbox_400"), "{}", answer.body);
    assert_eq!(world.settled().await.1.len(), 1);
}

#[tokio::test]
async fn a_stream_that_is_cut_ends_with_a_typed_error_and_is_estimated() {
    let mut world = World::start().await;
    world.add_model("say-10+cut-4");
    let answer = world.send(CHAT, &chat("sandbox/say-10+cut-4", r#","stream":true"#)).await;
    assert!(answer.body.contains("upstream_error") && !answer.body.contains("[DONE]"), "{}", answer.body);
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls[0].status, attempts[0].usage_basis), (Status::Error, UsageBasis::Estimated));
    assert!(attempts[0].cost.nanos > 0);
}

#[tokio::test]
async fn a_client_that_hangs_up_is_still_charged_what_the_provider_reports() {
    let mut world = World::start().await;
    world.add_model("say-10+pace-10");
    let response = world.begin(CHAT, &chat("sandbox/say-10+pace-10", r#","stream":true"#), &[]).await;
    let mut body = response.into_body();
    body.frame().await.unwrap().unwrap();
    drop(body);
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls[0].status, attempts[0].status), (Status::Cancelled, Status::Cancelled));
    assert_eq!(attempts[0].usage_basis, UsageBasis::Reported);
    assert_eq!(attempts[0].usage.get(Meter::OutputTokens), 10);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_dialect() {
    let world = World::start().await;
    let check = async |path: &str, body: &str, headers: &[(&str, &str)], status: u16, code: &str, part: &str| {
        let answer = world.send_with(path, body, headers).await;
        assert_eq!(answer.status.as_u16(), status, "{path}: {}", answer.body);
        assert_eq!(answer.headers["x-glaux-code"], code, "{}", answer.body);
        assert!(answer.headers.contains_key("x-glaux-request-id"));
        assert!(answer.body.contains(part), "{}", answer.body);
    };
    let unknown = [("authorization", "Bearer glx_unknown")];
    check(CHAT, "{}", &unknown, 401, "unauthenticated", r#""error":{"message""#).await;
    check("/anthropic/v1/messages", "{}", &unknown, 401, "unauthenticated", r#""type":"authentication_error""#).await;
    check(
        "/gemini/v1beta/models/x:generateContent",
        "{}",
        &unknown,
        401,
        "unauthenticated",
        r#""status":"UNAUTHENTICATED""#,
    )
    .await;
    check(CHAT, "{\"model\":", &[], 400, "invalid_request", "not valid JSON").await;
    check(CHAT, r#"{"model":"x"}"#, &[], 400, "invalid_request", "messages").await;
    check(CHAT, &chat("nothing", ""), &[], 404, "model_not_found", "nothing").await;
    check("/v1/nothing", "{}", &[], 404, "not_found", "/v1/nothing").await;
    check(CHAT, &chat("x", ""), &[("x-glaux-tags", "novalue")], 400, "invalid_request", "x-glaux-tags").await;
    check(CHAT, &chat("x", ""), &[("x-glaux-version", "1999-01-01")], 400, "invalid_request", "x-glaux-version").await;
}

#[tokio::test]
async fn what_is_recorded_of_a_body_is_no_longer_than_a_header_may_be() {
    let mut world = World::start().await;
    world.add_model("echo");
    let check = async |model: &str, more: &str, status: u16, part: &str| {
        let answer = world.send(CHAT, &chat(model, more)).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert!(answer.body.contains(part) && answer.body.len() < 500, "{}", answer.body);
    };
    check(&"m".repeat(513), "", 400, "`model`").await;
    check(&"m".repeat(512), "", 404, "mmm").await;
    check("sandbox/echo", &format!(r#","user":"{}""#, "u".repeat(257)), 400, "`user`").await;
    check("sandbox/echo", &format!(r#","user":"{}""#, "u".repeat(256)), 200, "one").await;
    let tags: Vec<String> = (0..40).map(|tag| format!(r#""{tag}":"{}""#, "é".repeat(200))).collect();
    check("sandbox/echo", &format!(r#","metadata":{{{}}}"#, tags.join(",")), 200, "one").await;
    let (calls, _) = world.settled().await;
    let tags = &calls.last().unwrap().attribution.tags;
    assert_eq!(tags.len(), 32);
    assert!(tags.iter().all(|(_, value)| *value == "é".repeat(128)), "{tags:?}");
}
