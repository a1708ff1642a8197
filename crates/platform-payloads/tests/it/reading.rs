//! Who may read, and that each reading is known.

use glaux_routing::payload::Payload;
use glaux_store::{Sql, sql};
use glaux_testkit::{database::TestDatabase, on_both};

use crate::world::{ANSWER, JOURNAL, REQUEST, USAGE, actions, call, keep, kept, payload_path, rows, start};

on_both!(
    a_reading_is_in_the_journal,
    reading_needs_its_own_permission,
    another_organization_reads_nothing,
    what_lies_in_another_place_does_not_open,
);

async fn a_reading_is_in_the_journal(database: TestDatabase) {
    let api = start(database).await;
    let call = kept(&api, call(&api)).await;
    let path = payload_path(call);
    let reader = api.permitted(&["payloads.read"]);
    for _ in 0..2 {
        let read = reader.get(&path).await;
        assert_eq!(read.headers["cache-control"], "no-store");
        let payload = read.ok();
        assert_eq!(payload["call_id"], call.to_string());
        assert_eq!(payload["request"]["text"], REQUEST);
        assert_eq!(payload["answer"]["text"], ANSWER);
        assert_eq!(payload["answer"]["is_cut"], false);
    }
    let journal = api.admin().get(JOURNAL).await.ok();
    assert_eq!(actions(&journal), ["read", "read"]);
    assert_eq!(journal["items"][0]["object"], call.to_string());
    assert!(!journal.to_string().contains("Kew"));
    let verified = api.admin().get("/api/platform/ai-management/journal/verify").await.ok();
    assert!(verified["broken"].is_null());
}

async fn reading_needs_its_own_permission(database: TestDatabase) {
    let api = start(database).await;
    let path = payload_path(kept(&api, call(&api)).await);
    let other = api.permitted(&["usage.read", "features.read", "payloads.write", "payloads.erase"]);
    other.get(&path).await.problem("forbidden");
    api.permitted(&["payloads.read"]).delete(&path).await.problem("forbidden");
    api.permitted(&["payloads.read"]).delete(&format!("{USAGE}/payloads?user=ann")).await.problem("forbidden");
    assert!(actions(&api.admin().get(JOURNAL).await.ok()).is_empty());
    for missing in ["call_01890000000070008000000000000000", "use_01890000000070008000000000000000", "nothing"] {
        api.admin().get(&format!("{USAGE}/{missing}/payload")).await.problem("not_found");
    }
}

async fn another_organization_reads_nothing(database: TestDatabase) {
    let api = start(database).await;
    let path = payload_path(kept(&api, call(&api)).await);
    let stranger = api.stranger(&["payloads.read", "payloads.erase"]);
    stranger.get(&path).await.problem("not_found");
    stranger.delete(&path).await.problem("not_found");
    assert_eq!(stranger.delete(&format!("{USAGE}/payloads?before=2030-01-01T00:00:00Z")).await.ok()["erased"], 0);
    assert!(rows(&api, api.globex()).await.is_empty());
    api.admin().get(&path).await.ok();
}

const REPLACE: Sql = sql("UPDATE payloads SET sealed = $3 WHERE organization_id = $1 AND call_id = $2");

/// Each organization has a key of its own, and each call another one made from it.
async fn what_lies_in_another_place_does_not_open(database: TestDatabase) {
    let api = start(database).await;
    let (own, other) = (call(&api), call(&api));
    let theirs = Payload { organization: api.globex(), ..own.clone() };
    let (call, other_call) = (own.call, other.call);
    keep(&api, [own, other, theirs]).await;
    let own = rows(&api, api.acme()).await;
    let sealed = &own.iter().find(|row| row.0 == call).unwrap().3;
    for (organization, place) in [(api.globex(), call), (api.acme(), other_call)] {
        let mut tx = api.context().db.organization(organization).begin().await.unwrap();
        tx.query(REPLACE).bind(place).bind(sealed.as_slice()).execute().await.unwrap();
        tx.commit().await.unwrap();
    }
    api.stranger(&["payloads.read"]).get(&payload_path(call)).await.problem("internal");
    api.admin().get(&payload_path(other_call)).await.problem("internal");
    api.admin().get(&payload_path(call)).await.ok();
}
