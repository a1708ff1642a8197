use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use serde_json::{Value, json};

use crate::world::{BUDGETS, budget, start};

on_both!(
    a_scope_takes_names_and_ids,
    what_a_scope_names_must_exist,
    what_was_read_can_be_changed_as_it_was_read,
    decisions_are_taken_back,
    what_a_scope_names_is_there_when_a_budget_comes_back,
);

/// An application, a feature, a key, a provider and a model; their ids in this order.
async fn furnish(api: &Management) -> [Value; 5] {
    let admin = api.admin();
    let application = admin.get("/api/applications/default").await.ok();
    let feature = json!({ "name": "chatbot", "display_name": "Chatbot" });
    let feature = admin.post("/api/platform/ai-management/features", feature).await.ok();
    let key = json!({ "name": "web", "environment": "production" });
    let key = admin.post("/api/platform/ai-management/keys", key).await.ok();
    let provider = json!({
        "name": "acme-openai", "kind": "openai", "base_url": "https://api.openai.com/v1",
        "credentials": { "api_key": "sk-very-secret" },
    });
    let provider = admin.post("/api/platform/ai-management/models/providers", provider).await.ok();
    let model = json!({ "provider": "acme-openai", "name": "gpt-4.1-mini", "type": "llm" });
    let model = admin.post("/api/platform/ai-management/models", model).await.ok();
    [application, feature, key, provider, model].map(|made| made["id"].clone())
}

async fn a_scope_takes_names_and_ids(database: TestDatabase) {
    let api = start(database).await;
    let [application, feature, key, provider, model] = furnish(&api).await;
    let expected = json!({
        "application": application, "feature": feature, "key": key, "user": "ann",
        "model": "acme-openai/gpt-4.1-mini", "provider": "acme-openai", "tags": { "team": "blue" },
    });
    let by_name = json!({
        "application": "default", "feature": "chatbot", "key": "web", "user": "ann",
        "model": "acme-openai/gpt-4.1-mini", "provider": "acme-openai", "tags": { "team": "blue" },
    });
    let by_id = json!({
        "application": application, "feature": feature, "key": key, "user": "ann",
        "model": model, "provider": provider, "tags": { "team": "blue" },
    });
    let admin = api.admin();
    for (name, scope) in [("by name", by_name), ("by id", by_id)] {
        assert_eq!(admin.post(BUDGETS, budget(name, scope)).await.ok()["scope"], expected, "{name}");
        assert_eq!(admin.get(&format!("{BUDGETS}/{}", name.replace(' ', "%20"))).await.ok()["scope"], expected);
    }
    let everything = json!({ "organization": true });
    assert_eq!(admin.post(BUDGETS, budget("all", everything.clone())).await.ok()["scope"], everything);
}

async fn what_a_scope_names_must_exist(database: TestDatabase) {
    let api = start(database).await;
    let [_, feature, ..] = furnish(&api).await;
    let admin = api.admin();
    let check = async |scope: Value, expected: &[&str]| {
        let answer = admin.post(BUDGETS, budget("cap", scope.clone())).await;
        assert_eq!(answer.pointers("unprocessable"), expected, "{scope}");
    };
    check(json!({ "feature": "chatbott" }), &["/scope/feature"]).await;
    check(json!({ "application": "default", "key": "key_01890000000070008000000000000000" }), &["/scope/key"]).await;
    check(json!({ "model": "gpt-4.1-mini", "provider": "openai" }), &["/scope/model", "/scope/provider"]).await;
    check(json!({}), &["/scope"]).await;
    assert_eq!(admin.get(BUDGETS).await.ok()["items"], json!([]));

    // What belongs to another organization is not found.
    let stranger = api.stranger(&["budgets.write"]);
    let answer = stranger.post(BUDGETS, budget("cap", json!({ "feature": feature }))).await;
    assert_eq!(answer.pointers("unprocessable"), ["/scope/feature"]);
}

async fn what_was_read_can_be_changed_as_it_was_read(database: TestDatabase) {
    let api = start(database).await;
    let admin = api.admin();
    admin.post(BUDGETS, budget("cap", json!({ "organization": true }))).await.ok();
    let path = format!("{BUDGETS}/cap");
    let seen = admin.get(&path).await.tag();
    let change = async |action: &str| {
        admin.request("PATCH", &path).header("if-match", &seen).json(json!({ "action": action })).send().await
    };
    change("block").await.ok();
    change("throttle").await.problem("precondition_failed");
}

async fn decisions_are_taken_back(database: TestDatabase) {
    let api = start(database).await;
    let admin = api.admin();
    let undo = async |seq: &Value| {
        admin.post(&format!("/api/platform/ai-management/journal/{seq}/undo"), json!({})).await.ok()
    };
    let made = admin.post(BUDGETS, budget("cap", json!({ "organization": true }))).await.ok();
    let path = format!("{BUDGETS}/cap");
    let less = json!({ "budget_amount": { "amount": "1.00", "currency": "USD" }, "action": "block" });
    let changed = admin.patch(&path, less).await.ok();
    undo(&changed["journal_seq"]).await;
    let deleted = admin.delete(&path).await.ok();
    undo(&deleted["journal_seq"]).await;
    let now = admin.get(&path).await.ok();
    for field in ["id", "scope", "budget_amount", "alert_thresholds", "action"] {
        assert_eq!(now[field], made[field], "{field}");
    }
    undo(&made["journal_seq"]).await;
    admin.get(&path).await.problem("not_found");
}

async fn what_a_scope_names_is_there_when_a_budget_comes_back(database: TestDatabase) {
    let api = start(database).await;
    furnish(&api).await;
    let admin = api.admin();
    let undo = async |made: &Value| {
        let path = format!("/api/platform/ai-management/journal/{}/undo", made["journal_seq"]);
        admin.post(&path, json!({})).await
    };
    admin.post(BUDGETS, budget("cap", json!({ "feature": "chatbot" }))).await.ok();
    let path = format!("{BUDGETS}/cap");
    let changed = admin.patch(&path, json!({ "action": "block" })).await.ok();
    let feature = admin.delete("/api/platform/ai-management/features/chatbot").await.ok();
    // A budget that is there keeps its scope.
    undo(&changed).await.ok();
    let deleted = admin.delete(&path).await.ok();
    let problem = undo(&deleted).await.problem("conflict");
    assert!(problem["detail"].as_str().unwrap().starts_with("there is no feature `feat_"), "{problem}");
    undo(&feature).await.ok();
    undo(&deleted).await.ok();
    assert_eq!(admin.get(&path).await.ok()["action"], "notify");
}
