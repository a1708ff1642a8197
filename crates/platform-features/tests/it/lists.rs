use glaux_testkit::{database::TestDatabase, on_both};
use serde_json::json;

use crate::{FEATURES, assign, start};

on_both!(what_serves_every_feature_is_one_list, features_are_found_by_name);

async fn what_serves_every_feature_is_one_list(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    client.post(FEATURES, json!({"name": "search", "display_name": "Search"})).await.ok();
    assign(&management, "staging", "play/b").await;
    let stated = json!({"model": "play/a", "fallbacks": ["play/b"], "policy": {"balancing": "cost"}});
    client.put(&format!("{FEATURES}/chatbot/assignments/production"), stated).await.ok();
    client.put(&format!("{FEATURES}/search/assignments/production"), json!({"model": "play/a"})).await.ok();
    let policies = "/api/platform/ai-management/routing-policies";
    let latency = json!({"name": "chat", "feature": "chatbot", "policy": {"balancing": "latency"}});
    client.post(policies, latency).await.ok();

    let list = async |query: &str| {
        let page = client.get(&format!("{FEATURES}/assignments{query}")).await.ok();
        let items = page["items"].as_array().unwrap().iter().map(|item| {
            let text = |name: &str| item[name].as_str().unwrap().to_owned();
            [text("feature"), text("environment"), text("model")].join(" ")
                + " "
                + item["effective_policy"]["balancing"].as_str().unwrap()
        });
        (items.collect::<Vec<_>>(), page["next_cursor"].clone())
    };
    let all = ["chatbot production play/a cost", "chatbot staging play/b latency", "search production play/a ordered"];
    assert_eq!(list("").await.0, all);
    assert_eq!(list("?environment=production").await.0, [all[0], all[2]]);
    assert_eq!(list("?model=play/b").await.0, all[..2]);
    let (first, cursor) = list("?limit=2").await;
    assert_eq!(first, all[..2]);
    assert_eq!(list(&format!("?limit=2&cursor={}", cursor.as_str().unwrap())).await.0, all[2..]);
    let wrong = client.get(&format!("{FEATURES}/assignments?environment=moon")).await;
    assert_eq!(wrong.pointers("invalid_request"), ["?environment"]);
    let taken = client.post(FEATURES, json!({"name": "assignments", "display_name": "x"})).await;
    assert_eq!(taken.pointers("unprocessable"), ["/name"]);
}

async fn features_are_found_by_name(database: TestDatabase) {
    let management = start(database).await;
    let client = management.admin();
    client.post(FEATURES, json!({"name": "tagging", "display_name": "Photo tags"})).await.ok();
    for (query, expected) in [("CHAT", vec!["chatbot"]), ("photo", vec!["tagging"]), ("t", vec!["chatbot", "tagging"])]
    {
        let page = client.get(&format!("{FEATURES}?q={query}")).await.ok();
        let names = page["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap());
        assert_eq!(names.collect::<Vec<_>>(), expected, "{query}");
    }
}
