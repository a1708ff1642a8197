//! What is written, and what is not.

use std::{sync::Arc, time::Duration};

use glaux_kernel::Environment;
use glaux_platform_payloads::{Payloads, delete_expired};
use glaux_routing::payload::{Excerpt, KeepPayload, Payload, PayloadPolicy};
use glaux_telemetry::Metrics;
use glaux_testkit::{database::TestDatabase, management::Management, on_both};

use crate::world::{call, excerpt, keep, kept, payload_path, rows, start};

on_both!(
    nothing_of_production_is_kept_by_default,
    what_was_said_is_redacted,
    what_lies_in_the_database_is_sealed,
    what_has_expired_is_gone,
    what_is_no_text_is_not_kept,
    what_does_not_fit_is_lost_and_counted,
);

async fn nothing_of_production_is_kept_by_default(database: TestDatabase) {
    let api = start(database).await;
    let calls = Environment::ALL.map(|environment| Payload {
        environment,
        policy: Arc::new(PayloadPolicy::default_in(environment)),
        ..call(&api)
    });
    let [development, staging, production] = calls.each_ref().map(|payload| payload_path(payload.call));
    keep(&api, calls).await;
    for path in [development, staging] {
        let payload = api.admin().get(&path).await.ok();
        assert_eq!(payload["at"], "2026-11-21T09:00:00.000000Z");
        assert_eq!(payload["expires_at"], "2026-11-28T09:00:00.000000Z");
    }
    api.admin().get(&production).await.problem("not_found");
}

async fn what_was_said_is_redacted(database: TestDatabase) {
    let api = start(database).await;
    let policy = PayloadPolicy {
        redact: vec!["(?i)project owl".to_owned()],
        ..PayloadPolicy::default_in(Environment::Development)
    };
    let said = Payload {
        policy: Arc::new(policy),
        request: excerpt(r#"{"input":"I am ann@example.com of Project Owl, card 4111 1111 1111 1111"}"#),
        answer: excerpt("data: {\"delta\":\"your key is sk-abcdef\"}\n\ndata: {\"delta\":\"ghijklmnop\"}\n\n"),
        ..call(&api)
    };
    let path = payload_path(kept(&api, said).await);
    let payload = api.admin().get(&path).await.ok();
    assert_eq!(payload["request"]["text"], r#"{"input":"I am [email] of [redacted], card [card]"}"#);
    assert_eq!(payload["answer"]["text"], "data: {\"delta\":\"your key is [key]\"}\n\ndata: {\"delta\":\"\"}\n\n");
}

async fn what_lies_in_the_database_is_sealed(database: TestDatabase) {
    let api = start(database).await;
    let twice = [call(&api), call(&api)];
    keep(&api, twice).await;
    let rows = rows(&api, api.acme()).await;
    assert_eq!(rows.len(), 2);
    for (_, _, _, sealed) in &rows {
        for word in ["Kew", "Rhododendrons", "messages", "content"] {
            assert!(!sealed.windows(word.len()).any(|bytes| bytes == word.as_bytes()), "{word}");
        }
    }
    assert_ne!(rows[0].3, rows[1].3);
}

async fn what_has_expired_is_gone(database: TestDatabase) {
    let api = start(database).await;
    let context = api.context();
    let old = payload_path(kept(&api, call(&api)).await);
    api.advance(Duration::from_secs(24 * 3600));
    let young = payload_path(kept(&api, call(&api)).await);

    api.advance(Duration::from_secs(6 * 24 * 3600 - 1));
    api.admin().get(&old).await.ok();
    assert_eq!(delete_expired(&context.db, context.clock.now()).await.unwrap(), 0);

    api.advance(Duration::from_secs(1));
    api.admin().get(&old).await.problem("not_found");
    assert_eq!(delete_expired(&context.db, context.clock.now()).await.unwrap(), 1);
    assert_eq!(rows(&api, api.acme()).await.len(), 1);
    api.admin().get(&young).await.ok();
}

async fn what_is_no_text_is_not_kept(database: TestDatabase) {
    let api = start(database).await;
    let audio = Excerpt { bytes: vec![0xff, 0xfb, 0x90], is_cut: false };
    let path = payload_path(kept(&api, Payload { answer: audio, ..call(&api) }).await);
    let payload = api.admin().get(&path).await.ok();
    assert!(payload["answer"].is_null() && payload["request"]["text"].is_string());

    let filler = "ä".repeat(100);
    let mut cut = Excerpt::default();
    cut.push(filler.as_bytes(), 151);
    let path = payload_path(kept(&api, Payload { answer: cut, ..call(&api) }).await);
    let payload = api.admin().get(&path).await.ok();
    assert_eq!(payload["answer"]["is_cut"], true);
    assert_eq!(payload["answer"]["text"], format!("{}…", "ä".repeat(43)));
}

/// The queue takes 64 MiB, and no call waits for it.
async fn what_does_not_fit_is_lost_and_counted(database: TestDatabase) {
    let api = start(database).await;
    let (queue, writer) = Payloads::new();
    let metrics = Metrics::default();
    queue.register(&metrics);
    let megabyte = Excerpt { bytes: vec![0xff; 1 << 20], is_cut: false };
    for _ in 0..70 {
        queue.keep(Payload { request: megabyte.clone(), answer: Excerpt::default(), ..call(&api) });
    }
    writer.run(api.context().clone(), std::future::ready(())).await;
    let text = metrics.expose().unwrap();
    assert!(
        text.contains("glaux_payloads_kept_total 64\n") && text.contains("glaux_payloads_lost_total 6\n"),
        "{text}"
    );
    assert_eq!(rows(&api, api.acme()).await.len(), 64);

    queue.keep(call(&api));
    assert!(metrics.expose().unwrap().contains("glaux_payloads_lost_total 7\n"), "nobody writes any more");
    unknown_organization(&api).await;
}

/// What the database refuses is lost, and the rest is written.
async fn unknown_organization(api: &Management) {
    let unknown = Payload { organization: glaux_kernel::OrganizationId::from_uuid(uuid_of_nobody()), ..call(api) };
    let (queue, writer) = Payloads::new();
    let metrics = Metrics::default();
    queue.register(&metrics);
    queue.keep(unknown);
    queue.keep(call(api));
    writer.run(api.context().clone(), std::future::ready(())).await;
    let text = metrics.expose().unwrap();
    assert!(text.contains("glaux_payloads_kept_total 1\n") && text.contains("glaux_payloads_lost_total 1\n"), "{text}");
}

fn uuid_of_nobody() -> sqlx::types::Uuid {
    sqlx::types::Uuid::from_u128(9)
}
