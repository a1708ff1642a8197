//! What is kept is decided per feature and environment.

use glaux_testkit::{database::TestDatabase, on_both};
use serde_json::json;

use crate::world::{FEATURES, start};

on_both!(a_policy_is_set_and_reset, a_policy_that_can_t_be_kept_is_refused, a_policy_needs_its_own_permission);

async fn a_policy_is_set_and_reset(database: TestDatabase) {
    let api = start(database).await;
    let admin = api.admin();
    let days = async |environment: &str| {
        let policy = admin.get(&format!("{FEATURES}/chatbot/payloads/{environment}")).await.ok();
        (policy["days"].as_u64().unwrap(), policy["is_default"].as_bool().unwrap())
    };
    for (environment, expected) in [("development", 7), ("staging", 7), ("production", 0)] {
        assert_eq!(days(environment).await, (expected, true), "{environment}");
    }
    let production = format!("{FEATURES}/chatbot/payloads/production");
    let policy = json!({ "days": 30, "max_bytes": 4096, "redact": ["[0-9]{6}"] });
    let set = admin.put(&production, policy).await;
    assert!(set.ok()["journal_seq"].as_i64().unwrap() > 0);
    assert_eq!(admin.get(&production).await.ok()["redact"], json!(["[0-9]{6}"]));
    assert_eq!((days("production").await, days("staging").await), ((30, false), (7, true)));

    admin.patch(&format!("{FEATURES}/chatbot"), json!({ "display_name": "Bot" })).await.ok();
    assert_eq!(days("production").await, (30, false), "a change of the rest leaves it");
    let late = admin.request("PUT", &production).header("if-match", &set.tag()).json(json!({ "days": 1 })).send().await;
    late.problem("precondition_failed");

    admin.put(&format!("{FEATURES}/chatbot/payloads/staging"), json!({ "days": 0 })).await.ok();
    assert_eq!(admin.delete(&production).await.ok()["days"], 0);
    assert_eq!((days("production").await, days("staging").await), ((0, true), (0, false)));
}

async fn a_policy_that_can_t_be_kept_is_refused(database: TestDatabase) {
    let api = start(database).await;
    let path = format!("{FEATURES}/chatbot/payloads/staging");
    for (policy, pointer) in [
        (json!({ "days": 366 }), "/days"),
        (json!({ "days": 1, "max_bytes": 0 }), "/max_bytes"),
        (json!({ "days": 1, "max_bytes": 1_048_577 }), "/max_bytes"),
        (json!({ "days": 1, "redact": ["ok", "(unclosed"] }), "/redact/1"),
        (json!({ "days": 1, "redact": ["x*"] }), "/redact/0"),
        (json!({ "days": 1, "redact": vec!["x"; 21] }), "/redact"),
    ] {
        assert_eq!(api.admin().put(&path, policy).await.pointers("unprocessable"), [pointer]);
    }
    api.admin().put(&format!("{FEATURES}/chatbot/payloads/moon"), json!({ "days": 1 })).await.problem("not_found");
    api.stranger(&["payloads.write"]).put(&path, json!({ "days": 1 })).await.problem("not_found");
}

async fn a_policy_needs_its_own_permission(database: TestDatabase) {
    let api = start(database).await;
    let path = format!("{FEATURES}/chatbot/payloads/staging");
    api.permitted(&["features.write"]).put(&path, json!({ "days": 1 })).await.problem("forbidden");
    api.permitted(&["payloads.write"]).get(&path).await.problem("forbidden");
    api.permitted(&["payloads.write"]).put(&path, json!({ "days": 1 })).await.ok();
    assert_eq!(api.permitted(&["features.read"]).get(&path).await.ok()["days"], 1);
}
