use std::time::Duration;

use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use serde_json::{Value, json};

use crate::notes;

on_both!(
    entries_are_listed_latest_first_and_filtered,
    an_entry_shows_both_states_and_what_changed,
    the_chain_is_verified,
    secrets_are_in_no_entry,
);

const JOURNAL: &str = "/api/platform/ai-management/journal";

async fn seqs(api: &Management, query: &str) -> Vec<i64> {
    let page = api.permitted(&["journal.read"]).get(&format!("{JOURNAL}{query}")).await.ok();
    page["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect()
}

async fn entries_are_listed_latest_first_and_filtered(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    let first = admin.put("/notes/a", json!({"text": "1"})).await.ok();
    api.advance(Duration::from_secs(60));
    admin.put("/notes/b", json!({"text": "1"})).await.ok();
    admin.put("/notes/a", json!({"text": "2"})).await.ok();

    assert_eq!(seqs(&api, "").await, [3, 2, 1]);
    assert_eq!(seqs(&api, &format!("?object={}", first["id"].as_str().unwrap())).await, [3, 1]);
    assert_eq!(seqs(&api, "?kind=feature").await, [0; 0]);
    assert_eq!(seqs(&api, "?from=2026-11-21T09:01:00Z").await, [3, 2]);
    assert_eq!(seqs(&api, "?to=2026-11-21T09:01:00Z").await, [1]);
    assert_eq!(seqs(&api, "?actor=system").await, [0; 0]);
    assert_eq!(seqs(&api, &format!("?q={}", first["id"].as_str().unwrap().to_uppercase())).await, [3, 1]);
    assert_eq!(seqs(&api, "?q=CREATE&limit=1").await, [2]);
    assert_eq!(seqs(&api, "?q=create&limit=1&cursor=2").await, [1]);
    assert_eq!(seqs(&api, "?q=tester&kind=feature").await, [0; 0]);
    assert_eq!(seqs(&api, "?actor=tok_00000000000000000000000000000001&kind=note").await, [3, 2, 1]);

    let reader = api.permitted(&["journal.read"]);
    let page = reader.get(&format!("{JOURNAL}?limit=2")).await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    assert_eq!(seqs(&api, &format!("?limit=2&cursor={cursor}")).await, [1]);
    let check = async |query: &str, pointer: &str| {
        let answer = reader.get(&format!("{JOURNAL}{query}")).await;
        assert_eq!(answer.pointers("invalid_request"), [pointer], "{query}");
    };
    check("?actor=owl", "?actor").await;
    check("?from=yesterday", "?from").await;
    check("?cursor=x", "?cursor").await;
    check("?limit=0", "?").await;
    check("?colour=red", "?colour").await;
}

async fn an_entry_shows_both_states_and_what_changed(database: TestDatabase) {
    let api = notes::start(database).await;
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    api.admin().put("/notes/a", json!({"text": "2"})).await.ok();
    let reader = api.permitted(&["journal.read"]);
    let entry = reader.get(&format!("{JOURNAL}/2")).await.ok();
    assert_eq!((&entry["before"], &entry["after"]), (&json!({"text": "1"}), &json!({"text": "2"})));
    assert_eq!((&entry["actor"], &entry["actor_kind"]), (&json!("tester"), &json!("token")));
    let expected = json!([{"op": "replace", "path": "/text", "old": "1", "new": "2"}]);
    assert_eq!(entry["differences"], expected);
    assert_eq!(reader.get(&format!("{JOURNAL}/2/diff")).await.ok(), json!({"seq": 2, "differences": expected}));
    reader.get(&format!("{JOURNAL}/3")).await.problem("not_found");
    reader.get(&format!("{JOURNAL}/3/diff")).await.problem("not_found");
}

async fn the_chain_is_verified(database: TestDatabase) {
    let api = notes::start(database).await;
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    let verified = api.permitted(&["journal.read"]).get(&format!("{JOURNAL}/verify")).await.ok();
    assert_eq!((&verified["entries"], &verified["broken"]), (&json!(1), &Value::Null));
}

async fn secrets_are_in_no_entry(database: TestDatabase) {
    let api = notes::start(database).await;
    api.admin().post("/notes/a/seal", json!({"text": "very secret"})).await.ok();
    let text = api.admin().get(&format!("{JOURNAL}/1")).await.text;
    assert!(!text.contains("very secret") && !text.contains("open sesame"), "{text}");
}
