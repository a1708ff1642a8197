use std::time::Duration;

use glaux_kernel::OrganizationId;
use glaux_testkit::{database::TestDatabase, on_both};
use glaux_web::{
    Actor, Caller, Grant,
    live::{Message, Subscription, Topics},
};
use serde_json::{Value, json};

use crate::busy::{World, call, start};

on_both!(
    calls_under_way_are_listed_and_only_ones_own,
    how_well_things_worked_is_kept_by_minute,
    what_the_program_itself_lacks_is_told,
);

const LIVE: &str = "/api/ai/dashboard/live-status";

async fn calls_under_way_are_listed_and_only_ones_own(database: TestDatabase) {
    let World { api, running, .. } = start(database).await;
    let viewer = api.permitted(&["operations.read"]);
    assert_eq!(viewer.get(LIVE).await.ok()["calls"], json!([]));

    let mut calls = vec![call(api.globex(), 99), call(api.acme(), 1)];
    calls.extend((2..=60).map(|number| call(api.acme(), number)));
    running.calls.set(calls).unwrap();
    let status = viewer.get(LIVE).await.ok();
    let shown = status["calls"].as_array().unwrap();
    let money = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    assert_eq!(
        (shown.len(), &shown[0]),
        (
            50,
            &json!({
                "call_id": call(api.acme(), 1).call, "feature": null, "model": "acme/slow", "provider": "acme",
                "environment": "staging", "key": call(api.acme(), 1).attribution.key, "age_ms": 600_000,
                "held": money("0.000001501"), "stream": false,
            })
        )
    );
    assert_eq!((&shown[1]["feature"], &shown[1]["stream"]), (&json!("chatbot"), &json!(true)));
    let others = api.stranger(&["operations.read"]).get(LIVE).await.ok();
    assert_eq!(others["calls"][0]["call_id"], json!(call(api.globex(), 99).call));
    // Names of what another organization has are not shown; the id says as much as the caller knew.
    assert_eq!(others["calls"][0]["feature"], crate::busy::FEATURE);
}

async fn how_well_things_worked_is_kept_by_minute(database: TestDatabase) {
    let World { api, running, history } = start(database).await;
    let viewer = api.permitted(&["operations.read"]);
    let seen = |history: &Value| {
        let minutes = history.as_array().unwrap();
        assert_eq!((minutes.len(), &minutes[89]["at"]), (90, &json!("2026-11-21T09:00:00.000000Z")));
        assert!(minutes[..89].iter().all(|minute| minute["status"] == "idle"), "nobody looked before the start");
        minutes[89]["status"].clone()
    };
    let watching = glaux_platform_operations::watch(api.context().clone(), running as _, history);
    let watching = tokio::spawn(watching);
    let mut last = Value::Null;
    // The figures are looked at once a second.
    for _ in 0..500 {
        last = seen(&viewer.get(LIVE).await.ok()["providers"][0]["history"]);
        if last == "down" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(last, "down");
    let providers = viewer.get("/api/ai/providers/health").await.ok();
    assert_eq!(seen(&providers["items"][0]["history"]), "down");
    let program = viewer.get("/api/health/ai-management").await.ok();
    for check in program["checks"].as_array().unwrap() {
        assert_eq!(seen(&check["history"]), "healthy", "{check}");
    }
    watching.abort();
}

async fn what_the_program_itself_lacks_is_told(database: TestDatabase) {
    let World { api, running, history } = start(database).await;
    running.set_aside.set(2).unwrap();
    let viewer = |organization: OrganizationId| {
        let grant = Grant::Only(["operations.read".to_owned()].into());
        let caller = Caller { actor: Actor::System, name: String::new(), organization, grant };
        let topics = Topics::named(["health.changed"]).unwrap();
        Subscription::new(api.context().events.clone(), caller, topics, None)
    };
    let (mut own, mut others) = (viewer(api.acme()), viewer(api.globex()));
    let watching = glaux_platform_operations::watch(api.context().clone(), running as _, history);
    let watching = tokio::spawn(watching);
    let told = async {
        while let Some(message) = own.next().await {
            let Message::Event { event, .. } = message else { continue };
            let told: Value = serde_json::from_str(&event.data).unwrap();
            if told.get("check").is_some() {
                return told;
            }
        }
        panic!("nothing was told");
    };
    let told = tokio::time::timeout(Duration::from_secs(30), told).await.unwrap();
    assert_eq!(told, json!({ "check": "ledger", "status": "degraded", "before": "healthy" }));
    // An organization that nothing is served for has nobody to tell.
    assert!(tokio::time::timeout(Duration::ZERO, others.next()).await.is_err());
    watching.abort();
}
