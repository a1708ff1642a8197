use glaux_testkit::{management::Answer, on_both};

use super::*;

on_both!(
    prices_hold_again_and_what_was_called_meanwhile_keeps_its_own,
    a_model_is_there_again_under_its_id,
    what_names_a_model_keeps_it,
    credentials_are_not_taken_back,
    a_provider_without_credentials_is_there_again,
    an_alias_needs_its_model,
    calls_have_one_policy,
);

async fn undo(management: &Management, seq: &Value) -> Answer {
    management.admin().post(&format!("{JOURNAL}/{seq}/undo"), json!({})).await
}

/// Refused, and said beforehand.
async fn refused(management: &Management, seq: &Value, words: &str) {
    let problem = undo(management, seq).await.problem("conflict");
    assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    let entry = management.admin().get(&format!("{JOURNAL}/{seq}")).await.ok();
    assert_eq!((&entry["undo"]["possible"], &entry["undo"]["why"]), (&json!(false), &problem["detail"]));
}

async fn prices_hold_again_and_what_was_called_meanwhile_keeps_its_own(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let path = format!("{MODELS}/{}", client.get(MODELS).await.ok()["items"][0]["id"].as_str().unwrap());
    let input = |rate: &str| json!({ "prices": [{ "meter": "input_tokens", "rate_per_million": rate }] });
    management.advance(Duration::from_secs(3600));
    let dearer = client.patch(&path, input("4")).await.ok();
    management.advance(Duration::from_secs(3600));
    let undone = undo(&management, &dearer["journal_seq"]).await.ok();

    let listed = client.get(&format!("{PRICES}?model=acme-openai/gpt-4.1-mini")).await.ok();
    let prices = listed["items"].as_array().unwrap();
    let of_input = prices.iter().filter(|price| price["meter"] == "input_tokens");
    let in_force = of_input.map(|price| {
        let hour = |bound: &str| price["conditions"][bound].as_str().map(|at| at[11..13].to_owned());
        (price["rate_per_million"].as_str().unwrap(), hour("effective_from"), hour("effective_until"))
    });
    let hour = |text: &str| Some(text.to_owned());
    let expected = [("0.4", None, hour("10")), ("4", hour("10"), hour("11")), ("0.4", hour("11"), None)];
    assert_eq!(in_force.collect::<Vec<_>>(), expected);

    // No two rules have one id: a use names the rule that charged it.
    let entry = client.get(&format!("{JOURNAL}/{}", undone["journal_seq"])).await.ok();
    let rules = entry["after"]["prices"].as_array().unwrap();
    let ids: std::collections::BTreeSet<_> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len());

    management.advance(Duration::from_secs(3600));
    undo(&management, &undone["journal_seq"]).await.ok();
    let listed = client.get(&format!("{PRICES}?model=acme-openai/gpt-4.1-mini")).await.ok();
    let last = listed["items"].as_array().unwrap().iter().rev().find(|price| price["meter"] == "input_tokens");
    assert_eq!(last.unwrap()["rate_per_million"], "4");
}

async fn a_model_is_there_again_under_its_id(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let before = client.get(MODELS).await.ok()["items"][0].clone();
    let path = format!("{MODELS}/{}", before["id"].as_str().unwrap());
    let deleted = client.delete(&path).await.ok();
    let provider = client.delete(&format!("{PROVIDERS}/acme-openai")).await.ok();
    refused(&management, &deleted["journal_seq"], "its provider is gone").await;
    refused(&management, &provider["journal_seq"], "its credentials were erased").await;

    // Another provider of the name is another provider.
    client.post(PROVIDERS, openai()).await.ok();
    refused(&management, &deleted["journal_seq"], "its provider is gone").await;

    let anew = client.post(MODELS, mini()).await.ok();
    let deleted = client.delete(&format!("{MODELS}/{}", anew["id"].as_str().unwrap())).await.ok();
    undo(&management, &deleted["journal_seq"]).await.ok();
    let after = client.get(MODELS).await.ok()["items"][0].clone();
    assert_eq!((&after["id"], &after["prices"]), (&anew["id"], &before["prices"]));
}

async fn what_names_a_model_keeps_it(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    client.post(ALIASES, json!({ "name": "gpt-4", "model": "acme-openai/gpt-4.1-mini" })).await.ok();
    refused(&management, &json!(2), "the alias gpt-4 names the model").await;
    refused(&management, &json!(1), "the provider has models, for example acme-openai/gpt-4.1-mini").await;
    for seq in [3, 2, 1] {
        undo(&management, &json!(seq)).await.ok();
    }
    assert!(names(&client.get(PROVIDERS).await.ok()).is_empty());
}

async fn credentials_are_not_taken_back(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    client.post(PROVIDERS, openai()).await.ok();
    let path = format!("{PROVIDERS}/acme-openai");
    let rotated = client.post(&format!("{path}/rotate"), json!({ "credentials": { "api_key": "sk-new" } })).await.ok();
    refused(&management, &rotated["journal_seq"], "it also changed credentials").await;
    // Another address without credentials for it was never accepted, so none is taken back to either.
    let moved = json!({ "base_url": "https://eu.api.openai.com/v1", "credentials": { "api_key": "sk-eu" } });
    let moved = client.patch(&path, moved).await.ok();
    refused(&management, &moved["journal_seq"], "it also changed credentials").await;

    // Nor with the same ones: they would go where nobody gives them now.
    let back = json!({ "base_url": "https://api.openai.com/v1", "credentials": { "api_key": "sk-eu" } });
    let back = client.patch(&path, back).await.ok();
    assert_eq!(back["credential_fingerprint"], moved["credential_fingerprint"]);
    refused(&management, &back["journal_seq"], "stored credentials would go elsewhere").await;
    let deeper = client.patch(&path, json!({ "base_url": "https://api.openai.com/v2" })).await.ok();
    undo(&management, &deeper["journal_seq"]).await.ok();
    assert_eq!(client.get(&path).await.ok()["base_url"], "https://api.openai.com/v1");

    let paced = client.patch(&path, json!({ "limits": { "concurrency": 3 } })).await.ok();
    undo(&management, &paced["journal_seq"]).await.ok();
    let now = client.get(&path).await.ok();
    assert_eq!(now["limits"]["concurrency"], moved["limits"]["concurrency"]);
    assert_eq!(now["credential_fingerprint"], moved["credential_fingerprint"]);
}

async fn a_provider_without_credentials_is_there_again(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let made = client.post(PROVIDERS, json!({ "name": "play", "kind": "sandbox" })).await.ok();
    let deleted = client.delete(&format!("{PROVIDERS}/play")).await.ok();
    undo(&management, &deleted["journal_seq"]).await.ok();
    assert_eq!(client.get(&format!("{PROVIDERS}/play")).await.ok()["id"], made["id"]);
}

async fn an_alias_needs_its_model(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let other = json!({ "provider": "acme-openai", "name": "other", "type": "llm" });
    let other = client.post(MODELS, other).await.ok();
    client.post(ALIASES, json!({ "name": "fast", "model": "acme-openai/other" })).await.ok();
    let changed = client.patch(&format!("{ALIASES}/fast"), json!({ "model": "acme-openai/gpt-4.1-mini" })).await.ok();
    client.delete(&format!("{MODELS}/{}", other["id"].as_str().unwrap())).await.ok();
    refused(&management, &changed["journal_seq"], "there is no model `acme-openai/other`").await;
}

async fn calls_have_one_policy(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let policy = |name: &str| json!({ "name": name, "policy": { "balancing": "latency" } });
    client.post(POLICIES, policy("first")).await.ok();
    let deleted = client.delete(&format!("{POLICIES}/first")).await.ok();
    let second = client.post(POLICIES, policy("second")).await.ok();
    refused(&management, &deleted["journal_seq"], "the routing policy `second` is for the same calls").await;
    undo(&management, &second["journal_seq"]).await.ok();
    undo(&management, &deleted["journal_seq"]).await.ok();
    assert_eq!(names(&client.get(POLICIES).await.ok()), ["first"]);
}
