use std::{sync::Arc, time::Duration};

use glaux_jobs::Schedule;
use glaux_ledger_store::ProgressWatch;
use glaux_platform_spending::{AlertWriter, Retention, jobs};
use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use serde_json::{Value, json};

use crate::{
    alerts::{cap, list},
    node::{Node, limit},
    world::start,
};

on_both!(what_is_old_goes_and_sums_stay, thresholds_of_all_nodes_together_are_told_once);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn schedule(api: &Management, node: &Node, progress: ProgressWatch) -> Schedule {
    let context = api.context();
    let jobs = jobs(context, Arc::clone(&node.ledger), progress, Retention::default());
    Schedule::new(context.db.clone(), Arc::clone(&context.clock), node.ledger.node(), jobs)
}

async fn what_is_old_goes_and_sums_stay(database: TestDatabase) {
    let api = start(database).await;
    let node = Node::new(api.context(), api.acme());
    let mut writer = AlertWriter::new(api.context().clone(), Arc::clone(&node.ledger));
    for _ in 0..200 {
        node.serve(&[], 1, 2, 1);
    }
    writer.write().await.unwrap();
    api.advance(DAY * 399);
    let young = node.serve(&[], 1, 2, 1);
    writer.write().await.unwrap();
    let progress = node.project().await;
    node.ledger.checkpoint().unwrap();
    let mut schedule = schedule(&api, &node, progress.clone());
    let usage = "/api/platform/ai-management/usage?from=2026-01-01T00:00:00Z&to=2028-01-01T00:00:00Z&limit=200";
    schedule.run_due().await.unwrap();
    assert_eq!(api.admin().get(usage).await.ok()["items"].as_array().unwrap().len(), 200, "younger than 400 days");
    api.admin().get(&format!("{usage}&cursor=zzz")).await.problem("invalid_request");
    let records = || node.ledger.tail().read(glaux_ledger::Position::default(), 1000);
    assert!(records().is_err() || records().unwrap().entries.len() < 600, "segments older than a week are gone");

    api.advance(DAY * 2);
    assert_eq!(schedule.run_due().await.unwrap(), ["ledger-rows", "ledger-segments", "spending-thresholds"]);
    let left = api.admin().get(usage).await.ok();
    let calls: Vec<_> = left["items"].as_array().unwrap().iter().map(|entry| entry["call_id"].clone()).collect();
    assert_eq!(calls, [json!(young)]);
    assert_eq!(list(&api, "").await.len(), 1);
    let sums = "/api/platform/ai-management/spending/analytics?from=2026-01-01T00:00:00Z&to=2028-01-01T00:00:00Z";
    assert_eq!(api.admin().get(sums).await.ok()["items"][0]["calls"], 201);
}

async fn thresholds_of_all_nodes_together_are_told_once(database: TestDatabase) {
    let api = start(database).await;
    let (_, charge) = cap(&api).await;
    let nodes = [Node::new(api.context(), api.acme()), Node::new(api.context(), api.acme())];
    let mut progress = None;
    for node in &nodes {
        node.serve(&[limit(charge, &[5, 10])], 3, 3, 1);
        AlertWriter::new(api.context().clone(), Arc::clone(&node.ledger)).write().await.unwrap();
        progress = Some(node.project().await);
    }
    assert_eq!(list(&api, "").await, Vec::<Value>::new(), "no node alone has seen five dollars");
    let mut schedule = schedule(&api, &nodes[0], progress.unwrap());
    for _ in 0..2 {
        schedule.run_due().await.unwrap();
        let alerts = list(&api, "?budget=cap").await;
        assert_eq!(alerts.len(), 1);
        assert_eq!((&alerts[0]["threshold"], &alerts[0]["spent"]["amount"]), (&json!("0.5"), &json!("6.000000000")));
        api.advance(Duration::from_secs(300));
    }
}
