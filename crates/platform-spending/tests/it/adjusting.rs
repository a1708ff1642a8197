//! What becomes known of an attempt later, through the routes.

use glaux_ledger::{
    Settlement,
    record::{Charge, Cost, CostLine, MeterName, Status, Target},
};
use glaux_ledger_store::{Verification, list_budget_periods, verify_rows, verify_segments};
use glaux_llm::{Meter, Usage, UsageBasis};
use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use serde_json::{Value, json};

use crate::{
    alerts::cap,
    node::{Node, dollars, limit, settlement},
    world::start,
};

on_both!(
    an_unknown_attempt_is_settled_at_what_the_provider_counted,
    an_estimated_attempt_is_settled_at_the_bill,
    what_can_not_be_settled_again_says_why,
    prices_that_are_put_right_change_the_past_once,
    what_nothing_is_known_of_is_not_rated,
    no_attempt_comes_to_more_than_is_believed,
    a_request_looks_at_so_many_attempts_and_the_next_goes_on,
);

const USAGE: &str = "/api/platform/ai-management/usage";
const MODELS: &str = "/api/platform/ai-management/models";
const RE_RATE: &str = "/api/platform/ai-management/spending/re-rate";

/// A model for which a million tokens cost a dollar in, and two out.
async fn model(api: &Management, name: &str, prices: Value) -> Target {
    let admin = api.admin();
    let provider = json!({
        "name": "acme-openai", "kind": "openai", "base_url": "https://api.openai.com/v1",
        "credentials": { "api_key": "sk-very-secret" },
    });
    admin.post(&format!("{MODELS}/providers"), provider).await;
    let model = json!({ "provider": "acme-openai", "name": name, "type": "llm", "prices": prices });
    let model = admin.post(MODELS, model).await.ok();
    let provider = admin.get(&format!("{MODELS}/providers/acme-openai")).await.ok();
    Target {
        provider: provider["id"].as_str().unwrap().parse().unwrap(),
        model: model["id"].as_str().unwrap().parse().unwrap(),
        model_name: model["name"].as_str().unwrap().to_owned(),
    }
}

fn prices() -> Value {
    json!([
        { "meter": "input_tokens", "rate_per_million": "1" },
        { "meter": "output_tokens", "rate_per_million": "2" },
    ])
}

fn usd(amount: &str) -> Value {
    json!({ "amount": format!("{amount}.000000000"), "currency": "USD" })
}

fn settle_path([call, attempt]: &[String; 2]) -> String {
    format!("{USAGE}/{call}/attempts/{attempt}/settlement")
}

/// Everything says that `dollars` are spent: balances, rows, roll-ups.
async fn assert_spent(api: &Management, node: &Node, charge: Charge, spent: i64) {
    assert_eq!(node.ledger.balance(charge).spent_nanos, dollars(spent));
    let db = &api.context().db;
    let mut tx = db.organization(api.acme()).read().await.unwrap();
    let periods = list_budget_periods(&mut tx, charge.period_start, Some(charge.budget)).await.unwrap();
    assert_eq!(periods[0].spent.spent_nanos, dollars(spent));
    drop(tx);
    let sums = "/api/platform/ai-management/spending/analytics?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z";
    assert_eq!(api.admin().get(sums).await.ok()["items"][0]["cost"], usd(&spent.to_string()));
    let mut found = Verification::default();
    verify_rows(db, &mut found).await.unwrap();
    verify_segments(db, &node.ledger.tail(), node.ledger.node(), &mut found).await.unwrap();
    assert_eq!(found.findings, []);
}

async fn an_unknown_attempt_is_settled_at_what_the_provider_counted(database: TestDatabase) {
    let api = start(database).await;
    let (_, charge) = cap(&api).await;
    let target = model(&api, "gpt", prices()).await;
    let node = Node::new(api.context(), api.acme());
    let mut carrier = node.carrier();
    let ids = node.send(&target, &[limit(charge, &[])], 4, |sent| drop(sent.settle_at_bound(Status::Unknown, None)));
    api.advance(std::time::Duration::from_secs(1));
    carrier.carry().await;
    assert_spent(&api, &node, charge, 4).await;

    let path = settle_path(&ids);
    let accountant = api.permitted(&["usage.adjust", "usage.read", "journal.read"]);
    let counted = json!({
        "usage": { "input_tokens": 1_000_000, "output_tokens": 500_000 },
        "raw_usage": { "prompt_tokens": 1_000_000 }, "reason": "export of November",
    });
    let planned = accountant.post(&format!("{path}?dry_run=true"), counted.clone()).await.ok();
    assert_eq!((&planned["dry_run"], &planned["adjustment"]["difference"]), (&json!(true), &usd("-2")));
    assert_eq!(carrier.carry().await, 0, "a dry run orders nothing");

    let once = || accountant.request("POST", &path).header("idempotency-key", "november").json(counted.clone()).send();
    let ordered = once().await;
    assert_eq!(ordered.status.as_u16(), 202);
    assert_eq!(once().await.ok(), ordered.ok());
    let ordered = ordered.ok();
    let first = ordered["adjustment"]["id"].clone();
    assert_eq!(ordered["adjustment"]["state"], "ordered");
    assert_spent(&api, &node, charge, 4).await;
    let pending =
        accountant.post(&path, json!({ "cost_amount": usd("3"), "reason": "bill" })).await.problem("conflict");
    assert!(pending["detail"].as_str().unwrap().contains(first.as_str().unwrap()), "{pending}");
    assert_eq!(carrier.carry().await, 1);
    assert_spent(&api, &node, charge, 2).await;

    let entry = &accountant.get(USAGE).await.ok()["items"][0];
    assert_eq!((&entry["cost"], &entry["settled_cost"]), (&usd("2"), &usd("4")));
    assert_eq!((&entry["usage_basis"], &entry["status"]), (&json!("reported"), &json!("unknown")));
    assert_eq!(entry["usage"], json!({ "input_tokens": 1_000_000, "output_tokens": 500_000, "calls": 1 }));
    let explained = accountant.get(&format!("{USAGE}/{}", ids[1])).await.ok();
    assert_eq!(explained["call"]["cost"], usd("2"));
    let [adjustment] = explained["attempts"][0]["adjustments"].as_array().unwrap().as_slice() else { panic!() };
    assert_eq!((&adjustment["state"], &adjustment["reason"]), (&json!("applied"), &json!("reconciled")));
    assert_eq!((&adjustment["before"]["cost"], &adjustment["before"]["usage_basis"]), (&usd("4"), &json!("bound")));
    assert_eq!(adjustment["after"]["cost_lines"][1]["rate_per_million"], "2");
    assert_eq!(adjustment["raw_usage"], json!({ "prompt_tokens": 1_000_000 }));
    let seq = adjustment["journal_seq"].as_u64().unwrap();
    assert_eq!(ordered["journal_seq"], seq);
    let decision = accountant.get(&format!("/api/platform/ai-management/journal/{seq}")).await.ok();
    assert_eq!((&decision["kind"], &decision["reason"]), (&json!("settlement"), &json!("export of November")));
    assert_eq!((&decision["object"], &decision["after"]["cost"]), (&json!(ids[1]), &usd("2")));

    // The second names the first as what it changes.
    let bill = |changes: Value| json!({ "cost_amount": usd("3"), "changes": changes, "reason": "the bill" });
    for stale in [Value::Null, json!("adj_01890000000070008000000000000000")] {
        accountant.post(&path, bill(stale)).await.problem("conflict");
    }
    accountant.post(&path, bill(first)).await.ok();
    assert_eq!(carrier.carry().await, 1);
    assert_spent(&api, &node, charge, 3).await;
}

async fn an_estimated_attempt_is_settled_at_the_bill(database: TestDatabase) {
    let api = start(database).await;
    let (_, charge) = cap(&api).await;
    let target = model(&api, "gpt", prices()).await;
    let node = Node::new(api.context(), api.acme());
    let mut carrier = node.carrier();
    let estimate = settlement_of(&[(Meter::OutputTokens, 1_000_000, 2)], UsageBasis::Estimated);
    let ids = node.send(&target, &[limit(charge, &[])], 4, |sent| drop(sent.settle(estimate)));
    carrier.carry().await;
    api.admin().delete(&format!("{MODELS}/acme-openai%2Fgpt")).await.ok();
    let path = settle_path(&ids);
    let counted = json!({ "usage": { "output_tokens": 1 }, "reason": "x" });
    let gone = api.admin().post(&path, counted).await.problem("conflict");
    assert!(gone["detail"].as_str().unwrap().contains("cost_amount"), "{gone}");
    let bill = json!({ "cost_amount": usd("5"), "reason": "the bill" });
    api.admin().post(&path, bill.clone()).await.ok();
    assert_eq!(carrier.carry().await, 1);
    assert_spent(&api, &node, charge, 5).await;
    let found = &api.admin().get(&format!("{USAGE}/{}", ids[0])).await.ok()["attempts"][0];
    assert_eq!((&found["usage_basis"], &found["cost_lines"]), (&json!("estimated"), &json!([])));
    assert_eq!(found["adjustments"][0]["after"]["billed"], true);
}

async fn what_can_not_be_settled_again_says_why(database: TestDatabase) {
    let api = start(database).await;
    let target = model(&api, "gpt", prices()).await;
    let node = Node::new(api.context(), api.acme());
    let bill = json!({ "cost_amount": usd("3"), "reason": "the bill" });
    let reported = node.send(&target, &[], 4, |sent| drop(sent.settle(settlement(dollars(2)))));
    let unknown = node.send(&target, &[], 4, |sent| drop(sent.settle_at_bound(Status::Unknown, None)));
    let mut under_way = None;
    let open = node.send(&target, &[], 4, |sent| under_way = Some(sent));
    node.carrier().carry().await;
    let admin = api.admin();
    let refused = admin.post(&settle_path(&reported), bill.clone()).await.problem("conflict");
    assert!(refused["detail"].as_str().unwrap().contains("reported"), "{refused}");
    admin.post(&settle_path(&open), bill.clone()).await.problem("not_found");
    let same = json!({ "cost_amount": usd("4"), "reason": "x", "changes": "adj_01890000000070008000000000000000" });
    let refused = admin.post(&settle_path(&unknown), same).await.problem("conflict");
    assert!(refused["detail"].as_str().unwrap().contains("no adjustment"), "{refused}");

    let path = settle_path(&unknown);
    let pointers = async |body: Value| admin.post(&path, body).await.pointers("unprocessable");
    assert_eq!(pointers(json!({ "cost_amount": usd("3") })).await, ["/reason"]);
    assert_eq!(pointers(json!({ "reason": "x" })).await, [""]);
    assert_eq!(pointers(json!({ "usage": {}, "cost_amount": usd("3"), "reason": "x" })).await, [""]);
    assert_eq!(pointers(json!({ "cost_amount": usd("-3"), "reason": "x" })).await, ["/cost_amount"]);
    let euros = json!({ "amount": "1", "currency": "EUR" });
    assert_eq!(pointers(json!({ "cost_amount": euros, "reason": "x" })).await, ["/cost_amount"]);
    let much = json!({ "usage": { "output_tokens": 2_000_000_000_000_u64 }, "reason": "x" });
    assert_eq!(pointers(much).await, ["/usage/output_tokens"]);
    let unheard_of = json!({ "usage": { "dreams": 1 }, "reason": "x" });
    admin.post(&path, unheard_of).await.problem("invalid_request");
    let [call, _] = &reported;
    admin.post(&settle_path(&[call.clone(), unknown[1].clone()]), bill.clone()).await.problem("not_found");
    api.stranger(&["usage.adjust"]).post(&path, bill.clone()).await.problem("not_found");
    api.permitted(&["usage.read", "budgets.write"]).post(&path, bill).await.problem("forbidden");
    drop(under_way);
}

/// Reported usage at so many dollars per million.
fn settlement_of(classes: &[(Meter, u64, i64)], usage_basis: UsageBasis) -> Settlement {
    let mut settled = settlement(0);
    settled.usage = Usage::default().with(Meter::Calls, 1);
    settled.usage_basis = usage_basis;
    for (meter, quantity, dollars_per_million) in classes {
        settled.usage.set(*meter, *quantity);
        let femtos = dollars_per_million * 1_000_000_000;
        let rule = glaux_kernel::PriceRuleId::from_uuid(Default::default());
        settled.cost.lines.push(CostLine { rule, meter: MeterName(*meter), quantity: *quantity, femtos });
        settled.cost.nanos += i64::try_from(*quantity).unwrap() * dollars_per_million * 1000;
    }
    settled
}

fn november(model: Option<&str>) -> Value {
    json!({ "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z", "model": model })
}

async fn prices_that_are_put_right_change_the_past_once(database: TestDatabase) {
    let api = start(database).await;
    let (_, charge) = cap(&api).await;
    let target = model(&api, "gpt", json!([{ "meter": "input_tokens", "rate_per_million": "1" }])).await;
    let other = model(&api, "other", prices()).await;
    let node = Node::new(api.context(), api.acme());
    let mut carrier = node.carrier();
    let limits = [limit(charge, &[])];
    let reported = || settlement_of(&[(Meter::InputTokens, 1_000_000, 1)], UsageBasis::Reported);
    let ids = node.send(&target, &limits, 4, |sent| drop(sent.settle(reported())));
    node.send(&other, &limits, 4, |sent| drop(sent.settle(reported())));
    let mut unpriced = reported();
    unpriced.usage.set(Meter::OutputTokens, 1_000_000);
    unpriced.cost = Cost { unpriced: Some(MeterName(Meter::OutputTokens)), ..unpriced.cost };
    node.send(&target, &limits, 4, |sent| drop(sent.settle(unpriced)));
    carrier.carry().await;
    assert_spent(&api, &node, charge, 3).await;
    let accountant = api.permitted(&["usage.adjust", "usage.read", "journal.read"]);
    let unchanged = accountant.post(RE_RATE, november(None)).await.ok();
    // An attempt without a price stays so, and what costs the same is left alone.
    assert_eq!((&unchanged["attempts"], &unchanged["models"]), (&json!(3), &json!([])));
    assert!(unchanged.get("journal_seq").is_none(), "{unchanged}");

    api.advance(std::time::Duration::from_secs(3600));
    // From now on a change of prices says; for what was before, a rule with dates.
    let right = json!({ "prices": [
        { "meter": "input_tokens", "rate_per_million": "2",
          "conditions": { "effective_from": "2026-11-01T00:00:00Z", "effective_until": "2026-11-21T10:00:00Z" } },
        { "meter": "input_tokens", "rate_per_million": "2",
          "conditions": { "effective_from": "2026-11-21T10:00:00Z" } },
        { "meter": "output_tokens", "rate_per_million": "3" },
    ] });
    api.admin().patch(&format!("{MODELS}/acme-openai%2Fgpt"), right).await.ok();
    let planned = accountant.post(&format!("{RE_RATE}?dry_run=true"), november(None)).await.ok();
    let changed = json!([{
        "model": "acme-openai/gpt", "adjusted": 2, "before": usd("2"), "after": usd("7"), "difference": usd("5"),
    }]);
    assert_eq!((&planned["models"], &planned["dry_run"]), (&changed, &json!(true)));
    assert_eq!(carrier.carry().await, 0, "a dry run orders nothing");
    let nothing = accountant.post(RE_RATE, november(Some("acme-openai/other"))).await.ok();
    assert_eq!((&nothing["attempts"], &nothing["models"]), (&json!(1), &json!([])));

    let done = accountant.post(RE_RATE, november(None)).await.ok();
    assert_eq!(
        (&done["models"], &done["total"]["difference"], &done["next_cursor"]),
        (&changed, &usd("5"), &Value::Null)
    );
    let pending = accountant.post(RE_RATE, november(None)).await.ok();
    assert_eq!((&pending["left"]["pending"], &pending["models"]), (&json!(2), &json!([])));
    assert_eq!(carrier.carry().await, 2);
    assert_spent(&api, &node, charge, 8).await;
    let again = accountant.post(RE_RATE, november(None)).await.ok();
    assert_eq!((&again["attempts"], &again["models"]), (&json!(3), &json!([])));
    assert_eq!(carrier.carry().await, 0);

    let found = &accountant.get(&format!("{USAGE}/{}", ids[1])).await.ok()["attempts"][0];
    assert_eq!((&found["cost"], &found["settled_cost"]), (&usd("2"), &usd("1")));
    assert_eq!(found["adjustments"][0]["reason"], "re_rated");
    let seq = &found["adjustments"][0]["journal_seq"];
    assert_eq!(&done["journal_seq"], seq);
    let decisions = accountant.get("/api/platform/ai-management/journal?kind=re_rating").await.ok();
    assert_eq!(decisions["items"].as_array().unwrap().len(), 1, "one decision for all");
    let decision = accountant.get(&format!("/api/platform/ai-management/journal/{seq}")).await.ok();
    assert_eq!(decision["after"]["found"]["models"], changed);
    assert_eq!(decision["after"]["asked"]["from"], "2026-11-01T00:00:00.000000Z");
    let priced = accountant.get(USAGE).await.ok();
    assert!(priced["items"].as_array().unwrap().iter().all(|entry| entry["unpriced"] == Value::Null), "{priced}");

    assert_eq!(accountant.post(RE_RATE, november(Some("acme-openai/none"))).await.problem("not_found")["status"], 404);
    let backwards = json!({ "from": "2026-12-01T00:00:00Z", "to": "2026-11-01T00:00:00Z" });
    assert_eq!(accountant.post(RE_RATE, backwards).await.pointers("unprocessable"), ["/to"]);
    api.permitted(&["usage.read"]).post(RE_RATE, november(None)).await.problem("forbidden");
}

async fn what_nothing_is_known_of_is_not_rated(database: TestDatabase) {
    let api = start(database).await;
    let target = model(&api, "gpt", prices()).await;
    let gone = Target { model: glaux_kernel::ModelId::from_uuid(Default::default()), ..target.clone() };
    let node = Node::new(api.context(), api.acme());
    let mut carrier = node.carrier();
    node.send(&target, &[], 4, |sent| drop(sent.settle_at_bound(Status::Unknown, None)));
    let billed = node.send(&target, &[], 4, |sent| drop(sent.settle_at_bound(Status::Timeout, None)));
    node.send(&gone, &[], 4, |sent| {
        drop(sent.settle(settlement_of(&[(Meter::InputTokens, 9, 1)], UsageBasis::Reported)))
    });
    let without_price = settlement_of(&[(Meter::InputTokens, 9, 1), (Meter::WebSearches, 1, 1)], UsageBasis::Reported);
    node.send(&target, &[], 4, |sent| drop(sent.settle(without_price)));
    carrier.carry().await;
    let bill = json!({ "cost_amount": usd("3"), "reason": "the bill" });
    api.admin().post(&settle_path(&billed), bill).await.ok();
    carrier.carry().await;
    let found = api.admin().post(RE_RATE, november(None)).await.ok();
    assert_eq!(found["left"], json!({ "billed": 1, "at_bound": 1, "without_model": 1, "pending": 0, "unpriced": 1 }));
    assert_eq!((&found["attempts"], &found["models"]), (&json!(4), &json!([])));
}

async fn no_attempt_comes_to_more_than_is_believed(database: TestDatabase) {
    let api = start(database).await;
    let (_, charge) = cap(&api).await;
    let target = model(&api, "gpt", prices()).await;
    let (node, admin) = (Node::new(api.context(), api.acme()), api.admin());
    let limits = [limit(charge, &[])];
    let much = settlement_of(&[(Meter::InputTokens, 1_000_000_000_000, 1)], UsageBasis::Reported);
    node.send(&target, &limits, 4, |sent| drop(sent.settle(much)));
    let unknown = node.send(&target, &limits, 4, |sent| drop(sent.settle_at_bound(Status::Unknown, None)));
    node.carrier().carry().await;
    assert_spent(&api, &node, charge, 1004).await;
    let kept = admin.post(RE_RATE, november(None)).await.ok();
    assert_eq!(kept["models"], json!([]), "what is settled at the most stays there");

    let counted = json!({ "usage": { "output_tokens": 1_000_000_000_000_u64 }, "reason": "x" });
    assert_eq!(admin.post(&settle_path(&unknown), counted).await.pointers("unprocessable"), ["/usage"]);
    let bill = json!({ "cost_amount": usd("1001"), "reason": "x" });
    assert_eq!(admin.post(&settle_path(&unknown), bill).await.pointers("unprocessable"), ["/cost_amount"]);

    let counted = json!({ "usage": { "input_tokens": 1_000_000 }, "reason": "x" });
    admin.post(&settle_path(&unknown), counted).await.ok();
    node.carrier().carry().await;
    assert_spent(&api, &node, charge, 1001).await;
    let typo = json!({ "prices": [
        { "meter": "input_tokens", "rate_per_million": "1001",
          "conditions": { "effective_from": "2026-11-01T00:00:00Z" } },
    ] });
    admin.patch(&format!("{MODELS}/acme-openai%2Fgpt"), typo).await.ok();
    let refused = admin.post(RE_RATE, november(None)).await.problem("unprocessable");
    assert!(refused["errors"][0]["detail"].as_str().unwrap().contains(&unknown[1]), "{refused}");
}

async fn a_request_looks_at_so_many_attempts_and_the_next_goes_on(database: TestDatabase) {
    let api = start(database).await;
    let target = model(&api, "gpt", prices()).await;
    let node = Node::new(api.context(), api.acme());
    let mut carrier = node.carrier();
    for _ in 0..5003 {
        let wrong = settlement_of(&[(Meter::InputTokens, 1_000_000, 3)], UsageBasis::Reported);
        node.send(&target, &[], 4, |sent| drop(sent.settle(wrong)));
        api.advance(std::time::Duration::from_millis(1));
    }
    carrier.carry().await;
    let first = api.admin().post(RE_RATE, november(None)).await.ok();
    assert_eq!((&first["attempts"], &first["total"]["adjusted"]), (&json!(5000), &json!(5000)));
    let mut rest = november(None);
    rest["cursor"] = first["next_cursor"].clone();
    let second = api.admin().post(RE_RATE, rest).await.ok();
    assert_eq!((&second["attempts"], &second["total"]["difference"]), (&json!(3), &usd("-6")));
    assert_eq!(second["next_cursor"], Value::Null);
    let mut carried = 0;
    while carried < 5003 {
        carried += carrier.carry().await;
    }
    let sums = "/api/platform/ai-management/spending/analytics?from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z";
    assert_eq!(api.admin().get(sums).await.ok()["items"][0]["cost"], usd("5003"));
}
