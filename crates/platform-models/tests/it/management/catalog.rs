use glaux_testkit::on_both;

use super::*;

on_both!(
    a_provider_comes_with_the_models_of_the_catalogue,
    an_import_is_repeatable_and_leaves_people_s_work_alone,
    the_sandbox_is_there_from_the_start,
);

async fn a_provider_comes_with_the_models_of_the_catalogue(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let groq = json!({
        "name": "fast", "kind": "openai-compatible", "base_url": "https://api.groq.com/openai/v1/",
        "credentials": { "api_key": "k" }, "catalog": true,
    });
    let created = client.post(PROVIDERS, groq).await.ok();
    assert_eq!(created["catalog"]["catalog"], "groq");
    let added = created["catalog"]["added"].as_array().unwrap().len();
    assert!(added > 5, "{added}");
    assert_eq!(names(&client.get(&format!("{MODELS}?limit=200")).await.ok()).len(), added);

    let unknown =
        json!({ "name": "local", "kind": "openai-compatible", "base_url": "http://127.0.0.1:8000", "catalog": true });
    assert_eq!(client.post(PROVIDERS, unknown).await.pointers("unprocessable"), ["/catalog"]);
    assert_eq!(names(&client.get(PROVIDERS).await.ok()), ["fast"]);
}

async fn an_import_is_repeatable_and_leaves_people_s_work_alone(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let import = format!("{PROVIDERS}/acme-openai/catalog-import");
    let asked = json!({ "models": ["gpt-4.1-mini", "gpt-4.1-nano", "gpt-5.6-terra-2026-07-30", "no-such-model"] });
    let first = client.post(&import, asked.clone()).await.ok();
    assert_eq!(first["added"], json!(["acme-openai/gpt-4.1-nano", "acme-openai/gpt-5.6-terra-2026-07-30"]));
    assert_eq!(first["kept"], json!(["acme-openai/gpt-4.1-mini"]));
    assert_eq!(first["not_found"], json!(["no-such-model"]));

    let nano = client.get(&format!("{MODELS}/acme-openai%2Fgpt-4.1-nano")).await.ok();
    assert_eq!(nano["origin"]["catalog"], "openai");
    assert!(nano["origin"]["sources"][0].as_str().unwrap().contains(" of 2026-"), "{nano}");
    assert_eq!(nano["prices"][0], json!({ "meter": "input_tokens", "rate_per_million": "0.1", "conditions": {} }));

    let second = client.post(&import, asked.clone()).await.ok();
    assert_eq!((&second["unchanged"], &second["journal_seq"]), (&json!(2), &Value::Null));

    // What a person states is from then on left alone.
    let price = json!({ "prices": [{ "meter": "input_tokens", "rate_per_million": "0.05" }] });
    client.patch(&format!("{MODELS}/acme-openai%2Fgpt-4.1-nano"), price).await.ok();
    let third = client.post(&import, asked).await.ok();
    assert_eq!(third["kept"], json!(["acme-openai/gpt-4.1-mini", "acme-openai/gpt-4.1-nano"]));

    let elsewhere = json!({ "catalog": "no-such-provider" });
    assert_eq!(client.post(&import, elsewhere).await.pointers("unprocessable"), ["/catalog"]);
}

async fn the_sandbox_is_there_from_the_start(database: TestDatabase) {
    let management = start(database).await;
    let context = management.context();
    let actor = glaux_web::Actor::System;
    let grant = glaux_web::Grant::Everything;
    let system = glaux_web::Caller { actor, name: "glaux".to_owned(), organization: management.acme(), grant };
    for _ in 0..2 {
        glaux_platform_models::bootstrap(context, &system).await.unwrap();
    }
    let models = management.admin().get(MODELS).await.ok();
    assert_eq!(names(&models), ["sandbox/echo", "sandbox/embed", "sandbox/say-100+pace-20"]);
    assert_eq!(models["items"][0]["prices"][1]["rate_per_million"], "1.6");
}
