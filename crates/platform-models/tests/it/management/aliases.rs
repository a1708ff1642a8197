use glaux_testkit::on_both;

use super::*;

on_both!(an_alias_stands_for_a_model);

async fn an_alias_stands_for_a_model(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let other = json!({ "provider": "acme-openai", "name": "other", "type": "llm" });
    client.post(MODELS, other).await.ok();

    let created = client.post(ALIASES, json!({ "name": "gpt-4", "model": "acme-openai/gpt-4.1-mini" })).await;
    let tag = created.tag();
    assert!(created.ok()["id"].as_str().unwrap().starts_with("alias_"));
    let alias = format!("{ALIASES}/gpt-4");
    let change = json!({ "model": "acme-openai/other" });
    client.patch(&alias, change.clone()).await.ok();
    let late = client.request("PATCH", &alias).header("if-match", &tag).json(change).send().await;
    late.problem("precondition_failed");
    assert_eq!(client.get(&alias).await.ok()["model"], "acme-openai/other");

    let missing = json!({ "model": "acme-openai/missing" });
    assert_eq!(client.patch(&alias, missing).await.pointers("unprocessable"), ["/model"]);
    let spaced = json!({ "name": "a b", "model": "acme-openai/other" });
    assert_eq!(client.post(ALIASES, spaced).await.pointers("unprocessable"), ["/name"]);
    management.stranger(&["models.read"]).get(&alias).await.problem("not_found");
    client.delete(&alias).await.ok();
    assert!(names(&client.get(ALIASES).await.ok()).is_empty());

    let entries = client.get(&format!("{JOURNAL}?kind=alias")).await.ok();
    let actions: Vec<_> =
        entries["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["delete", "update", "create"]);
}
