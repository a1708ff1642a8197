use glaux_testkit::on_both;

use super::*;

on_both!(
    a_rate_may_be_large,
    a_model_that_is_named_stays,
    names_and_figures_can_be_written_and_kept,
    prices_are_exact_and_listed,
    a_dry_run_changes_nothing,
    a_model_takes_from_the_catalogue_what_is_not_stated
);

async fn prices_are_exact_and_listed(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let speech = json!({
        "provider": "acme-openai", "name": "tts", "type": "audio",
        "prices": [
            { "meter": "input_characters", "rate_per_unit": "0.000015" },
            { "meter": "output_images", "rate_per_unit": "0.04", "conditions": { "service_tier": "batch" } },
        ],
    });
    client.post(MODELS, speech).await.ok();

    let listed = client.get(&format!("{PRICES}?limit=3")).await.ok();
    let items = listed["items"].as_array().unwrap();
    assert_eq!(
        (items[0]["model"].as_str(), items[0]["rate_per_million"].as_str()),
        (Some("acme-openai/gpt-4.1-mini"), Some("0.4"))
    );
    let cursor = listed["next_cursor"].as_str().unwrap().replace(' ', "%20");
    let rest = client.get(&format!("{PRICES}?limit=3&cursor={cursor}")).await.ok();
    let rest: Vec<_> =
        rest["items"].as_array().unwrap().iter().map(|item| item["rate_per_million"].as_str().unwrap()).collect();
    assert_eq!(rest, ["15", "40000"]);
    let filtered = client.get(&format!("{PRICES}?model=acme-openai/tts")).await.ok();
    assert_eq!(filtered["items"].as_array().unwrap().len(), 2);
    client.get(&format!("{PRICES}?modell=x")).await.problem("invalid_request");

    let check = async |price: Value, expected: &str| {
        let model = json!({ "provider": "acme-openai", "name": "x", "type": "llm", "prices": [price] });
        let problem = client.post(MODELS, model.clone()).await;
        assert!(problem.status.is_client_error() && problem.text.contains(expected), "{model}: {}", problem.text);
    };
    check(json!({ "meter": "input_tokens", "rate_per_million": "0.4000000000001" }), "decimal places").await;
    check(json!({ "meter": "input_tokens", "rate_per_million": "-1" }), "out of range").await;
    check(json!({ "meter": "input_tokens", "rate_per_million": 0.4 }), "rate_per_million").await;
    check(json!({ "meter": "input_tokens" }), "rate_per_unit").await;
    let both = json!({ "provider": "acme-openai", "name": "x", "type": "llm", "prices": [
        { "meter": "input_tokens", "rate_per_million": "1" }, { "meter": "input_tokens", "rate_per_million": "2" },
    ] });
    assert_eq!(client.post(MODELS, both).await.pointers("unprocessable"), ["/prices/1"]);
    check(json!({ "meter": "smiles", "rate_per_million": "1" }), "smiles").await;
}

async fn names_and_figures_can_be_written_and_kept(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let check = async |field: &str, value: Value| {
        let mut model = json!({ "provider": "acme-openai", "name": "x", "type": "llm" });
        model[field] = value;
        let pointer = format!("/{field}");
        assert_eq!(client.post(MODELS, model.clone()).await.pointers("unprocessable"), [pointer], "{model}");
    };
    let long = "x".repeat(201);
    for name in ["", "a\u{0}", "a b", "a\u{202e}b", "../x", "x/../../y", "x/..", &long] {
        check("name", json!(name)).await;
        check("upstream_name", json!(name)).await;
    }
    check("context_window", json!(1_u64 << 53)).await;
    check("max_output_tokens", json!(u64::MAX)).await;
    let most =
        json!({ "provider": "acme-openai", "name": "org/x..y:1", "type": "llm", "context_window": (1_u64 << 53) - 1 });
    let id = client.post(MODELS, most).await.ok()["id"].as_str().unwrap().to_owned();
    let answer = client.patch(&format!("{MODELS}/{id}"), json!({ "context_window": 1_u64 << 53 })).await;
    assert_eq!(answer.pointers("unprocessable"), ["/context_window"]);
}

async fn a_model_that_is_named_stays(database: TestDatabase) {
    let modules = vec![module(), glaux_platform_kit::journal_module(Vec::new())];
    let management = Management::start(database, modules).await;
    let client = management.admin();
    client.post(PROVIDERS, openai()).await.ok();
    let id = client.post(MODELS, mini()).await.ok()["id"].as_str().unwrap().to_owned();
    let model = format!("{MODELS}/{id}");
    client.post(ALIASES, json!({ "name": "gpt-4", "model": "acme-openai/gpt-4.1-mini" })).await.ok();
    let refused = client.delete(&model).await;
    assert!(refused.text.contains("alias gpt-4"), "{}", refused.text);
    refused.problem("conflict");
    client.delete(&format!("{ALIASES}/gpt-4")).await.ok();
    client.delete(&model).await.ok();
}

async fn a_rate_may_be_large(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let model = json!({ "provider": "acme-openai", "name": "x", "type": "image",
        "prices": [{ "meter": "output_images", "rate_per_unit": "10" }] });
    client.post(MODELS, model).await.ok();
    let listed = client.get(&format!("{PRICES}?model=acme-openai/x")).await.ok();
    assert_eq!(listed["items"][0]["rate_per_million"], "10000000");
}

async fn a_dry_run_changes_nothing(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let answer = client.post(&format!("{PROVIDERS}?dry_run=true"), openai()).await;
    assert_eq!(answer.ok()["name"], "acme-openai");
    assert!(names(&client.get(PROVIDERS).await.ok()).is_empty());
    assert_eq!(management.published(), 0);
}

async fn a_model_takes_from_the_catalogue_what_is_not_stated(database: TestDatabase) {
    let management = start_with_model(database).await;
    let client = management.admin();
    let reference = json!({ "provider": "openai", "model": "gpt-4.1-nano" });
    let taken =
        json!({ "provider": "acme-openai", "name": "small", "upstream_name": "gpt-4.1-nano", "catalog": reference });
    let taken = client.post(MODELS, taken).await.ok();
    assert_eq!((&taken["type"], &taken["max_output_tokens"]), (&json!("llm"), &json!(32_768)));
    assert_eq!(
        (&taken["prices"][0]["rate_per_million"], &taken["origin"]["model"]),
        (&json!("0.1"), &reference["model"])
    );

    let price = json!([{ "meter": "input_tokens", "rate_per_million": "0.05" }]);
    let stated = json!({ "provider": "acme-openai", "name": "own", "prices": price, "catalog": reference });
    let stated = client.post(MODELS, stated).await.ok();
    assert_eq!((stated["prices"].as_array().unwrap().len(), &stated["origin"]), (1, &Value::Null));

    let missing = json!({ "provider": "openai", "model": "no-such-model" });
    let missing = json!({ "provider": "acme-openai", "name": "x", "catalog": missing });
    assert_eq!(client.post(MODELS, missing).await.pointers("unprocessable"), ["/catalog"]);
    let untyped = json!({ "provider": "acme-openai", "name": "x" });
    assert_eq!(client.post(MODELS, untyped).await.pointers("unprocessable"), ["/type"]);
}
