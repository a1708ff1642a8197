//! What is erased is gone, and that it was is known.

use std::time::Duration;

use glaux_kernel::FeatureId;
use glaux_routing::payload::Payload;
use glaux_testkit::{database::TestDatabase, management::Management, on_both};

use crate::world::{FEATURES, JOURNAL, USAGE, actions, call, keep, kept, payload_path, rows, start};

on_both!(what_is_erased_is_gone, many_are_erased_at_once, a_dry_run_erases_nothing);

async fn what_is_erased_is_gone(database: TestDatabase) {
    let api = start(database).await;
    let (gone, other) = (kept(&api, call(&api)).await, kept(&api, call(&api)).await);
    let eraser = api.permitted(&["payloads.erase"]);
    eraser.delete(&payload_path(gone)).await.ok();
    api.admin().get(&payload_path(gone)).await.problem("not_found");
    eraser.delete(&payload_path(gone)).await.problem("not_found");
    let left: Vec<_> = rows(&api, api.acme()).await.into_iter().map(|row| row.0).collect();
    assert_eq!(left, [other]);
    let journal = api.admin().get(JOURNAL).await.ok();
    assert_eq!(actions(&journal), ["erase"]);
    assert_eq!(journal["items"][0]["object"], gone.to_string());
}

async fn chatbot(api: &Management) -> FeatureId {
    let feature = api.admin().get(&format!("{FEATURES}/chatbot")).await.ok();
    feature["id"].as_str().unwrap().parse().unwrap()
}

async fn many_are_erased_at_once(database: TestDatabase) {
    let api = start(database).await;
    let feature = Some(chatbot(&api).await);
    let of = |user: &str, feature| Payload { user: Some(user.to_owned()), feature, ..call(&api) };
    keep(&api, [of("ann", feature), of("ann", None), of("bob", feature), call(&api)]).await;
    api.advance(Duration::from_secs(3600));
    keep(&api, [of("ann", feature), of("bob", None)]).await;

    let admin = api.admin();
    let erase = async |query: &str| admin.delete(&format!("{USAGE}/payloads?{query}")).await;
    assert_eq!(erase("").await.pointers("unprocessable"), [""]);
    erase("feature=unknown").await.problem("not_found");
    assert_eq!(erase("user=ann&feature=chatbot&before=2026-11-21T09:30:00Z").await.ok()["erased"], 1);
    assert_eq!(erase("user=ann").await.ok()["erased"], 2);
    assert_eq!(erase("feature=chatbot").await.ok()["erased"], 1);
    assert_eq!(erase("before=2026-11-21T10:00:00Z").await.ok()["erased"], 1);
    let users: Vec<_> = rows(&api, api.acme()).await.into_iter().map(|row| row.1).collect();
    assert_eq!(users, [Some("bob".to_owned())]);

    let journal = admin.get(JOURNAL).await.ok();
    assert_eq!(actions(&journal), ["erase_matching"; 4]);
    let seq = journal["items"][2]["seq"].as_i64().unwrap();
    let entry = admin.get(&format!("/api/platform/ai-management/journal/{seq}")).await.ok().to_string();
    assert!(entry.contains("of_one_user") && !entry.contains("ann"), "who was erased is not written down: {entry}");
}

async fn a_dry_run_erases_nothing(database: TestDatabase) {
    let api = start(database).await;
    let call = kept(&api, call(&api)).await;
    let planned = api.admin().delete(&format!("{USAGE}/payloads?before=2030-01-01T00:00:00Z&dry_run=true")).await.ok();
    assert_eq!((&planned["erased"], &planned["dry_run"]), (&1.into(), &true.into()));
    api.admin().get(&payload_path(call)).await.ok();
}
