use glaux_testkit::{database::TestDatabase, on_both};
use serde_json::{Value, json};

use super::{APPLY, JOURNAL, json_of, start};

const FILE: &str = r#"
[[providers]]
name = "acme"
kind = "openai"
credentials = { api_key = "sk-secret" }

[[models]]
provider = "acme"
name = "small"
type = "llm"
max_output_tokens = 1000
prices = [{ meter = "input_tokens", rate_per_million = "0.40" }]

[[models]]
provider = "acme"
name = "large"
type = "llm"

[[aliases]]
name = "gpt-4"
model = "acme/large"

[[routing_policies]]
name = "steady"
feature = "chatbot"
policy = { retries = 2 }

[[features]]
name = "chatbot"
display_name = "Chatbot"
limits = { requests_per_minute = 60 }
assignments = { production = { model = "acme/large", fallbacks = ["acme/small"] } }

[[budgets]]
name = "everything"
scope = { organization = true }
period_type = "monthly"
budget_amount = { amount = "100.00", currency = "USD" }
action = "block"
"#;

on_both!(a_file_is_applied_as_one_change_set, what_can_not_be_is_refused_whole, rights_of_every_part_are_needed);

fn entries(answer: &Value) -> Vec<(String, String, String)> {
    let text = |entry: &Value, field: &str| entry[field].as_str().unwrap().to_owned();
    let items = answer["items"].as_array().unwrap().iter();
    items.map(|entry| (text(entry, "action"), text(entry, "kind"), text(entry, "name"))).collect()
}

async fn a_file_is_applied_as_one_change_set(database: TestDatabase) {
    let management = start(database).await;
    let admin = management.admin();
    let before = admin.get(JOURNAL).await.ok()["items"].as_array().unwrap().len();

    let planned = admin.post(&format!("{APPLY}?dry_run=true"), json_of(FILE)).await.ok();
    assert_eq!(planned["changes"].as_array().unwrap().len(), 8);
    assert_eq!(admin.get(JOURNAL).await.ok()["items"].as_array().unwrap().len(), before, "a dry run leaves nothing");

    let applied = admin.post(APPLY, json_of(FILE)).await.ok();
    let stated = json!({
        "providers": 1, "models": 2, "aliases": 1, "routing_policies": 1, "features": 1, "assignments": 1, "budgets": 1,
    });
    assert_eq!(applied["stated"], stated);
    let journal = admin.get(JOURNAL).await.ok();
    assert_eq!(entries(&journal).len(), before + 8);
    let mut sets: Vec<&Value> =
        journal["items"].as_array().unwrap()[..8].iter().map(|entry| &entry["change_set"]).collect();
    sets.dedup();
    assert!(sets.len() == 1 && sets[0].is_string(), "{sets:?}");
    assert_eq!(management.published(), applied["journal_seq"].as_i64().unwrap());

    let again = admin.post(APPLY, json_of(FILE)).await.ok();
    assert_eq!(again["journal_seq"], Value::Null, "what is so already is no change");

    let changed =
        FILE.replace("\"0.40\"", "\"0.50\"").replace("{ model = \"acme/large\", ", "{ model = \"acme/small\", ");
    let changed = changed.replace("fallbacks = [\"acme/small\"]", "fallbacks = [\"acme/large\"]");
    admin.post(APPLY, json_of(&changed)).await.ok();
    let latest = entries(&admin.get(JOURNAL).await.ok());
    let expected = [("update", "assignment", "chatbot/production"), ("update", "model", "acme/small")];
    for (found, (action, kind, name)) in latest.iter().zip(expected) {
        assert_eq!((found.0.as_str(), found.1.as_str(), found.2.as_str()), (action, kind, name));
    }
    assert_eq!(latest.len(), before + 10);
}

async fn what_can_not_be_is_refused_whole(database: TestDatabase) {
    let management = start(database).await;
    let admin = management.admin();
    let before = admin.get(JOURNAL).await.ok();
    for (from, to, code, pointers) in [
        (
            "model = \"acme/large\", f",
            "model = \"acme/gone\", f",
            "unprocessable",
            ["/features/0/assignments/production/model"],
        ),
        ("name = \"gpt-4\"", "name = \"gpt 4\"", "unprocessable", ["/aliases/0/name"]),
        ("amount = \"100.00\"", "amount = \"0\"", "unprocessable", ["/budgets/0/budget_amount/amount"]),
        (
            "provider = \"acme\"\nname = \"large\"",
            "provider = \"other\"\nname = \"large\"",
            "unprocessable",
            ["/models/1/provider"],
        ),
        ("kind = \"openai\"", "kind = \"closed\"", "invalid_request", ["/providers/0/kind"]),
    ] {
        let file = FILE.replacen(from, to, 1);
        assert_ne!(file, FILE);
        assert_eq!(admin.post(APPLY, json_of(&file)).await.pointers(code), pointers, "{to}");
    }
    assert_eq!(admin.get(JOURNAL).await.ok(), before, "nothing of it was kept");

    admin.post(APPLY, json_of(FILE)).await.ok();
    let moved = FILE.replace("period_type = \"monthly\"", "period_type = \"daily\"");
    assert_eq!(admin.post(APPLY, json_of(&moved)).await.pointers("unprocessable"), ["/budgets/0/period_type"]);
    let other = FILE.replace("feature = \"chatbot\"\npolicy", "policy");
    assert_eq!(admin.post(APPLY, json_of(&other)).await.pointers("conflict"), ["/routing_policies/0"]);
}

async fn rights_of_every_part_are_needed(database: TestDatabase) {
    let management = start(database).await;
    let all = ["changesets.apply", "providers.write", "models.write", "features.write", "budgets.write"];
    for missing in all {
        let rest: Vec<&str> = all.into_iter().filter(|right| *right != missing).collect();
        let refused = management.permitted(&rest).post(APPLY, json_of(FILE)).await.problem("forbidden");
        assert!(refused["detail"].as_str().unwrap().contains(missing), "{refused}");
    }
    management.permitted(&all).post(APPLY, json_of(FILE)).await.ok();
}
