use glaux_platform_kit::list_all;
use glaux_platform_models::{RoutingPolicy, limits_of, policy_of};
use glaux_testkit::on_both;

use super::*;

on_both!(a_feature_follows_its_policy_else_the_organization_s, a_policy_is_for_one_thing);

async fn a_feature_follows_its_policy_else_the_organization_s(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let policies = [
        json!({ "name": "everyone", "policy": { "retries": 1 } }),
        json!({ "name": "steady", "feature": "chatbot", "policy": { "retries": 3, "balancing": "weighted" } }),
        json!({ "name": "narrow", "provider": "acme-openai", "limits": { "concurrency": 8 } }),
    ];
    for policy in policies {
        client.post(POLICIES, policy).await.ok();
    }
    let mut tx = management.context().db.organization(management.acme()).read().await.unwrap();
    let policies = list_all::<RoutingPolicy>(&mut tx).await.unwrap();
    drop(tx);
    assert_eq!(policy_of(&policies, "chatbot").map(|policy| policy.retries), Some(3));
    assert_eq!(policy_of(&policies, "ai-search").map(|policy| policy.retries), Some(1));
    assert_eq!(limits_of(&policies, "acme-openai").and_then(|limits| limits.concurrency), Some(8));
    assert_eq!(limits_of(&policies, "sandbox"), None);
    assert_eq!(policy_of(&[], "chatbot"), None);
}

async fn a_policy_is_for_one_thing(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    let check = async |body: Value, expected: &[&str]| {
        assert_eq!(client.post(POLICIES, body.clone()).await.pointers("unprocessable"), expected, "{body}");
    };
    check(json!({ "name": "p", "feature": "f", "provider": "p", "policy": {} }), &["/provider"]).await;
    check(json!({ "name": "p", "feature": "f", "limits": {} }), &["/policy"]).await;
    check(json!({ "name": "p", "provider": "p", "policy": {} }), &["/limits"]).await;
    check(json!({ "name": "p" }), &["/policy"]).await;
    check(json!({ "name": "P", "policy": {} }), &["/name"]).await;
    client.post(POLICIES, json!({ "name": "one", "feature": "f", "policy": {} })).await.ok();
    client.post(POLICIES, json!({ "name": "two", "feature": "f", "policy": {} })).await.problem("conflict");

    let one = format!("{POLICIES}/one");
    let changed = client.patch(&one, json!({ "policy": { "cache_ttl_seconds": 60 } })).await.ok();
    assert_eq!(changed["policy"]["cache_ttl_seconds"], 60);
    assert_eq!(client.patch(&one, json!({ "limits": {} })).await.pointers("unprocessable"), ["/policy"]);
    client.delete(&one).await.ok();
    client.get(&one).await.problem("not_found");
}
