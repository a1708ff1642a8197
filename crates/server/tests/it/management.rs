use glaux_testkit::database::TestDatabase;
use http::Method;
use serde_json::{Value, json};

use crate::process::{ADMIN_TOKEN, Glaux, MANAGEMENT, run};

#[tokio::test]
async fn from_first_start_to_a_budget_that_blocks_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    walk(directory.path(), None).await;
    assert!(run(directory.path(), None, &["journal", "verify"]).contains("whole"));
}

#[tokio::test]
async fn from_first_start_to_a_budget_that_blocks_on_postgresql() {
    let directory = tempfile::tempdir().unwrap();
    let database = TestDatabase::postgres().await;
    walk(directory.path(), Some(database.address())).await;
}

/// What a new user does, in the words of the API's examples.
async fn walk(directory: &std::path::Path, database: Option<&str>) {
    let mut glaux = Glaux::start(directory, database);
    let key = glaux.first_key.clone().unwrap();
    let answer = glaux.chat(&key, "sandbox/echo").await.unwrap();
    assert_eq!(answer.json()["choices"][0]["message"]["content"], "Hello, owl");

    glaux.manage(Method::POST, "/aliases", r#"{"name":"gpt-4.1-mini","model":"sandbox/echo"}"#).await;
    assert_eq!(glaux.chat(&key, "gpt-4.1-mini").await.unwrap().headers["x-glaux-model"], "sandbox/echo");

    let feature = glaux.manage(Method::POST, "/features", r#"{"name":"chatbot","display_name":"Chatbot"}"#).await;
    assert!(feature["journal_seq"].as_i64().unwrap() > 0);
    let assign = |model: &str| json!({ "model": model, "config_overrides": { "temperature": 0.2 } }).to_string();
    let place = "/features/chatbot/assignments/production";
    glaux.manage(Method::PUT, place, &assign("sandbox/echo")).await;
    let issued = r#"{"name":"web","application":"default","environment":"production","features":["chatbot"],"models":["*"],
        "limits":{"requests_per_minute":600,"tokens_per_minute":200000}}"#;
    let issued = glaux.manage(Method::POST, "/keys", issued).await;
    let web = issued["key"].as_str().unwrap().to_owned();
    assert_eq!(glaux.chat(&web, "chatbot").await.unwrap().headers["x-glaux-model"], "sandbox/echo");

    // The next call is served by the new model.
    glaux.manage(Method::PUT, place, &assign("sandbox/say-100+pace-20")).await;
    assert_eq!(glaux.chat(&web, "chatbot").await.unwrap().headers["x-glaux-model"], "sandbox/say-100+pace-20");
    glaux.manage(Method::PUT, place, &assign("sandbox/echo")).await;

    let budget = json!({
        "name": "web cap", "scope": { "key": issued["id"] }, "period_type": "monthly",
        "budget_amount": { "amount": "0.000100", "currency": "USD" }, "alert_thresholds": ["0.5"], "action": "block",
    });
    glaux.manage(Method::POST, "/spending/budgets", &budget.to_string()).await;
    let mut spent = 0;
    let blocked = loop {
        let answer = glaux.chat(&web, "chatbot").await.unwrap();
        if answer.status != 200 {
            break answer;
        }
        spent += 1;
        assert!(spent < 100, "the budget never blocks");
    };
    assert_eq!(blocked.status, 402);
    assert!(blocked.text.contains("web cap"), "{}", blocked.text);
    let standing = glaux.manage(Method::GET, "/spending/budgets/web%20cap", "").await;
    let before = standing["spent"].clone();
    assert_eq!(standing["held"]["amount"], "0.000000000");

    check_usage(&glaux, spent, &before).await;

    // A restart keeps configuration and balances.
    glaux.stop();
    let glaux = Glaux::start(directory, database);
    assert_eq!(glaux.first_key, None);
    assert_eq!(glaux.manage(Method::GET, "/spending/budgets/web%20cap", "").await["spent"], before);
    assert_eq!(glaux.chat(&web, "chatbot").await.unwrap().status, 402);
    glaux.manage(Method::POST, "/keys/web/revoke", "{}").await;
    assert_eq!(glaux.chat(&web, "chatbot").await.unwrap().status, 401);

    let verified = glaux.manage(Method::GET, "/journal/verify", "").await;
    assert_eq!(verified["broken"], Value::Null);
    let entries = glaux.manage(Method::GET, "/journal?kind=key&limit=1", "").await;
    assert_eq!((&entries["items"][0]["action"], &entries["items"][0]["name"]), (&json!("update"), &json!("web")));
}

/// The number on the budget's page is the sum of the entries below it, and each entry can be taken apart.
async fn check_usage(glaux: &Glaux, answered: usize, spent: &Value) {
    let path = "/usage?key=web&feature=chatbot&limit=200";
    let mut entries = Vec::new();
    for _ in 0..200 {
        entries = glaux.manage(Method::GET, path, "").await["items"].as_array().unwrap().clone();
        // Two calls before the budget was set, and the one that was blocked.
        if entries.len() == answered + 3 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(entries.len(), answered + 3);
    let (blocked, served): (Vec<&Value>, Vec<&Value>) = entries.iter().partition(|entry| entry["status"] == "blocked");
    assert_eq!(blocked.len(), 1);
    assert_eq!(blocked[0]["blocked_by"], "budget web cap");
    let nanos = |money: &Value| money["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap();
    let of_budget: i64 = served[..answered].iter().map(|entry| nanos(&entry["cost"])).sum();
    assert_eq!(of_budget, nanos(spent));

    let id = served[0]["id"].as_str().unwrap();
    let explained = glaux.manage(Method::GET, &format!("/usage/{id}"), "").await;
    let attempt = &explained["attempts"][0];
    assert_eq!(attempt["cost_lines"][0]["rate_per_million"], "0.4");
    assert_eq!(attempt["raw_usage"]["prompt_tokens"], attempt["usage"]["input_tokens"]);
    assert_eq!(attempt["budgets"].as_array().unwrap().len(), 1);
    assert_eq!(explained["call"]["requested_model"], "chatbot");

    let range = "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
    let sums = glaux.manage(Method::GET, &format!("/spending/analytics?{range}&key=web&group_by=model"), "").await;
    let all: i64 = sums["items"].as_array().unwrap().iter().map(|sum| nanos(&sum["cost"])).sum();
    assert_eq!(all, entries.iter().map(|entry| nanos(&entry["cost"])).sum::<i64>());
}

#[tokio::test]
async fn secrets_do_not_come_back() {
    let directory = tempfile::tempdir().unwrap();
    let glaux = Glaux::start(directory.path(), None);
    let provider = r#"{"name":"acme","kind":"openai","credentials":{"api_key":"sk-very-secret"}}"#;
    glaux.manage(Method::POST, "/models/providers", provider).await;
    let key = glaux.manage(Method::POST, "/keys", r#"{"name":"k","environment":"staging"}"#).await;
    let key = key["key"].as_str().unwrap();
    for path in [
        "/models/providers",
        "/models/providers/acme",
        "/keys",
        "/keys/k",
        "/journal?limit=200",
        "/journal/9",
        "/journal/10",
    ] {
        let shown = glaux.manage(Method::GET, path, "").await.to_string();
        assert!(!shown.contains("sk-very-secret") && !shown.contains(key), "{path}: {shown}");
    }
    let snapshot = std::fs::read_to_string(directory.path().join("snapshot.json")).unwrap();
    assert!(!snapshot.contains("sk-very-secret") && !snapshot.contains(key));
}

#[tokio::test]
async fn mistakes_are_answered_with_what_is_wrong() {
    let directory = tempfile::tempdir().unwrap();
    let glaux = Glaux::start(directory.path(), None);
    let check = async |method: Method, path: &str, body: &str, status: u16, code: &str, pointer: &str| {
        let answer = glaux.send(method, &format!("{MANAGEMENT}{path}"), ADMIN_TOKEN, body).await.unwrap();
        let problem = answer.json();
        assert_eq!((answer.status.as_u16(), &problem["code"]), (status, &json!(code)), "{path}: {problem}");
        assert_eq!(problem["errors"][0]["pointer"].as_str().unwrap_or(""), pointer, "{path}: {problem}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
    };
    let post = Method::POST;
    check(post.clone(), "/features", "{", 400, "invalid_request", "").await;
    check(post.clone(), "/features", r#"{"name":"A b","display_name":"x"}"#, 422, "unprocessable", "/name").await;
    check(post.clone(), "/features", r#"{"name":"a","display_name":7}"#, 400, "invalid_request", "/display_name").await;
    check(post.clone(), "/models/providers", r#"{"name":"a","kind":"openai"}"#, 422, "unprocessable", "/credentials")
        .await;
    check(post.clone(), "/models", r#"{"provider":"no","name":"m","type":"llm"}"#, 422, "unprocessable", "/provider")
        .await;
    let price = r#"{"provider":"sandbox","name":"m","type":"llm","prices":[{"meter":"input_tokens","rate_per_million":"1e-99"}]}"#;
    check(post.clone(), "/models", price, 422, "unprocessable", "/prices/0").await;
    check(post.clone(), "/keys", r#"{"name":"k","environment":"moon"}"#, 400, "invalid_request", "/environment").await;
    let budget = r#"{"name":"b","scope":{"organization":true},"period_type":"daily","budget_amount":{"amount":"0","currency":"USD"},"action":"block"}"#;
    check(post.clone(), "/spending/budgets", budget, 422, "unprocessable", "/budget_amount/amount").await;
    check(Method::GET, "/features?colour=red", "", 400, "invalid_request", "?colour").await;
    check(Method::GET, "/features/none", "", 404, "not_found", "").await;
    let feature = r#"{"name":"twice","display_name":"x"}"#;
    glaux.manage(post.clone(), "/features", feature).await;
    check(post.clone(), "/features", feature, 409, "conflict", "").await;
    let unknown = glaux.send(Method::GET, &format!("{MANAGEMENT}/features"), "glt_unknown", "").await.unwrap();
    assert_eq!(unknown.status, 401);
}

#[tokio::test]
async fn a_dry_run_leaves_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let glaux = Glaux::start(directory.path(), None);
    let before = glaux.manage(Method::GET, "/journal/verify", "").await;
    let feature = r#"{"name":"maybe","display_name":"Maybe"}"#;
    assert_eq!(glaux.manage(Method::POST, "/features?dry_run=true", feature).await["name"], "maybe");
    assert_eq!(glaux.manage(Method::GET, "/journal/verify", "").await, before);
    assert_eq!(glaux.manage(Method::GET, "/features", "").await["items"], json!([]));
}
