use glaux_testkit::{
    database::TestDatabase,
    management::{Answer, Management},
    on_both,
};
use serde_json::{Value, json};

use crate::notes;

on_both!(
    what_was_made_changed_or_removed_is_as_before,
    an_undo_is_undone,
    decisions_are_taken_back_one_after_the_other,
    what_was_changed_since_stays,
    the_rules_of_the_kind_are_kept,
    a_dry_run_says_what_would_be_taken_back,
    it_needs_the_right_of_the_inverse,
    what_belongs_to_another_organization_is_not_taken_back,
    a_repeated_undo_is_answered_and_not_done_again,
);

const JOURNAL: &str = "/api/platform/ai-management/journal";

async fn undo(api: &Management, seq: i64) -> Answer {
    api.admin().post(&format!("{JOURNAL}/{seq}/undo"), json!({"reason": "by mistake"})).await
}

async fn entry(api: &Management, seq: i64) -> Value {
    api.admin().get(&format!("{JOURNAL}/{seq}")).await.ok()
}

async fn put(api: &Management, name: &str, text: &str) -> Value {
    api.admin().put(&format!("/notes/{name}"), json!({ "text": text })).await.ok()
}

/// The words of a refusal.
async fn refused(api: &Management, seq: i64) -> String {
    let words = undo(api, seq).await.problem("conflict")["detail"].as_str().unwrap().to_owned();
    assert_eq!(entry(api, seq).await["undo"]["why"], words);
    words
}

async fn what_was_made_changed_or_removed_is_as_before(database: TestDatabase) {
    let api = notes::start(database).await;
    let made = put(&api, "a", "one").await;
    put(&api, "a", "two").await;
    let undone = undo(&api, 2).await.ok();
    let expected = json!({"undoes": 2, "kind": "note", "object": made["id"], "name": "a", "journal_seq": 3});
    assert_eq!((undone, api.published()), (expected, 3));
    assert_eq!(api.admin().get("/notes/a").await.ok(), json!({"id": made["id"], "name": "a", "text": "one"}));

    api.admin().delete("/notes/a").await.ok();
    undo(&api, 4).await.ok();
    assert_eq!(api.admin().get("/notes/a").await.ok()["id"], made["id"]);

    undo(&api, 1).await.ok();
    api.admin().get("/notes/a").await.problem("not_found");

    let told = async |seq: i64| {
        let entry = entry(&api, seq).await;
        (entry["action"].clone(), entry["reason"].clone(), entry["undo"]["undoes"].clone())
    };
    assert_eq!(told(3).await, (json!("update"), json!("by mistake"), json!(2)));
    assert_eq!(told(5).await, (json!("create"), json!("by mistake"), json!(4)));
    assert_eq!(told(6).await, (json!("delete"), json!("by mistake"), json!(1)));
    let page = api.admin().get(JOURNAL).await.ok();
    let undone_by = page["items"].as_array().unwrap().iter().map(|entry| entry["undo"]["undone_by"].as_i64());
    assert_eq!(undone_by.collect::<Vec<_>>(), [None, None, Some(5), None, Some(3), Some(6)]);
    assert_eq!(page["items"][5]["undo"]["why"], "entry 6 took it back");
    let verified = api.admin().get(&format!("{JOURNAL}/verify")).await.ok();
    assert_eq!((&verified["entries"], &verified["broken"]), (&json!(6), &Value::Null));
}

async fn an_undo_is_undone(database: TestDatabase) {
    let api = notes::start(database).await;
    put(&api, "a", "one").await;
    put(&api, "a", "two").await;
    for (seq, text) in [(2, "one"), (3, "two"), (2, "one")] {
        undo(&api, seq).await.ok();
        assert_eq!(api.admin().get("/notes/a").await.ok()["text"], text);
        // The list knows that what took it back was taken back, too.
        let page = api.admin().get(JOURNAL).await.ok();
        let listed = page["items"].as_array().unwrap().iter().find(|entry| entry["seq"] == 2).unwrap();
        assert_eq!(
            (&listed["undo"]["possible"], &listed["undo"]),
            (&json!(text == "two"), &entry(&api, 2).await["undo"])
        );
    }
    assert_eq!(entry(&api, 2).await["undo"]["undone_by"], 5);
    assert_eq!(entry(&api, 5).await["undo"], json!({"possible": true, "why": null, "undone_by": null, "undoes": 2}));
}

async fn decisions_are_taken_back_one_after_the_other(database: TestDatabase) {
    let api = notes::start(database).await;
    for text in ["one", "two", "three"] {
        put(&api, "a", text).await;
    }
    for (seq, text) in [(3, "two"), (2, "one")] {
        undo(&api, seq).await.ok();
        assert_eq!(api.admin().get("/notes/a").await.ok()["text"], text);
    }
    undo(&api, 1).await.ok();
    api.admin().get("/notes/a").await.problem("not_found");
}

async fn what_was_changed_since_stays(database: TestDatabase) {
    let api = notes::start(database).await;
    put(&api, "a", "one").await;
    put(&api, "a", "two").await;
    put(&api, "a", "three").await;
    assert_eq!(refused(&api, 1).await, "the note a was changed since, by entry 3");
    assert_eq!(refused(&api, 2).await, "the note a was changed since, by entry 3");
    assert_eq!(entry(&api, 3).await["undo"]["possible"], true);
    // What changed something else does not stand in the way.
    put(&api, "b", "one").await;
    undo(&api, 3).await.ok();
    assert_eq!(api.admin().get("/notes/a").await.ok()["text"], "two");
    assert_eq!(refused(&api, 3).await, "entry 5 took it back");
    undo(&api, 9).await.problem("not_found");
}

async fn the_rules_of_the_kind_are_kept(database: TestDatabase) {
    let api = notes::start(database).await;
    put(&api, "a", "one").await;
    put(&api, "b", "a").await;
    assert_eq!(refused(&api, 1).await, "the note b is about it");

    put(&api, "c", "about a").await;
    api.admin().delete("/notes/c").await.ok();
    api.admin().delete("/notes/b").await.ok();
    api.admin().delete("/notes/a").await.ok();
    assert_eq!(refused(&api, 4).await, "there is no note a");
    undo(&api, 6).await.ok();
    undo(&api, 4).await.ok();

    put(&api, "b", "anew").await;
    assert_eq!(refused(&api, 5).await, "there is another note `b` now");

    api.admin().post("/notes/d/seal", json!({"text": "secret"})).await.ok();
    assert_eq!(refused(&api, 10).await, "what was sealed is not unsealed");
    let listed = api.admin().get(JOURNAL).await.ok();
    assert_eq!(listed["items"][0]["undo"]["why"], "what was sealed is not unsealed");
}

async fn a_dry_run_says_what_would_be_taken_back(database: TestDatabase) {
    let api = notes::start(database).await;
    put(&api, "a", "one").await;
    put(&api, "a", "two").await;
    let planned = api.admin().post(&format!("{JOURNAL}/2/undo?dry_run=true"), json!({})).await.ok();
    let replaced = json!([{"op": "replace", "path": "/text", "old": "two", "new": "one"}]);
    let expected = json!([{"kind": "note", "name": "a", "action": "update", "differences": replaced}]);
    assert_eq!((&planned["changes"], planned.get("journal_seq")), (&expected, None));
    assert_eq!(api.admin().get("/notes/a").await.ok()["text"], "two");
    assert_eq!((api.published(), &entry(&api, 2).await["undo"]["undone_by"]), (2, &Value::Null));
}

async fn it_needs_the_right_of_the_inverse(database: TestDatabase) {
    let api = notes::start(database).await;
    put(&api, "a", "one").await;
    let check = async |rights: &[&str], missing: &str| {
        let client = api.permitted(rights);
        let problem = client.post(&format!("{JOURNAL}/1/undo"), json!({})).await.problem("forbidden");
        assert!(problem["detail"].as_str().unwrap().contains(missing), "{problem}");
        let seen = client.get(&format!("{JOURNAL}/1")).await.ok();
        assert_eq!(seen["undo"]["why"], format!("this needs the permission `{missing}`"));
    };
    check(&["journal.read", "notes.write"], "journal.undo").await;
    check(&["journal.read", "journal.undo"], "notes.write").await;
    let both = api.permitted(&["journal.undo", "notes.write"]);
    both.post(&format!("{JOURNAL}/1/undo"), json!({})).await.ok();
}

async fn what_belongs_to_another_organization_is_not_taken_back(database: TestDatabase) {
    let api = notes::start(database).await;
    put(&api, "a", "one").await;
    let stranger = api.stranger(&["journal.undo", "notes.write"]);
    stranger.post(&format!("{JOURNAL}/1/undo"), json!({})).await.problem("not_found");
    assert_eq!(api.admin().get("/notes/a").await.ok()["text"], "one");
}

async fn a_repeated_undo_is_answered_and_not_done_again(database: TestDatabase) {
    let api = notes::start(database).await;
    put(&api, "a", "one").await;
    put(&api, "a", "two").await;
    let admin = api.admin();
    let send = || admin.request("POST", &format!("{JOURNAL}/2/undo")).header("idempotency-key", "k").send();
    assert_eq!(send().await.ok(), send().await.ok());
    assert_eq!(api.published(), 3);
}
