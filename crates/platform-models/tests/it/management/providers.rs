use glaux_testkit::on_both;

use super::*;

on_both!(
    credentials_are_written_and_never_read,
    one_request_sent_at_once_is_done_once,
    stored_credentials_stay_where_they_were_given_for,
    rules_of_the_kind_are_kept,
    strangers_see_nothing,
);

async fn credentials_are_written_and_never_read(database: TestDatabase) {
    let management = start(database).await;
    let created = management.admin().post(PROVIDERS, openai()).await;
    let first = created.ok();
    assert!(first["id"].as_str().unwrap().starts_with("prov_"));
    assert_eq!(management.published(), first["journal_seq"].as_i64().unwrap());

    let rotation = json!({ "credentials": { "api_key": "sk-another-secret" } });
    let rotated = management.admin().post(&format!("{PROVIDERS}/acme-openai/rotate"), rotation).await;
    assert_ne!(rotated.ok()["credential_fingerprint"], first["credential_fingerprint"]);

    let seen = [
        created.text,
        rotated.text,
        management.admin().get(PROVIDERS).await.text,
        management.admin().get(&format!("{PROVIDERS}/acme-openai")).await.text,
        management.admin().get(&format!("{JOURNAL}/1")).await.text,
        management.admin().get(&format!("{JOURNAL}/2")).await.text,
    ];
    for text in seen {
        assert!(!text.contains("very-secret") && !text.contains("another-secret"), "{text}");
    }
}

async fn one_request_sent_at_once_is_done_once(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let send = || client.request("POST", PROVIDERS).header("idempotency-key", "once").json(openai()).send();
    let (first, second, third) = tokio::join!(send(), send(), send());
    let ids = [first.ok(), second.ok(), third.ok()].map(|answer| answer["id"].clone());
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    client.get(&format!("{JOURNAL}/99999999999999999999")).await.problem("not_found");
}

async fn stored_credentials_stay_where_they_were_given_for(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    client.post(PROVIDERS, openai()).await.ok();
    let provider = format!("{PROVIDERS}/acme-openai");
    for elsewhere in
        ["https://evil.example/v1", "https://api.openai.com:8443/v1", "http://api.openai.com/v1", "http://localhost/v1"]
    {
        let answer = client.patch(&provider, json!({ "base_url": elsewhere })).await;
        assert_eq!(answer.pointers("unprocessable"), ["/credentials"], "{elsewhere}");
    }
    client.patch(&provider, json!({ "base_url": "https://api.openai.com/v2" })).await.ok();
    let moved = json!({ "base_url": "https://eu.example/v1", "credentials": { "api_key": "sk-eu" } });
    assert_eq!(client.patch(&provider, moved).await.ok()["base_url"], "https://eu.example/v1");

    client.post(PROVIDERS, json!({ "name": "plain", "kind": "gemini", "credentials": { "api_key": "k" } })).await.ok();
    let answer = client.patch(&format!("{PROVIDERS}/plain"), json!({ "base_url": "https://evil.example" })).await;
    assert_eq!(answer.pointers("unprocessable"), ["/credentials"]);

    let local = json!({ "name": "local", "kind": "openai-compatible", "base_url": "http://localhost:11434/v1" });
    client.post(PROVIDERS, local).await.ok();
    client.patch(&format!("{PROVIDERS}/local"), json!({ "base_url": "http://10.0.0.7/v1" })).await.ok();
}

async fn rules_of_the_kind_are_kept(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let check = async |body: Value, expected: &[&str]| {
        let answer = client.post(PROVIDERS, body.clone()).await;
        assert_eq!(answer.pointers("unprocessable"), expected, "{body}");
    };
    let key = json!({ "api_key": "k" });
    let aws = json!({ "access_key_id": "AKIA", "secret_access_key": "s" });
    check(json!({ "name": "p", "kind": "openai" }), &["/credentials"]).await;
    check(json!({ "name": "p", "kind": "openai", "credentials": {} }), &["/credentials"]).await;
    check(json!({ "name": "p", "kind": "openai", "credentials": aws }), &["/credentials"]).await;
    check(json!({ "name": "P p", "kind": "gemini", "credentials": key }), &["/name"]).await;
    check(json!({ "name": "p", "kind": "azure-openai", "credentials": key }), &["/base_url"]).await;
    check(json!({ "name": "p", "kind": "bedrock", "credentials": aws }), &["/base_url", "/region"]).await;
    check(json!({ "name": "p", "kind": "openai-compatible", "base_url": "localhost" }), &["/base_url"]).await;
    for key in ["sk-secret\n", "sk-a\r\nx-injected: 1", "sk-\u{0}", "sk-\u{202e}", " sk"] {
        let pointers = ["/credentials/api_key"];
        check(json!({ "name": "p", "kind": "openai", "credentials": { "api_key": key } }), &pointers).await;
    }
    let limits = json!({ "queue_timeout_ms": 1_u64 << 53 });
    check(json!({ "name": "p", "kind": "sandbox", "limits": limits }), &["/limits/queue_timeout_ms"]).await;
    let open = |url: &str| json!({ "name": "p", "kind": "openai-compatible", "base_url": url });
    check(open("http://169.254.169.254/latest"), &["/base_url"]).await;
    check(
        json!({ "name": "p", "kind": "openai", "base_url": "http://api.acme.example", "credentials": key }),
        &["/base_url"],
    )
    .await;
    client.post(PROVIDERS, json!({ "name": "p", "kind": "no-such-kind" })).await.problem("invalid_request");

    let bedrock = json!({ "name": "aws", "kind": "bedrock", "region": "eu-west-1", "credentials": aws });
    let bedrock = client.post(PROVIDERS, bedrock).await.ok();
    assert_eq!(bedrock["base_url"], "https://bedrock-runtime.eu-west-1.amazonaws.com");
    client.post(PROVIDERS, json!({ "name": "aws", "kind": "sandbox" })).await.problem("conflict");
}

async fn strangers_see_nothing(database: TestDatabase) {
    let management = start_with_model(database).await;
    let provider = format!("{PROVIDERS}/acme-openai");
    let stranger = management.stranger(&["models.read", "models.write", "providers.write"]);
    assert!(names(&stranger.get(PROVIDERS).await.ok()).is_empty());
    stranger.get(&provider).await.problem("not_found");
    stranger
        .post(&format!("{provider}/rotate"), json!({ "credentials": { "api_key": "x" } }))
        .await
        .problem("not_found");
    stranger.post(&format!("{provider}/test"), json!({})).await.problem("not_found");
    stranger.delete(&provider).await.problem("not_found");

    let reader = management.permitted(&["models.read"]);
    reader.get(&provider).await.ok();
    reader.delete(&provider).await.problem("forbidden");
    management.permitted(&["models.write"]).post(PROVIDERS, openai()).await.problem("forbidden");
    management.admin().delete(&provider).await.problem("conflict");
}
