use axum::{body::Body, http::Request};
use futures::StreamExt;
use glaux_platform_applications::Application;
use glaux_platform_kit::{Change, get};
use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use glaux_web::{Actor, Caller, Grant, Write};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::{FEATURES, JOURNAL, MODELS, assign, start};

on_both!(
    a_switch_of_models_is_taken_back,
    a_stop_is_taken_back_and_told,
    a_removed_feature_and_its_assignments_are_there_again,
    a_feature_that_something_serves_stays,
    what_is_kept_needs_its_own_right,
    what_comes_back_with_a_feature_needs_the_right_to_it,
    a_feature_needs_its_application,
);

async fn undo(management: &Management, seq: &Value) -> Value {
    management.admin().post(&format!("{JOURNAL}/{seq}/undo"), json!({})).await.ok()
}

async fn refused(management: &Management, seq: &Value, words: &str) {
    let problem = management.admin().post(&format!("{JOURNAL}/{seq}/undo"), json!({})).await.problem("conflict");
    assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
}

async fn a_switch_of_models_is_taken_back(database: TestDatabase) {
    let management = start(database).await;
    let overrides = json!({"model": "play/a", "config_overrides": {"temperature": 1.0, "top_k": 40}});
    let path = format!("{FEATURES}/chatbot/assignments/production");
    let first = management.admin().put(&path, overrides).await.ok();
    let second = assign(&management, "production", "play/b").await;
    let undone = undo(&management, &second["journal_seq"]).await;
    let now = management.admin().get(&path).await.ok();
    assert_eq!((&now["id"], &now["model"]), (&first["id"], &json!("play/a")));
    assert_eq!(now["config_overrides"]["temperature"].as_f64(), Some(1.0));
    assert_eq!(undone["journal_seq"], management.published());

    // And back again, until the model is gone.
    undo(&management, &undone["journal_seq"]).await;
    assert_eq!(management.admin().get(&path).await.ok()["model"], "play/b");
    let models = management.admin().get(MODELS).await.ok();
    let id = models["items"][0]["id"].as_str().unwrap();
    management.admin().delete(&format!("{MODELS}/{id}")).await.ok();
    refused(&management, &second["journal_seq"], "there is no model `play/a`").await;
}

async fn a_stop_is_taken_back_and_told(database: TestDatabase) {
    let management = start(database).await;
    let stop = json!({"status": "inactive"});
    let stopped = management.admin().put(&format!("{FEATURES}/chatbot/status"), stop).await.ok();
    let watch = Request::get("/api/platform/ai-management/events").header("authorization", "Bearer acme everything");
    let watched = management.router().oneshot(watch.body(Body::empty()).unwrap()).await.unwrap();
    let mut told = watched.into_body().into_data_stream();
    undo(&management, &stopped["journal_seq"]).await;
    assert_eq!(management.admin().get(&format!("{FEATURES}/chatbot/status")).await.ok()["status"], "active");
    let mut text = String::new();
    while !text.contains("feature.status_changed") {
        text.push_str(str::from_utf8(&told.next().await.unwrap().unwrap()).unwrap());
    }
    assert!(text.contains(r#""before":"inactive""#), "{text}");
}

async fn a_removed_feature_and_its_assignments_are_there_again(database: TestDatabase) {
    let management = start(database).await;
    let assigned = assign(&management, "production", "play/a").await;
    let before = management.admin().get(&format!("{FEATURES}/chatbot")).await.ok();
    let deleted = management.admin().delete(&format!("{FEATURES}/chatbot")).await.ok();
    let seq = deleted["journal_seq"].as_i64().unwrap();
    // The assignment's own entry stands before the feature's.
    refused(&management, &json!(seq - 1), "its feature is gone").await;
    undo(&management, &json!(seq)).await;
    undo(&management, &json!(seq - 1)).await;
    let after = management.admin().get(&format!("{FEATURES}/chatbot")).await.ok();
    assert_eq!((&after["id"], &after["application"]), (&before["id"], &before["application"]));
    let again = management.admin().get(&format!("{FEATURES}/chatbot/assignments/production")).await.ok();
    assert_eq!((&again["id"], &again["model"]), (&assigned["id"], &json!("play/a")));
}

async fn a_feature_that_something_serves_stays(database: TestDatabase) {
    let management = start(database).await;
    let made = json!(2);
    let assigned = assign(&management, "staging", "play/a").await;
    refused(&management, &made, "models are assigned to it in staging").await;
    undo(&management, &assigned["journal_seq"]).await;
    undo(&management, &made).await;
    management.admin().get(&format!("{FEATURES}/chatbot")).await.problem("not_found");
}

async fn what_is_kept_needs_its_own_right(database: TestDatabase) {
    let management = start(database).await;
    let path = format!("{FEATURES}/chatbot/payloads/production");
    let kept = management.admin().put(&path, json!({"days": 3, "max_bytes": 1000, "redact": []})).await.ok();
    let undo_path = format!("{JOURNAL}/{}/undo", kept["journal_seq"]);
    let developer = management.permitted(&["journal.undo", "features.write"]);
    let problem = developer.post(&undo_path, json!({})).await.problem("forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("payloads.write"), "{problem}");
    management.permitted(&["journal.undo", "payloads.write"]).post(&undo_path, json!({})).await.ok();
    assert_eq!(management.admin().get(&path).await.ok()["is_default"], true);
}

async fn what_comes_back_with_a_feature_needs_the_right_to_it(database: TestDatabase) {
    let management = start(database).await;
    let path = format!("{FEATURES}/chatbot/payloads/production");
    management.admin().put(&path, json!({"days": 3, "max_bytes": 1000, "redact": []})).await.ok();
    let renamed = management.admin().patch(&format!("{FEATURES}/chatbot"), json!({"display_name": "Bot"})).await.ok();
    let deleted = management.admin().delete(&format!("{FEATURES}/chatbot")).await.ok();
    let undo_path = |made: &Value| format!("{JOURNAL}/{}/undo", made["journal_seq"]);

    let developer = management.permitted(&["journal.read", "journal.undo", "features.write"]);
    let problem = developer.post(&undo_path(&deleted), json!({})).await.problem("forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("payloads.write"), "{problem}");
    let seen = developer.get(&format!("{JOURNAL}/{}", deleted["journal_seq"])).await.ok();
    assert_eq!(seen["undo"]["possible"], false);
    let keeper = management.permitted(&["journal.undo", "payloads.write"]);
    let problem = keeper.post(&undo_path(&deleted), json!({})).await.problem("forbidden");
    assert!(problem["detail"].as_str().unwrap().contains("features.write"), "{problem}");

    let both = management.permitted(&["journal.undo", "features.write", "payloads.write"]);
    both.post(&undo_path(&deleted), json!({})).await.ok();
    assert_eq!(management.admin().get(&path).await.ok()["days"], 3);
    // What stays as it is needs nothing.
    developer.post(&undo_path(&renamed), json!({})).await.ok();
    assert_eq!(management.admin().get(&format!("{FEATURES}/chatbot")).await.ok()["display_name"], "Chatbot");
}

async fn a_feature_needs_its_application(database: TestDatabase) {
    let management = start(database).await;
    let deleted = management.admin().delete(&format!("{FEATURES}/chatbot")).await.ok();
    let system = Caller {
        actor: Actor::System,
        name: "test".to_owned(),
        organization: management.acme(),
        grant: Grant::Everything,
    };
    let mut change = Change::begin(management.context(), Write::by(system, "test")).await.unwrap();
    let application = get::<Application>(change.read(), "default").await.unwrap();
    change.delete(&application).await.unwrap();
    change.commit().await.unwrap();
    refused(&management, &deleted["journal_seq"], "its application is gone").await;
}
