use std::time::Duration;

use glaux_ledger::record::Status;
use glaux_llm::{Meter, ProviderKind, UsageBasis};
use glaux_routing::document::ProviderLimits;
use glaux_testkit::upstream::{ModelTally, ScriptedUpstream};
use http_body_util::BodyExt;

use super::{CHAT, chat, start};
use crate::world::World;

const MODEL: &str = "in=19,out=40,events=40,delay=20";

/// A client that goes away after the first piece of a stream.
async fn hang_up(world: &World) {
    let mut body = world.begin(CHAT, &chat(r#","stream":true"#), &[]).await.into_body();
    body.frame().await.unwrap().unwrap();
}

/// The tally, once the provider has noticed.
async fn tally_after_hang_up(upstream: &ScriptedUpstream) -> ModelTally {
    for _ in 0..500 {
        let tally = upstream.tally().total();
        if tally.hung_up > 0 {
            return tally;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the provider was never cancelled");
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_drained_to_its_usage() {
    let (world, upstream) = start(ProviderKind::OpenAi, MODEL, ProviderLimits::default()).await;
    hang_up(&world).await;
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls[0].status, attempts[0].usage_basis), (Status::Cancelled, UsageBasis::Reported));
    let tally = upstream.tally().total();
    assert_eq!((tally.output_tokens, tally.hung_up), (40, 0));
    assert_eq!(attempts[0].usage.get(Meter::OutputTokens), tally.output_tokens);
}

#[tokio::test]
async fn a_provider_without_patience_is_cancelled() {
    let limits = ProviderLimits { drain_timeout_ms: 0, ..ProviderLimits::default() };
    let (world, upstream) = start(ProviderKind::OpenAi, MODEL, limits).await;
    hang_up(&world).await;
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls[0].status, attempts[0].usage_basis), (Status::Cancelled, UsageBasis::Estimated));
    let tally = tally_after_hang_up(&upstream).await;
    assert!((1..40).contains(&tally.output_tokens), "{tally:?}");
}

#[tokio::test]
async fn a_provider_that_ignores_the_cancel_is_settled_once() {
    let limits = ProviderLimits { drain_timeout_ms: 0, ..ProviderLimits::default() };
    let (world, upstream) = start(ProviderKind::OpenAi, &format!("{MODEL},ignore-cancel"), limits).await;
    hang_up(&world).await;
    assert_eq!(tally_after_hang_up(&upstream).await.output_tokens, 40);
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls.len(), attempts.len()), (1, 1));
    assert!(attempts[0].usage_basis == UsageBasis::Estimated && attempts[0].cost.nanos > 0);
}

#[tokio::test]
async fn a_client_that_leaves_before_the_first_byte_is_charged_the_bound() {
    let limits = ProviderLimits { drain_timeout_ms: 0, ..ProviderLimits::default() };
    let (world, upstream) = start(ProviderKind::OpenAi, "first=60000", limits).await;
    let body = chat("");
    let begun = tokio::time::timeout(Duration::from_millis(500), world.begin(CHAT, &body, &[])).await;
    assert!(begun.is_err());
    tally_after_hang_up(&upstream).await;
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls[0].status, attempts[0].usage_basis), (Status::Cancelled, UsageBasis::Bound));
    assert_eq!(attempts[0].cost.nanos, attempts[0].held_nanos);
}
