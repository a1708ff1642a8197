use glaux_testkit::on_both;

use super::*;

on_both!(a_test_says_what_came_of_one_call);

async fn a_test_says_what_came_of_one_call(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    client.post(PROVIDERS, openai()).await.ok();
    let test = format!("{PROVIDERS}/acme-openai/test");
    assert_eq!(client.post(&test, json!({})).await.pointers("unprocessable"), ["/model"]);

    client.post(MODELS, mini()).await.ok();
    let answer = client.post(&test, json!({})).await.ok();
    let expected = json!({
        "status": "ok", "model": "acme-openai/gpt-4.1-mini", "latency_ms": 12, "upstream_status": 200, "problem": null,
    });
    assert_eq!(answer, expected);

    client.post(MODELS, json!({ "provider": "acme-openai", "name": "broken", "type": "llm" })).await.ok();
    let answer = client.post(&test, json!({ "model": "acme-openai/broken" })).await.ok();
    assert_eq!((&answer["status"], &answer["problem"]), (&json!("failed"), &json!("the provider refuses the key")));
    let elsewhere = json!({ "model": "sandbox/echo" });
    assert_eq!(client.post(&test, elsewhere).await.pointers("unprocessable"), ["/model"]);
    management.permitted(&["models.read"]).post(&test, json!({})).await.problem("forbidden");
}
