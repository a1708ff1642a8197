use std::time::Duration;

use glaux_testkit::{database::TestDatabase, on_both};
use serde_json::json;

use crate::installation::Installation;

on_both!(
    a_token_is_shown_once_and_works_until_it_is_revoked,
    a_token_ends_when_it_says,
    a_repeated_issue_does_not_show_it_again,
    nobody_gives_what_he_does_not_have,
    wishes_are_checked,
);

const TOKENS: &str = "/api/auth/tokens";

async fn a_token_is_shown_once_and_works_until_it_is_revoked(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let admin = installation.admin();
    let issued = admin.post(TOKENS, json!({"name": "deploy", "role": "ai-developer"})).await;
    assert_eq!(issued.status, 201);
    let text = issued.ok()["token"].as_str().unwrap().to_owned();
    assert!(text.starts_with("glt_") && text.len() == 47, "{text}");
    let robot = installation.api.bearer(Some(&text));
    assert_eq!(robot.get("/api/me").await.ok()["actor"], issued.ok()["id"]);
    robot.get(TOKENS).await.problem("forbidden");

    for path in [TOKENS.to_owned(), format!("{TOKENS}/deploy"), "/api/platform/ai-management/journal/3".to_owned()] {
        let shown = admin.get(&path).await;
        shown.ok();
        assert!(!shown.text.contains(&text), "{path}: {}", shown.text);
    }
    admin.post(&format!("{TOKENS}/deploy/revoke"), json!({})).await.ok();
    robot.get("/api/me").await.problem("unauthenticated");
    let again = admin.post(&format!("{TOKENS}/deploy/revoke"), json!({})).await.ok();
    assert_eq!(again.get("journal_seq"), None);
    let revoke = admin.get("/api/platform/ai-management/journal?kind=token&limit=1").await.ok();
    assert_eq!(revoke["items"][0]["action"], "revoke");
}

async fn a_token_ends_when_it_says(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let wish = json!({"name": "t", "role": "ai-viewer", "expires_at": "2026-11-21T10:00:00Z"});
    let text = installation.admin().post(TOKENS, wish).await.ok()["token"].as_str().unwrap().to_owned();
    let robot = installation.api.bearer(Some(&text));
    installation.api.advance(Duration::from_secs(3599));
    robot.get("/api/me").await.ok();
    installation.api.advance(Duration::from_secs(1));
    robot.get("/api/me").await.problem("unauthenticated");
}

async fn a_repeated_issue_does_not_show_it_again(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let issue = || {
        let request = installation.admin().request("POST", TOKENS).header("idempotency-key", "once");
        request.json(json!({"name": "t", "role": "ai-viewer"})).send()
    };
    let (first, second) = (issue().await, issue().await);
    assert_eq!((first.ok()["id"].clone(), second.status), (second.ok()["id"].clone(), first.status));
    assert!(first.text.contains("glt_") && second.ok().get("token").is_none());
}

async fn nobody_gives_what_he_does_not_have(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let wish = json!({"name": "manager", "role": "ai-admin"});
    let issued = installation.admin().post(TOKENS, wish).await.ok();
    let manager = installation.api.bearer(issued["token"].as_str());
    for role in ["ai-admin", "ai-developer", "ai-viewer", "finance-manager"] {
        manager.post(TOKENS, json!({"name": role, "role": role})).await.ok();
    }
    manager.post(TOKENS, json!({"name": "king", "role": "platform_admin"})).await.problem("forbidden");
    let named = manager.request("GET", "/api/me").header("x-glaux-organization", "acme").send().await;
    named.problem("forbidden");
}

async fn wishes_are_checked(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let admin = installation.admin();
    let past = json!({"name": "", "role": "ai-viewer", "expires_at": "2026-11-21T08:00:00Z"});
    assert_eq!(admin.post(TOKENS, past).await.pointers("unprocessable"), ["/name", "/expires_at"]);
    let role = json!({"name": "t", "role": "king"});
    assert_eq!(admin.post(TOKENS, role).await.pointers("invalid_request"), ["/role"]);
    admin.post(TOKENS, json!({"name": "t", "role": "ai-viewer"})).await.ok();
    admin.post(TOKENS, json!({"name": "t", "role": "ai-viewer"})).await.problem("conflict");
}
