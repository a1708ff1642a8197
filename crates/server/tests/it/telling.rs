//! What is kept of calls, and what is told of spending.

use std::time::Duration;

use http::Method;
use serde_json::Value;

use crate::process::Glaux;

/// Reads until there is something.
async fn wait_for(glaux: &Glaux, path: &str, is_there: impl Fn(&Value) -> bool) -> Value {
    for _ in 0..200 {
        let answer = glaux.try_to_manage(Method::GET, path, "").await.unwrap();
        if answer.status.is_success() && is_there(&answer.json()) {
            return answer.json();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{path} never came");
}

#[tokio::test]
async fn a_payload_is_kept_in_development_and_not_in_production() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let mut calls = Vec::new();
    for environment in ["development", "production"] {
        let key = format!(r#"{{"name":"{environment}","environment":"{environment}","models":["*"]}}"#);
        let key = glaux.manage(Method::POST, "/keys", &key).await["key"].as_str().unwrap().to_owned();
        let answer = glaux.chat(&key, "sandbox/echo").await.unwrap();
        calls.push(answer.headers["x-glaux-request-id"].to_str().unwrap().to_owned());
    }
    let kept = wait_for(&glaux, &format!("/usage/{}/payload", calls[0]), |_| true).await;
    assert!(kept["request"]["text"].as_str().unwrap().contains("Hello, owl"), "{kept}");
    assert!(kept["answer"]["text"].as_str().unwrap().contains("Hello, owl"), "{kept}");
    wait_for(&glaux, &format!("/usage/{}", calls[1]), |_| true).await;
    let missing = glaux.try_to_manage(Method::GET, &format!("/usage/{}/payload", calls[1]), "").await.unwrap();
    assert_eq!(missing.status, 404);

    glaux.manage(Method::DELETE, &format!("/usage/{}/payload", calls[0]), "").await;
    let erased = glaux.try_to_manage(Method::GET, &format!("/usage/{}/payload", calls[0]), "").await.unwrap();
    assert_eq!(erased.status, 404);
    glaux.stop();
}

#[tokio::test]
async fn a_threshold_that_is_reached_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let key = glaux.first_key.clone().unwrap();
    let budget = r#"{"name":"small","scope":{"organization":true},"period_type":"daily","action":"notify",
        "budget_amount":{"amount":"0.000001","currency":"USD"},"alert_thresholds":["0.5"]}"#;
    glaux.manage(Method::POST, "/spending/budgets", budget).await;
    for _ in 0..3 {
        assert!(glaux.chat(&key, "sandbox/echo").await.unwrap().status.is_success());
    }
    let told = wait_for(&glaux, "/spending/alerts", |alerts| !alerts["items"].as_array().unwrap().is_empty()).await;
    assert_eq!(told["items"].as_array().unwrap().len(), 1, "{told}");
    glaux.stop();
}
