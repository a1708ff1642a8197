//! What runs now, as it is shown.

use http::Method;
use serde_json::Value;

use crate::process::{ADMIN_TOKEN, Glaux};

async fn read(glaux: &Glaux, path: &str) -> Value {
    glaux.send(Method::GET, path, ADMIN_TOKEN, "").await.unwrap().json()
}

#[tokio::test]
async fn the_api_is_described_on_a_page_that_runs_no_script() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let get = async |path: &str| glaux.send(Method::GET, path, "", "").await.unwrap();
    let page = get("/api/docs").await;
    assert_eq!(
        (page.status.as_u16(), &page.headers["content-type"]),
        (200, &"text/html; charset=utf-8".parse().unwrap())
    );
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("script"), "{policy}");
    let document = get("/api/openapi.json").await.json();
    let mut operations = 0;
    for operation in document["paths"].as_object().unwrap().values().flat_map(|item| item.as_object().unwrap().values())
    {
        let id = operation["operationId"].as_str().unwrap();
        assert!(page.text.contains(&format!("<section id=\"{id}\">")), "{id}");
        operations += 1;
    }
    assert!(operations > 50, "{operations}");
    for link in page.text.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()) {
        assert!(page.text.contains(&format!("id=\"{link}\"")) || link == "schemas", "{link} leads nowhere");
    }
    assert!(!page.text.contains("<script") && !page.text.contains("src="), "it loads nothing");
    glaux.stop();
}

#[tokio::test]
async fn calls_in_flight_rates_and_failing_providers_are_shown() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let key = glaux.first_key.clone().unwrap();
    let status = read(&glaux, "/api/ai/dashboard/live-status").await;
    assert_eq!((&status["status"], &status["in_flight"]["attempts"]), (&"idle".into(), &0.into()));

    glaux.chat(&key, "sandbox/echo").await.unwrap();
    let status = read(&glaux, "/api/ai/dashboard/live-status").await;
    assert_eq!(status["rates"]["answered_per_minute"], 1);
    assert_eq!(status["providers"][0]["models"][0]["name"], "sandbox/echo");

    let dead = r#"{"name":"dead","kind":"openai-compatible","base_url":"http://127.0.0.1:9/v1"}"#;
    glaux.manage(Method::POST, "/models/providers", dead).await;
    glaux.manage(Method::POST, "/models", r#"{"provider":"dead","name":"m","type":"llm"}"#).await;
    for _ in 0..12 {
        assert!(!glaux.chat(&key, "dead/m").await.unwrap().status.is_success());
    }
    let tested = glaux.manage(Method::POST, "/models/providers/sandbox/test", "{}").await;
    assert_eq!((&tested["status"], &tested["upstream_status"]), (&"ok".into(), &200.into()), "{tested}");
    let tested = glaux.manage(Method::POST, "/models/providers/dead/test", "{}").await;
    assert_eq!((&tested["status"], &tested["upstream_status"]), (&"failed".into(), &Value::Null), "{tested}");
    assert!(!tested["problem"].as_str().unwrap().is_empty());

    let health = read(&glaux, "/api/ai/providers/health").await;
    let dead = health["items"].as_array().unwrap().iter().find(|provider| provider["name"] == "dead").unwrap();
    assert_eq!((&dead["status"], &dead["models"][0]["circuit"]), (&"down".into(), &"open".into()), "{dead}");
    assert_eq!(read(&glaux, "/api/ai/dashboard/live-status").await["status"], "down");

    let whole = read(&glaux, "/api/health/ai-management").await;
    assert_eq!((&whole["status"], &whole["checks"][1]["name"]), (&"healthy".into(), &"configuration".into()));
    assert_eq!((&whole["checks"][2]["name"], &whole["checks"][2]["status"]), (&"ledger".into(), &"healthy".into()));
    glaux.stop();
}
