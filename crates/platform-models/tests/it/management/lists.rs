use glaux_testkit::on_both;

use super::*;

on_both!(lists_are_narrowed, sources_disagree_and_say_so, origins_and_credentials_say_when);

async fn lists_are_narrowed(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    client.post(PROVIDERS, json!({ "name": "play", "kind": "sandbox" })).await.ok();
    client.post(MODELS, json!({ "provider": "play", "name": "Mini-Image", "type": "image" })).await.ok();
    client.post(ALIASES, json!({ "name": "gpt-4", "model": "acme-openai/gpt-4.1-mini" })).await.ok();
    let check = async |path: String, expected: &[&str]| {
        assert_eq!(names(&client.get(&path).await.ok()), expected, "{path}");
    };
    check(format!("{MODELS}?q=MINI"), &["acme-openai/gpt-4.1-mini", "play/Mini-Image"]).await;
    check(format!("{MODELS}?q=mini&provider=play"), &["play/Mini-Image"]).await;
    check(format!("{MODELS}?type=llm"), &["acme-openai/gpt-4.1-mini"]).await;
    check(format!("{PROVIDERS}?q=OPEN"), &["acme-openai"]).await;
    check(format!("{ALIASES}?q=4&model=acme-openai/gpt-4.1-mini"), &["gpt-4"]).await;
    check(format!("{ALIASES}?model=play/Mini-Image"), &[]).await;
    // What does not match fills no page, however much of it stands before what does.
    for name in ["a", "b", "c"] {
        client.post(MODELS, json!({ "provider": "acme-openai", "name": name, "type": "llm" })).await.ok();
    }
    let last = client.get(&format!("{MODELS}?type=image&limit=1")).await.ok();
    assert_eq!((names(&last), &last["next_cursor"]), (vec!["play/Mini-Image"], &Value::Null));
    let mut seen = Vec::new();
    let mut path = format!("{MODELS}?type=llm&limit=1");
    loop {
        let page = client.get(&path).await.ok();
        seen.extend(names(&page).into_iter().map(str::to_owned));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("{MODELS}?type=llm&limit=1&cursor={cursor}");
    }
    assert_eq!(seen, ["a", "b", "c", "gpt-4.1-mini"].map(|name| format!("acme-openai/{name}")));
    client.get(&format!("{MODELS}?provider=nobody")).await.problem("not_found");
}

async fn sources_disagree_and_say_so(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let findings = format!("{MODELS}/findings");
    let first = client.get(&format!("{findings}?limit=2")).await.ok();
    let next = client.get(&format!("{findings}?limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await.ok();
    assert_eq!((first["items"].as_array().unwrap().len(), first["items"] == next["items"]), (2, false));

    // By the organization's own name for an account at that provider, as by the catalogue's.
    let own = client.get(&format!("{findings}?provider=acme-openai&limit=200")).await.ok();
    assert_eq!(own, client.get(&format!("{findings}?provider=openai&limit=200")).await.ok());
    let mut disagreements = 0;
    for finding in own["items"].as_array().unwrap() {
        assert_eq!(finding["provider"], "openai");
        for other in finding["others"].as_array().unwrap() {
            assert_ne!(other["source"], finding["kept"]["source"], "{finding}");
            disagreements += 1;
        }
    }
    assert_eq!(disagreements, glaux_platform_models::bundled::disagreements(Some("openai")).count());
    let model = own["items"][0]["model"].as_str().unwrap();
    let of_model = client.get(&format!("{findings}?provider=openai&model={model}")).await.ok();
    assert_eq!(of_model["items"][0], own["items"][0]);
    assert_eq!(client.get(&format!("{findings}?provider=nobody")).await.ok()["items"], json!([]));
}

async fn origins_and_credentials_say_when(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let made = client.post(PROVIDERS, openai()).await.ok();
    assert_eq!(made["credentials_set_at"], made["created_at"]);
    management.advance(Duration::from_secs(3600));
    let path = format!("{PROVIDERS}/acme-openai");
    client.patch(&path, json!({ "limits": { "concurrency": 3 } })).await.ok();
    assert_eq!(client.get(&path).await.ok()["credentials_set_at"], made["created_at"]);
    let rotated = client.post(&format!("{path}/rotate"), json!({ "credentials": { "api_key": "sk-new" } })).await.ok();
    assert_eq!(rotated["credentials_set_at"], rotated["updated_at"]);
    let play = client.post(PROVIDERS, json!({ "name": "play", "kind": "sandbox" })).await.ok();
    assert_eq!(play["credentials_set_at"], Value::Null);

    let reference = json!({ "provider": "openai", "model": "gpt-4.1-nano" });
    let taken = json!({ "provider": "acme-openai", "name": "gpt-4.1-nano", "catalog": reference });
    let origin = client.post(MODELS, taken).await.ok()["origin"].clone();
    let dates =
        origin["sources"].as_array().unwrap().iter().map(|source| source.as_str().unwrap().split(" of ").nth(1));
    assert_eq!(origin["as_of"].as_str(), dates.map(Option::unwrap).min());
}
