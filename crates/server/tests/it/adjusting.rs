//! What nobody knew after a kill becomes known later.

use std::{path::Path, time::Duration};

use glaux_store::{Db, Options, SharedSql, shared_sql};
use glaux_testkit::database::TestDatabase;
use http::Method;
use serde_json::{Value, json};

use crate::{
    books::{self, Books},
    process::{Glaux, run},
};

const SLOW: &str = "sandbox/echo+slow-30000";

/// Asks until the answer is as it is to be.
async fn wait_for(glaux: &Glaux, path: &str, is_there: impl Fn(&Value) -> bool) -> Value {
    let mut answer = Value::Null;
    for _ in 0..1000 {
        answer = glaux.manage(Method::GET, path, "").await;
        if is_there(&answer) {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("{path}: {answer}");
}

async fn spent(glaux: &Glaux) -> String {
    let budget = glaux.manage(Method::GET, "/spending/budgets/cap", "").await;
    budget["spent"]["amount"].as_str().unwrap().to_owned()
}

/// Kills the program while a call is under way, and starts it again; gives the attempt that is unknown now.
async fn leave_unknown(directory: &Path, database: Option<&str>) -> (Glaux, Value) {
    let glaux = Glaux::start(directory, database);
    let key = glaux.first_key.clone().unwrap();
    let model = r#"{"provider":"sandbox","name":"echo+slow-30000","type":"llm",
        "prices":[{"meter":"input_tokens","rate_per_million":"1"},{"meter":"output_tokens","rate_per_million":"1"}]}"#;
    glaux.manage(Method::POST, "/models", model).await;
    let budget = r#"{"name":"cap","scope":{"organization":true},"period_type":"monthly",
        "budget_amount":{"amount":"10.00","currency":"USD"},"action":"notify"}"#;
    glaux.manage(Method::POST, "/spending/budgets", budget).await;
    let calling = async { assert!(glaux.chat(&key, SLOW).await.is_err(), "the process was killed") };
    let killing = async {
        wait_for(&glaux, "/spending/budgets/cap", |budget| !budget["holds"].as_array().unwrap().is_empty()).await;
        glaux.kill();
    };
    tokio::join!(calling, killing);
    drop(glaux);
    let glaux = Glaux::start(directory, database);
    books::wait_until_projected(&glaux, 1).await;
    let entry = glaux.manage(Method::GET, "/usage", "").await["items"][0].clone();
    assert_eq!((&entry["status"], &entry["usage_basis"]), (&json!("unknown"), &json!("bound")));
    assert_eq!(entry["cost"]["amount"], json!(spent(&glaux).await));
    (glaux, entry)
}

async fn what_becomes_known_counts(directory: &Path, database: Option<&str>) {
    let (glaux, entry) = leave_unknown(directory, database).await;
    let (id, call) = (entry["id"].as_str().unwrap(), entry["call_id"].as_str().unwrap());
    let known = r#"{"usage":{"input_tokens":10,"output_tokens":20},"reason":"the provider's export"}"#;
    glaux.manage(Method::POST, &format!("/usage/{call}/attempts/{id}/settlement"), known).await;
    let is_applied = |adjustments: usize| {
        move |explained: &Value| {
            let all = explained["attempts"][0]["adjustments"].as_array().unwrap();
            all.len() == adjustments && all.iter().all(|adjustment| adjustment["state"] == "applied")
        }
    };
    let explain = format!("/usage/{id}");
    let explained = wait_for(&glaux, &explain, is_applied(1)).await;
    assert_eq!(explained["attempts"][0]["settled_cost"], entry["cost"]);
    assert_eq!(spent(&glaux).await, "0.000030000");
    glaux.kill();
    drop(glaux);

    let mut glaux = Glaux::start(directory, database);
    assert_eq!(spent(&glaux).await, "0.000030000", "it is in the ledger");
    let model = format!("/models/{}", SLOW.replace('/', "%2F"));
    let at = explained["attempts"][0]["at"].as_str().unwrap();
    let right = json!({ "prices": [
        { "meter": "input_tokens", "rate_per_million": "1" },
        { "meter": "output_tokens", "rate_per_million": "1" },
        { "meter": "output_tokens", "rate_per_million": "2",
          "conditions": { "effective_from": "2020-01-01T00:00:00Z", "effective_until": later(at) } },
    ] });
    glaux.manage(Method::PATCH, &model, &right.to_string()).await;
    let span = r#"{"from":"2020-01-01T00:00:00Z","to":"2100-01-01T00:00:00Z"}"#;
    let done = glaux.manage(Method::POST, "/spending/re-rate", span).await;
    assert_eq!(done["total"]["difference"]["amount"], "0.000020000");
    wait_for(&glaux, &explain, is_applied(2)).await;
    assert_eq!(spent(&glaux).await, "0.000050000");
    let again = glaux.manage(Method::POST, "/spending/re-rate", span).await;
    assert_eq!((&again["attempts"], &again["models"]), (&json!(1), &json!([])));
    let sums = "/spending/analytics?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
    assert_eq!(glaux.manage(Method::GET, sums, "").await["items"][0]["cost"]["amount"], "0.000050000");

    glaux.stop();
    spoil_rollups(directory, database).await;
    let rebuilt = run(directory, database, &["ledger", "rebuild"]);
    assert!(rebuilt.ends_with(" roll-ups and 1 balances of 1 organizations\n"), "{rebuilt}");
    books::verify(directory, database, 1);
    assert_eq!((Books::read(directory).calls(), Books::read(directory).unknown), (1, 1));
    let dump = run(directory, database, &["ledger", "dump"]);
    let adjustments = dump.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let reasons = adjustments.filter(|line| line["record"] == "adjustment").map(|line| line["reason"].clone());
    assert_eq!(reasons.collect::<Vec<_>>(), ["reconciled", "re_rated"]);
}

const SPOIL_ROLLUPS: SharedSql = shared_sql("UPDATE usage_rollups SET cost_nanos = cost_nanos + $1");

async fn spoil_rollups(directory: &Path, database: Option<&str>) {
    let own = format!("sqlite:{}", directory.join("glaux.db").display());
    let db = Db::open(database.unwrap_or(&own), &Options::default()).await.unwrap();
    let mut tx = db.every_organization().begin().await.unwrap();
    assert!(tx.query_shared(SPOIL_ROLLUPS).bind(5_i64).execute().await.unwrap() > 0);
    tx.commit().await.unwrap();
    db.close().await;
}

/// A moment of the same second or the one after it, by which a rule may have ended.
fn later(at: &str) -> String {
    let at: glaux_kernel::Timestamp = at.parse().unwrap();
    at.plus(Duration::from_micros(1)).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_attempt_is_settled_and_re_rated_on_sqlite() {
    let directory = tempfile::tempdir().unwrap();
    what_becomes_known_counts(directory.path(), None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_attempt_is_settled_and_re_rated_on_postgresql() {
    let directory = tempfile::tempdir().unwrap();
    let database = TestDatabase::postgres().await;
    what_becomes_known_counts(directory.path(), Some(database.address())).await;
}
