//! PostgreSQL goes away and comes back: calls are served, changes are refused, and the books are whole afterwards.

use std::{sync::Arc, time::Duration};

use glaux_testkit::postgres::{Absence, RUNTIME, Server};
use http::Method;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    books::{self, Books},
    load::Load,
    process::{ADMIN_TOKEN, Glaux, note},
};

const SHORT: Duration = Duration::from_secs(3);
const FEATURE: &str = r#"{"name":"while-away","display_name":"While away"}"#;

/// Load before, while and after the database is away for `length`.
async fn load_through(how: Absence, length: Duration, pause: Duration) {
    let server = Server::of_its_own().await;
    let address = server.address(RUNTIME, &server.migrated_database().await);
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Arc::new(Glaux::start(directory.path(), Some(&address)));
    let key = glaux.first_key.clone().unwrap();
    let slow = r#"{"provider":"sandbox","name":"echo+slow-100","type":"llm"}"#;
    glaux.manage(Method::POST, "/models", slow).await;

    let load = Load::start(&glaux, &key, 12, pause);
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.take_away(how);
    let until = Instant::now() + length;
    let mut refused = 0;
    while Instant::now() < until {
        refuses_changes(&glaux).await;
        refused += 1;
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert!(refused > 0);
    let scraped = glaux.send(Method::GET, "/metrics", ADMIN_TOKEN, "").await.unwrap();
    assert_eq!(scraped.status, 200, "{}", scraped.text);
    server.give_back(how).await;
    serves_changes(&glaux).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let seen = load.finish().await;
    assert_eq!((&seen.refused, &seen.cut, seen.unanswered), (&Vec::new(), &Vec::new(), 0));

    let calls = seen.answered.len() + seen.hung_up.len();
    books::wait_until_projected(&glaux, calls).await;
    Arc::get_mut(&mut glaux).unwrap().stop();
    let read = Books::read(directory.path());
    read.check(&seen);
    assert_eq!((read.calls(), read.unknown), (calls, 0));
    books::verify(directory.path(), Some(&address), calls);
    note(&format!("{how:?} for {length:?}: {calls} calls, {refused} changes refused"));
}

/// Writes and reads of the management API are told that they can be tried again.
async fn refuses_changes(glaux: &Glaux) {
    for (method, path, body) in [(Method::POST, "/features", FEATURE), (Method::GET, "/usage", "")] {
        let answer = glaux.try_to_manage(method, path, body).await.unwrap();
        assert_eq!((answer.status.as_u16(), &answer.json()["code"]), (503, &json!("unavailable")), "{}", answer.text);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(answer.json()["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
    }
}

/// Waits until a change is made. A change that was refused was not made.
async fn serves_changes(glaux: &Glaux) {
    for _ in 0..600 {
        let answer = glaux.try_to_manage(Method::POST, "/features", FEATURE).await.unwrap();
        if answer.status == 201 {
            return;
        }
        assert_eq!(answer.status, 503, "{}", answer.text);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("changes are not served again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_while_postgresql_is_stopped() {
    load_through(Absence::Stopped, SHORT, Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_when_postgresql_is_killed() {
    load_through(Absence::Killed, SHORT, Duration::ZERO).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_while_postgresql_does_not_answer() {
    load_through(Absence::Frozen, SHORT, Duration::ZERO).await;
}

/// A node that starts while the database is away knows keys, models, budgets and what was spent of them.
async fn start_without(how: Absence) {
    let server = Server::of_its_own().await;
    let address = server.address(RUNTIME, &server.migrated_database().await);
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), Some(&address));
    let first = glaux.first_key.clone().unwrap();
    let capped = r#"{"name":"capped","environment":"production","models":["*"],"features":["*"]}"#;
    let capped = glaux.manage(Method::POST, "/keys", capped).await;
    let revoked = r#"{"name":"revoked","environment":"production","models":["*"],"features":["*"]}"#;
    let revoked = glaux.manage(Method::POST, "/keys", revoked).await;
    glaux.manage(Method::POST, "/keys/revoked/revoke", "{}").await;
    let budget = json!({
        "name": "cap", "scope": { "key": capped["id"] }, "period_type": "monthly",
        "budget_amount": { "amount": "0.000100", "currency": "USD" }, "action": "block",
    });
    glaux.manage(Method::POST, "/spending/budgets", &budget.to_string()).await;
    let (capped, revoked) = (capped["key"].as_str().unwrap(), revoked["key"].as_str().unwrap());
    let mut calls = 1;
    while glaux.chat(capped, "sandbox/echo").await.unwrap().status == 200 {
        calls += 1;
    }
    glaux.stop();

    server.take_away(how);
    let mut glaux = Glaux::start(directory.path(), Some(&address));
    let status = async |glaux: &Glaux, key: &str| glaux.chat(key, "sandbox/echo").await.unwrap().status.as_u16();
    assert_eq!(status(&glaux, &first).await, 200);
    assert_eq!(status(&glaux, capped).await, 402);
    assert_eq!(status(&glaux, revoked).await, 401);
    refuses_changes(&glaux).await;
    // It can be stopped and started as often as needed.
    glaux.stop();
    let mut glaux = Glaux::start(directory.path(), Some(&address));
    assert_eq!(status(&glaux, &first).await, 200);

    server.give_back(how).await;
    serves_changes(&glaux).await;
    assert_eq!(status(&glaux, capped).await, 402);
    // What was refused without a key has no place in the ledger.
    calls += 4;
    books::wait_until_projected(&glaux, calls).await;
    glaux.stop();
    books::verify(directory.path(), Some(&address), calls);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_starts_while_postgresql_is_stopped() {
    start_without(Absence::Stopped).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_starts_after_postgresql_was_killed() {
    start_without(Absence::Killed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_starts_while_postgresql_does_not_answer() {
    start_without(Absence::Frozen).await;
}

mod soak {
    use super::*;
    use crate::silence::Network;

    const LONG: Duration = Duration::from_secs(600);

    /// Takes ten minutes: `make soak`.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn no_call_fails_while_postgresql_is_stopped_for_ten_minutes() {
        if crate::process::asked_to_soak() {
            load_through(Absence::Stopped, LONG, Duration::from_millis(20)).await;
        }
    }

    /// Takes two minutes: `make soak`.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn connections_that_are_lost_without_a_word_are_given_up() {
        if !crate::process::asked_to_soak() {
            return;
        }
        let server = Server::of_its_own().await;
        let network = Network::before(server.folder());
        let address = server.address(RUNTIME, &server.migrated_database().await);
        let directory = tempfile::tempdir().unwrap();
        let mut glaux = Arc::new(Glaux::start(directory.path(), Some(&network.address(server.folder(), &address))));
        let key = glaux.first_key.clone().unwrap();
        let slow = r#"{"provider":"sandbox","name":"echo+slow-100","type":"llm"}"#;
        glaux.manage(Method::POST, "/models", slow).await;
        let load = Load::start(&glaux, &key, 12, Duration::from_millis(5));
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_secs(1)).await;
            network.lose_connections();
        }
        serves_changes(&glaux).await;
        let seen = load.finish().await;
        assert_eq!((&seen.refused, &seen.cut, seen.unanswered), (&Vec::new(), &Vec::new(), 0));
        let calls = seen.answered.len() + seen.hung_up.len();
        books::wait_until_projected(&glaux, calls).await;
        Arc::get_mut(&mut glaux).unwrap().stop();
        books::verify(directory.path(), Some(&address), calls);
    }
}
