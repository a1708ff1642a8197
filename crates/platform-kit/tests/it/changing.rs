use glaux_journal as journal;
use glaux_testkit::{database::TestDatabase, on_both};
use serde_json::json;

use crate::notes;

on_both!(
    a_write_is_journalled_published_and_answered,
    permissions_are_those_of_the_route,
    what_belongs_to_another_organization_is_not_found,
    only_the_state_that_was_seen_is_changed,
    a_dry_run_says_what_would_change_and_changes_nothing,
    the_same_state_leaves_no_entry,
    changes_of_one_organization_take_turns,
    reasons_are_kept,
);

async fn a_write_is_journalled_published_and_answered(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    let made = admin.put("/notes/first", json!({"text": "hello"})).await.ok();
    assert_eq!((made["journal_seq"].as_i64(), api.published()), (Some(1), 1));
    let changed = admin.put("/notes/first", json!({"text": "goodbye"})).await.ok();
    assert_eq!((&changed["id"], &changed["journal_seq"]), (&made["id"], &json!(2)));
    admin.delete("/notes/first").await.ok();
    admin.get("/notes/first").await.problem("not_found");
    assert_eq!(api.published(), 3);

    let mut tx = api.context().db.organization(api.acme()).read().await.unwrap();
    let states = |seq: i64, before: Option<&str>, after: Option<&str>| {
        let state = |text: Option<&str>| text.map(|text| json!({ "text": text }));
        (seq, state(before), state(after))
    };
    let expected = [
        ("create", states(1, None, Some("hello"))),
        ("update", states(2, Some("hello"), Some("goodbye"))),
        ("delete", states(3, Some("goodbye"), None)),
    ];
    for (action, (seq, before, after)) in expected {
        let entry = journal::get(&mut tx, seq).await.unwrap();
        let payload = entry.payload.unwrap();
        assert_eq!((entry.kind.as_str(), entry.action.as_str(), payload.actor.as_str()), ("note", action, "tester"));
        assert_eq!((payload.before, payload.after), (before, after), "{action}");
        assert_eq!(entry.object, made["id"].as_str().unwrap());
    }
}

async fn permissions_are_those_of_the_route(database: TestDatabase) {
    let api = notes::start(database).await;
    let reader = api.permitted(&["notes.read"]);
    let problem = reader.put("/notes/a", json!({"text": "x"})).await.problem("forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("notes.write"), "{problem}");
    api.permitted(&["notes.write"]).put("/notes/a", json!({"text": "x"})).await.ok();
    reader.get("/notes/a").await.ok();
    api.permitted(&["notes.write"]).get("/notes/a").await.problem("forbidden");
    let anonymous = api.bearer(None).get("/notes/a").await;
    anonymous.problem("unauthenticated");
    assert_eq!(anonymous.headers["www-authenticate"], "Bearer");
    api.bearer(Some("glt_unknown")).get("/notes/a").await.problem("unauthenticated");
}

async fn what_belongs_to_another_organization_is_not_found(database: TestDatabase) {
    let api = notes::start(database).await;
    let made = api.admin().put("/notes/ours", json!({"text": "x"})).await.ok();
    let stranger = api.stranger(&["notes.read", "notes.write", "journal.read"]);
    stranger.get("/notes/ours").await.problem("not_found");
    stranger.get(&format!("/notes/{}", made["id"].as_str().unwrap())).await.problem("not_found");
    stranger.delete("/notes/ours").await.problem("not_found");
    stranger.get("/api/platform/ai-management/journal/1").await.problem("not_found");
    // The name is free in each organization.
    stranger.put("/notes/ours", json!({"text": "y"})).await.ok();

    // Only a platform admin acts in another organization.
    let named = |client: &glaux_testkit::management::Client<'_>, organization: &str| {
        client.request("GET", "/notes/ours").header("x-glaux-organization", organization).send()
    };
    assert_eq!(named(&api.admin(), "globex").await.ok()["text"], "y");
    assert_eq!(named(&api.admin(), &api.globex().to_string()).await.ok()["text"], "y");
    named(&api.admin(), "initech").await.problem("not_found");
    named(&stranger, "acme").await.problem("forbidden");
    named(&stranger, "initech").await.problem("forbidden");
    assert_eq!(named(&stranger, "globex").await.ok()["text"], "y");
}

async fn only_the_state_that_was_seen_is_changed(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    let write = |method: &str, tag: &str| {
        admin.request(method, "/notes/a").header("if-match", tag).json(json!({"text": "mine"})).send()
    };
    write("PUT", "*").await.problem("precondition_failed");
    admin.put("/notes/a", json!({"text": "one"})).await.ok();
    let seen = admin.get("/notes/a").await.tag();
    let now = admin.put("/notes/a", json!({"text": "two"})).await.tag();
    assert_eq!(admin.get("/notes/a").await.tag(), now);

    write("PUT", &seen).await.problem("precondition_failed");
    write("DELETE", &seen).await.problem("precondition_failed");
    assert_eq!(admin.get("/notes/a").await.ok()["text"], "two");
    write("PUT", &now).await.ok();
    write("DELETE", "*").await.ok();
}

async fn a_dry_run_says_what_would_change_and_changes_nothing(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    admin.put("/notes/a", json!({"text": "one"})).await.ok();
    let planned = admin.put("/notes/a?dry_run=true", json!({"text": "two"})).await.ok();
    assert_eq!(planned["text"], "two");
    assert_eq!((&planned["dry_run"], planned.get("journal_seq")), (&json!(true), None));
    let replaced = json!([{"op": "replace", "path": "/text", "old": "one", "new": "two"}]);
    let expected = json!([{"kind": "note", "name": "a", "action": "update", "differences": replaced}]);
    assert_eq!(planned["changes"], expected);
    let sealed = admin.post("/notes/b/seal?dry_run=true", json!({"text": "secret"})).await.ok();
    assert_eq!(sealed.get("shown_once"), None);

    assert_eq!(admin.get("/notes/a").await.ok()["text"], "one");
    admin.get("/notes/b").await.problem("not_found");
    assert_eq!(api.published(), 1);
    assert_eq!(admin.put("/notes/c", json!({"text": "x"})).await.ok()["journal_seq"], 2);
    let wrong = admin.put("/notes/a?dry_run=maybe", json!({"text": "x"})).await;
    assert_eq!(wrong.pointers("invalid_request"), ["?dry_run"]);
}

async fn the_same_state_leaves_no_entry(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    admin.put("/notes/a", json!({"text": "one"})).await.ok();
    let again = admin.put("/notes/a", json!({"text": "one"})).await.ok();
    assert_eq!(again.get("journal_seq"), None);
    assert_eq!(admin.put("/notes/b", json!({"text": "x"})).await.ok()["journal_seq"], 2);
}

async fn changes_of_one_organization_take_turns(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    admin.put("/notes/a", json!({"text": ""})).await.ok();
    let texts: Vec<String> = (0..12).map(|number| number.to_string()).collect();
    let writes = texts.iter().map(|text| admin.put("/notes/a", json!({ "text": text })));
    for answer in futures::future::join_all(writes).await {
        answer.ok();
    }
    // Each began where another ended: nobody wrote over what he had not seen.
    let mut tx = api.context().db.organization(api.acme()).read().await.unwrap();
    let mut state = json!({"text": ""});
    for seq in 2..=13 {
        let payload = journal::get(&mut tx, seq).await.unwrap().payload.unwrap();
        assert_eq!(payload.before.unwrap(), state);
        state = payload.after.unwrap();
    }
}

async fn reasons_are_kept(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    let put = |name: &str| admin.request("PUT", &format!("/notes/{name}"));
    put("a").header("x-glaux-reason", "asked for").json(json!({"text": "x"})).send().await.ok();
    put("b").json(json!({"text": "x", "reason": "also asked for"})).send().await.ok();
    let reason =
        async |seq: i64| admin.get(&format!("/api/platform/ai-management/journal/{seq}")).await.ok()["reason"].clone();
    assert_eq!((reason(1).await, reason(2).await), (json!("asked for"), json!("also asked for")));
    let wrong = put("c").json(json!({"text": "x", "reason": 7})).send().await;
    assert_eq!(wrong.pointers("invalid_request"), ["/reason"]);
    let long = "x".repeat(1001);
    let wrong = put("c").json(json!({"text": "x", "reason": long})).send().await;
    assert_eq!(wrong.pointers("invalid_request"), ["/reason"]);
}
