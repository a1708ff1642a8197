use glaux_testkit::{database::TestDatabase, on_both};
use serde_json::json;

use crate::installation::Installation;

on_both!(
    settings_are_changed_and_journalled,
    settings_are_checked,
    settings_are_taken_back,
    one_sees_ones_own_organization
);

async fn settings_are_changed_and_journalled(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let admin = installation.admin();
    let path = "/api/organizations/default";
    let before = admin.get(path).await;
    assert_eq!(before.ok()["time_zone"], "UTC");
    let changed = admin.patch(path, json!({"time_zone": "America/Sao_Paulo"})).await;
    let seq = changed.ok()["journal_seq"].as_i64().unwrap();
    assert_eq!((changed.ok()["time_zone"].clone(), installation.api.published()), (json!("America/Sao_Paulo"), seq));
    assert_eq!(admin.get(path).await.tag(), changed.tag());
    let diff = admin.get(&format!("/api/platform/ai-management/journal/{seq}/diff")).await.ok();
    let expected = json!([{"op": "replace", "path": "/time_zone", "old": "UTC", "new": "America/Sao_Paulo"}]);
    assert_eq!(diff["differences"], expected);

    let stale = admin.request("PATCH", path).header("if-match", &before.tag()).json(json!({"display_name": "x"}));
    stale.send().await.problem("precondition_failed");
    let planned = admin.patch(&format!("{path}?dry_run=true"), json!({"display_name": "Acme"})).await.ok();
    assert_eq!((&planned["display_name"], &planned["changes"][0]["kind"]), (&json!("Acme"), &json!("organization")));
    assert_eq!(admin.get(path).await.ok()["display_name"], "Default");
    assert_eq!(admin.patch(path, json!({})).await.ok().get("journal_seq"), None);
}

async fn settings_are_checked(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let check = async |change: serde_json::Value, pointer: &str| {
        let answer = installation.admin().patch("/api/organizations/default", change.clone()).await;
        assert_eq!(answer.pointers("unprocessable"), [pointer], "{change}");
    };
    check(json!({"time_zone": "Mars/Olympus"}), "/time_zone").await;
    check(json!({"display_name": " "}), "/display_name").await;
    check(json!({"currency": "EUR"}), "/currency").await;
    let unknown = installation.admin().patch("/api/organizations/default", json!({"name": "other"})).await;
    assert_eq!(unknown.pointers("invalid_request"), ["/name"]);
}

async fn settings_are_taken_back(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let admin = installation.admin();
    let path = "/api/organizations/default";
    let changed = admin.patch(path, json!({"time_zone": "Asia/Tokyo", "display_name": "Acme"})).await.ok();
    let undo = format!("/api/platform/ai-management/journal/{}/undo", changed["journal_seq"]);
    let undone = admin.post(&undo, json!({})).await.ok();
    assert_eq!((&undone["kind"], &undone["object"]), (&json!("organization"), &changed["id"]));
    let now = admin.get(path).await.ok();
    assert_eq!((&now["time_zone"], &now["display_name"]), (&json!("UTC"), &json!("Default")));
    admin.post(&undo, json!({})).await.problem("conflict");

    // What a new installation began with, and tokens that were shown, stay.
    admin.post("/api/auth/tokens", json!({"name": "robot", "role": "ai-viewer"})).await.ok();
    let entries = admin.get("/api/platform/ai-management/journal").await.ok();
    for entry in entries["items"].as_array().unwrap() {
        let stays = entry["kind"] == "token" || entry["action"] == "create";
        assert!(!stays || entry["undo"]["possible"] == false, "{entry}");
    }
}

async fn one_sees_ones_own_organization(database: TestDatabase) {
    let installation = Installation::start(database).await;
    let token = json!({"name": "robot", "role": "ai-admin"});
    let issued = installation.admin().post("/api/auth/tokens", token).await.ok();
    let robot = installation.api.bearer(issued["token"].as_str());
    let names = |page: serde_json::Value| {
        let items = page["items"].as_array().unwrap().clone();
        items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(robot.get("/api/organizations").await.ok()), ["default"]);
    let mut all = names(installation.admin().get("/api/organizations").await.ok());
    all.sort();
    assert_eq!(all, ["acme", "default", "globex", "platform"]);
    robot.get("/api/organizations/acme").await.problem("not_found");
    robot.patch("/api/organizations/acme", json!({"display_name": "x"})).await.problem("not_found");
    robot.patch("/api/organizations/default", json!({"display_name": "x"})).await.ok();
    installation.admin().patch("/api/organizations/acme", json!({"display_name": "x"})).await.ok();
}
