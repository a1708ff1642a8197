use std::sync::Arc;

use glaux_ledger::record::Charge;
use glaux_platform_spending::AlertWriter;
use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use glaux_web::{
    Actor, Caller, Grant,
    live::{Message, Subscription, Topics},
};
use serde_json::{Value, json};

use crate::{
    node::{Node, limit},
    world::{BUDGETS, budget, start},
};

on_both!(
    a_threshold_is_told_once_on_all_nodes,
    an_overrun_is_told_once_per_call,
    alerts_come_in_pages_and_stay_within_their_organization,
    what_was_reported_is_written_before_the_end,
);

const ALERTS: &str = "/api/platform/ai-management/spending/alerts";

fn watch(api: &Management) -> Subscription {
    let caller =
        Caller { actor: Actor::System, name: "watcher".to_owned(), organization: api.acme(), grant: Grant::Everything };
    Subscription::new(api.context().events.clone(), caller, Topics::default(), None)
}

/// The next live event, which has come already.
pub(crate) fn next(watcher: &mut Subscription) -> Option<(&'static str, Value)> {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match std::pin::pin!(watcher.next()).poll(&mut context) {
        std::task::Poll::Ready(Some(Message::Event { event, .. })) => {
            Some((event.kind.as_str(), serde_json::from_str(&event.data).unwrap()))
        }
        _ => None,
    }
}

pub(crate) async fn list(api: &Management, query: &str) -> Vec<Value> {
    let listed = api.permitted(&["spending.read"]).get(&format!("{ALERTS}{query}")).await.ok();
    listed["items"].as_array().unwrap().clone()
}

/// The budget `cap` of ten dollars, as the ledger knows it in the period that is shown for it.
pub(crate) async fn cap(api: &Management) -> (Value, Charge) {
    let made = api.admin().post(BUDGETS, budget("cap", json!({ "organization": true }))).await.ok();
    let text = |field: &str| made[field].as_str().unwrap();
    let charge = Charge { budget: text("id").parse().unwrap(), period_start: text("period_start").parse().unwrap() };
    (made, charge)
}

async fn a_threshold_is_told_once_on_all_nodes(database: TestDatabase) {
    let api = start(database).await;
    let (budget, charge) = cap(&api).await;
    let limits = [limit(charge, &[5, 10])];
    let mut watcher = watch(&api);
    let node = Node::new(api.context(), api.acme());
    let mut writer = AlertWriter::new(api.context().clone(), Arc::clone(&node.ledger));
    node.serve(&limits, 4, 4, 1);
    writer.write().await.unwrap();
    assert_eq!(list(&api, "").await, Vec::<Value>::new());

    node.serve(&limits, 2, 2, 1);
    node.serve(&limits, 1, 1, 1);
    writer.write().await.unwrap();
    let alerts = list(&api, "").await;
    let usd = |amount: &str| json!({ "amount": amount, "currency": "USD" });
    let expected = json!({
        "id": alerts[0]["id"], "at": "2026-11-21T09:00:00.000000Z", "kind": "threshold",
        "budget": budget["id"], "budget_name": "cap", "period_start": budget["period_start"],
        "threshold": "0.5", "threshold_amount": usd("5.000000000"), "spent": usd("6.000000000"),
    });
    assert_eq!(alerts, std::slice::from_ref(&expected));
    assert_eq!(next(&mut watcher), Some(("spending.alert", expected)));

    // Another node, or this one after a crash, notices the same once more.
    let other = Node::new(api.context(), api.acme());
    let mut writer = AlertWriter::new(api.context().clone(), Arc::clone(&other.ledger));
    other.serve(&limits, 6, 6, 1);
    writer.write().await.unwrap();
    assert_eq!(list(&api, "").await, alerts);
    assert_eq!(next(&mut watcher), None);

    other.serve(&limits, 6, 6, 1);
    let next_period = Charge { period_start: "2026-12-01T00:00:00Z".parse().unwrap(), ..charge };
    other.serve(&[limit(next_period, &[5, 10])], 6, 6, 1);
    writer.write().await.unwrap();
    let told: Vec<_> = list(&api, "?budget=cap").await.iter().map(|alert| alert["threshold"].clone()).collect();
    assert_eq!(told.len(), 3);
    assert!(told.contains(&json!("1")), "{told:?}");
    assert!(next(&mut watcher).is_some() && next(&mut watcher).is_some() && next(&mut watcher).is_none());
}

async fn an_overrun_is_told_once_per_call(database: TestDatabase) {
    let api = start(database).await;
    let mut watcher = watch(&api);
    let node = Node::new(api.context(), api.acme());
    let mut writer = AlertWriter::new(api.context().clone(), Arc::clone(&node.ledger));
    node.serve(&[], 3, 3, 1);
    let first = node.serve(&[], 3, 4, 2);
    writer.write().await.unwrap();
    let second = node.serve(&[], 1, 2, 1);
    writer.write().await.unwrap();
    for call in [first, second] {
        let (kind, about) = next(&mut watcher).unwrap();
        assert_eq!((kind, &about["kind"]), ("spending.alert", &json!("overrun")));
        assert_eq!(about["call_id"], json!(call));
    }
    assert_eq!(next(&mut watcher), None);
    let alerts = list(&api, "").await;
    assert_eq!(alerts.len(), 2);
    let of_first = alerts.iter().find(|alert| alert["call_id"] == json!(first)).unwrap();
    assert_eq!(
        (&of_first["held"]["amount"], &of_first["cost"]["amount"]),
        (&json!("3.000000000"), &json!("4.000000000"))
    );
    assert!(of_first["attempt"].as_str().unwrap().starts_with("use_"));
}

async fn alerts_come_in_pages_and_stay_within_their_organization(database: TestDatabase) {
    let api = start(database).await;
    let (_, charge) = cap(&api).await;
    let node = Node::new(api.context(), api.acme());
    let mut writer = AlertWriter::new(api.context().clone(), Arc::clone(&node.ledger));
    for number in 1..=5 {
        api.advance(std::time::Duration::from_secs(60));
        node.serve(&[limit(charge, &[number])], 1, 1, 1);
        node.serve(&[], 1, 2, 1);
        writer.write().await.unwrap();
    }
    let reader = api.permitted(&["spending.read"]);
    let first = reader.get(&format!("{ALERTS}?budget=cap&limit=3")).await.ok();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = reader.get(&format!("{ALERTS}?budget=cap&limit=3&cursor={cursor}")).await.ok();
    assert_eq!(rest["next_cursor"], Value::Null);
    let pages = [&first, &rest].map(|page| page["items"].as_array().unwrap().clone());
    let spent: Vec<_> = pages.concat().iter().map(|alert| alert["spent"]["amount"].clone()).collect();
    let expected = ["5", "4", "3", "2", "1"].map(|dollars| json!(format!("{dollars}.000000000")));
    assert_eq!(spent, expected);
    assert_eq!(list(&api, "").await.len(), 10);

    reader.get(&format!("{ALERTS}?budget=capp")).await.problem("not_found");
    api.permitted(&["usage.read"]).get(ALERTS).await.problem("forbidden");
    assert_eq!(api.stranger(&["spending.read"]).get(ALERTS).await.ok()["items"], json!([]));
}

async fn what_was_reported_is_written_before_the_end(database: TestDatabase) {
    let api = start(database).await;
    let node = Node::new(api.context(), api.acme());
    node.serve(&[], 1, 2, 1);
    let writer = AlertWriter::new(api.context().clone(), Arc::clone(&node.ledger));
    tokio::spawn(writer.run(std::future::ready(()))).await.unwrap();
    assert_eq!(list(&api, "").await.len(), 1);
}
