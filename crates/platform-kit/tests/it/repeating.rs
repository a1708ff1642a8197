use std::time::Duration;

use glaux_testkit::{
    database::TestDatabase,
    management::{Answer, Client},
    on_both,
};
use serde_json::json;

use crate::notes;

on_both!(
    a_repeated_request_is_answered_and_not_done_again,
    a_key_is_for_one_request,
    of_many_at_once_one_is_done,
    what_was_refused_may_be_sent_again,
);

async fn seal(client: &Client<'_>, name: &str, key: &str) -> Answer {
    let request = client.request("POST", &format!("/notes/{name}/seal")).header("idempotency-key", key);
    request.json(json!({"text": "very secret"})).send().await
}

async fn a_repeated_request_is_answered_and_not_done_again(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    let first = seal(&admin, "a", "k1").await;
    assert_eq!(first.ok()["shown_once"], "open sesame");
    let second = seal(&admin, "a", "k1").await;
    assert_eq!((second.status, &second.headers["idempotency-replayed"]), (first.status, &"true".parse().unwrap()));
    let mut expected = first.ok();
    expected.as_object_mut().unwrap().remove("shown_once");
    assert_eq!(second.ok(), expected);
    assert_eq!(api.published(), 1);

    // After a day the key is forgotten: the request is done, and refused for what it asks.
    api.advance(Duration::from_secs(24 * 3600 + 1));
    seal(&admin, "a", "k1").await.problem("conflict");
}

async fn a_key_is_for_one_request(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    seal(&admin, "a", "k1").await.ok();
    // Another path and another organization are other requests.
    seal(&admin, "b", "k1").await.ok();
    seal(&api.stranger(&["notes.write"]), "a", "k1").await.ok();
    let other = admin.request("POST", "/notes/a/seal").header("idempotency-key", "k1").json(json!({"text": "other"}));
    other.send().await.problem("unprocessable");
    seal(&admin, "c", "").await.problem("invalid_request");
    seal(&admin, "c", &"k".repeat(256)).await.problem("invalid_request");
}

async fn of_many_at_once_one_is_done(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    let answers = futures::future::join_all((0..8).map(|_| seal(&admin, "a", "k1"))).await;
    let shown = answers.iter().filter(|answer| answer.text.contains("open sesame")).count();
    assert_eq!((shown, api.published()), (1, 1));
    for answer in answers.iter().filter(|answer| !answer.status.is_success()) {
        answer.problem("conflict");
    }
    seal(&admin, "a", "k1").await.ok();
}

async fn what_was_refused_may_be_sent_again(database: TestDatabase) {
    let api = notes::start(database).await;
    let admin = api.admin();
    admin.put("/notes/a", json!({"text": "in the way"})).await.ok();
    seal(&admin, "a", "k1").await.problem("conflict");
    admin.delete("/notes/a").await.ok();
    assert_eq!(seal(&admin, "a", "k1").await.ok()["shown_once"], "open sesame");
}
