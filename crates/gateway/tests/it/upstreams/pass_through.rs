use std::{sync::Arc, time::Duration};

use glaux_ledger::record::Status;
use glaux_llm::{Meter, ProviderKind, UsageBasis};
use glaux_routing::document::ProviderLimits;

use super::{CHAT, TOLD, start};
use crate::world::{KEY, PROVIDER_KEY};

/// With values written as no serializer would write them, and fields that nobody knows.
const BODY: &str = r#"{"messages":[ {"role":"user","content":"h\u00e9llo \ud83e\udd89",
    "x":1.50} ],"model":"chatbot","max_completion_tokens":100,"unheard_of": {"deep":[1,2, {"a":1e2}]},"seed":7}"#;

#[tokio::test]
async fn bytes_pass_unchanged_but_for_the_model() {
    let (world, upstream) = start(ProviderKind::OpenAi, TOLD.0, ProviderLimits::default()).await;
    let answer = world.send(CHAT, BODY).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let received = upstream.requests().remove(0);
    let expected = BODY.replace("chatbot", TOLD.0);
    assert_eq!((received.path.as_str(), &received.body[..]), (CHAT, expected.as_bytes()));
    assert_eq!(received.headers["authorization"], format!("Bearer {PROVIDER_KEY}"));
    let leaked =
        received.headers.values().any(|value| value.as_bytes().windows(KEY.len()).any(|part| part == KEY.as_bytes()));
    assert!(!leaked, "the caller's key went upstream");

    let direct = world.send_to(&format!("{}/chat/completions", upstream.v1()), &expected).await;
    assert_eq!(answer.body, direct.body);
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls[0].status, attempts[0].status), (Status::Success, Status::Success));
    let used = [Meter::InputTokens, Meter::OutputTokens].map(|meter| attempts[0].usage.get(meter));
    assert_eq!((used, attempts[0].cost.nanos), ([19, 10], TOLD.1));
}

#[tokio::test]
async fn a_stream_that_reports_usage_passes_byte_for_byte() {
    let (world, upstream) = start(ProviderKind::OpenAi, TOLD.0, ProviderLimits::default()).await;
    let body = BODY.replace(r#""seed":7"#, r#""stream":true,"stream_options":{"include_usage":true, "other":1}"#);
    let answer = world.send(CHAT, &body).await;
    let expected = body.replace("chatbot", TOLD.0);
    assert_eq!(upstream.requests()[0].body, expected);
    assert_eq!(answer.headers["content-type"], "text/event-stream");
    let direct = world.send_to(&format!("{}/chat/completions", upstream.v1()), &expected).await;
    assert_eq!(answer.body, direct.body);
    assert_eq!(world.settled().await.1[0].cost.nanos, TOLD.1);
}

#[tokio::test]
async fn usage_is_asked_for_and_taken_out_again() {
    let (world, upstream) = start(ProviderKind::OpenAi, TOLD.0, ProviderLimits::default()).await;
    let body = BODY.replace(r#""seed":7"#, r#""stream":true"#);
    let answer = world.send(CHAT, &body).await;
    let received: serde_json::Value = serde_json::from_slice(&upstream.requests()[0].body).unwrap();
    assert_eq!(received["stream_options"], serde_json::json!({ "include_usage": true }));
    assert_eq!(received["unheard_of"]["deep"][2]["a"], 1e2);
    assert!(!answer.body.contains("prompt_tokens") && answer.body.ends_with("data: [DONE]\n\n"), "{}", answer.body);
    let attempt = &world.settled().await.1[0];
    assert_eq!((attempt.cost.nanos, attempt.usage_basis), (TOLD.1, UsageBasis::Reported));
}

#[tokio::test]
async fn each_kind_gets_the_output_limit_under_its_own_name() {
    for (kind, expected, absent) in [
        (ProviderKind::OpenAi, "max_completion_tokens", "max_tokens"),
        (ProviderKind::OpenAiCompatible, "max_tokens", "max_completion_tokens"),
    ] {
        let (world, upstream) = start(kind, TOLD.0, ProviderLimits::default()).await;
        // The model writes 1,000 at most.
        let body = r#"{"model":"chatbot","max_tokens":5000,"messages":[{"role":"user","content":"x"}]}"#;
        let answer = world.send(CHAT, body).await;
        let received: serde_json::Value = serde_json::from_slice(&upstream.requests()[0].body).unwrap();
        assert_eq!((received[expected].as_u64(), received.get(absent)), (Some(1000), None), "{kind}");
        assert_eq!(answer.headers["x-glaux-max-output-tokens"], "1000");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thirty_two_streams_at_once_all_finish_and_add_up() {
    let (world, upstream) =
        start(ProviderKind::OpenAi, "in=19,out=24,events=24,delay=1", ProviderLimits::default()).await;
    let world = Arc::new(world);
    let streams: Vec<_> = (0..32)
        .map(|_| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let mut finished = 0;
                for _ in 0..8 {
                    let answer = world.send(CHAT, &super::chat(r#","stream":true"#)).await;
                    finished += u32::from(answer.body.ends_with("data: [DONE]\n\n"));
                }
                finished
            })
        })
        .collect();
    let all = tokio::time::timeout(Duration::from_secs(60), futures::future::join_all(streams)).await;
    let finished: u32 = all.expect("streams stall").into_iter().map(Result::unwrap).sum();
    assert_eq!(finished, 256);
    let (_, attempts) = world.settled().await;
    let sum = |meter| attempts.iter().map(|attempt| attempt.usage.get(meter)).sum::<u64>();
    let tally = upstream.tally().total();
    assert_eq!((sum(Meter::InputTokens), sum(Meter::OutputTokens)), (tally.input_tokens, tally.output_tokens));
    assert_eq!((tally.requests, tally.output_tokens, tally.hung_up), (256, 256 * 24, 0));
}

#[tokio::test]
async fn an_answer_without_usage_is_estimated_by_what_was_written() {
    let (world, _upstream) = start(ProviderKind::OpenAi, "out=100,untold", ProviderLimits::default()).await;
    // No limit is asked for; the answer is a hundred words.
    let answer =
        world.send(CHAT, r#"{"model":"chatbot","messages":[{"role":"user","content":"one two three"}]}"#).await;
    assert_eq!(answer.status, 200);
    let (_, attempts) = world.settled().await;
    let (written, most) = (attempts[0].usage.get(Meter::OutputTokens), answer.body.len() as u64 / 4 + 1);
    assert_eq!(attempts[0].usage_basis, UsageBasis::Estimated);
    assert!((100..=most).contains(&written), "{written} of {most}");
}

#[tokio::test]
async fn counts_and_limits_that_can_not_be_hold_and_cost_what_can() {
    let (world, _upstream) =
        start(ProviderKind::OpenAi, "out=10,told=9000000000000000000", ProviderLimits::default()).await;
    let body =
        format!(r#"{{"model":"chatbot","max_tokens":{},"messages":[{{"role":"user","content":"x"}}]}}"#, u64::MAX);
    assert_eq!(world.send(CHAT, &body).await.status, 200);
    let (_, attempts) = world.settled().await;
    assert_eq!(attempts[0].usage_basis, UsageBasis::Estimated);
    assert!(attempts[0].raw_usage.as_ref().is_some_and(|raw| raw.contains("9000000000000000000")));
    assert!(attempts[0].cost.nanos <= attempts[0].held_nanos && attempts[0].held_nanos < 10_000_000);
}
