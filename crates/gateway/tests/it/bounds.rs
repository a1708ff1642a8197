//! What is held for a call, and what follows where not all of it has a price.

use glaux_kernel::{Currency, Money, PriceRuleId, Rate};
use glaux_ledger::record::Status;
use glaux_llm::{Conditions, Meter};
use glaux_routing::document::{Budget, BudgetAction, BudgetScope, Policy, PriceRule};
use serde_json::json;

use crate::world::World;

const CHAT: &str = "/v1/chat/completions";

fn chat(model: &str, more: &str) -> String {
    format!(r#"{{"model":"{model}","max_tokens":10,"messages":[{{"role":"user","content":"one two"}}]{more}}}"#)
}

fn price(meter: Meter, per_million: &str) -> PriceRule {
    PriceRule {
        id: PriceRuleId::from_uuid(Default::default()),
        meter,
        rate: Rate::parse_per_million(per_million).unwrap(),
        conditions: Conditions::default(),
    }
}

#[tokio::test]
async fn what_the_configuration_adds_to_a_request_is_held_for() {
    let mut world = World::start().await;
    world.add_model("say-3");
    world.assign("chatbot", &["sandbox/say-3"], Policy::default());
    world.send(CHAT, &chat("chatbot", "")).await;
    world.document.features[0].assignments[0].config_overrides.insert("stop".to_owned(), json!("x".repeat(10_000)));
    world.publish();
    world.send(CHAT, &chat("chatbot", "")).await;
    let (_, attempts) = world.settled().await;
    assert!(attempts[1].held_nanos - attempts[0].held_nanos >= 10_000 * 400, "{attempts:?}");
}

#[tokio::test]
async fn what_a_tool_of_the_provider_may_find_is_held_for() {
    let mut world = World::start().await;
    world.add_model("say-3");
    world.add_budget("5", BudgetAction::Block);
    let searching = chat("sandbox/say-3", r#","web_search_options":{}"#);
    let answer = world.send(CHAT, &searching).await;
    assert_eq!(answer.headers["x-glaux-code"], "unpriced", "{}", answer.body);

    let model = &mut world.document.models[0];
    model.prices.push(price(Meter::WebSearches, "10000"));
    model.context_window = Some(100_000);
    world.publish();
    let answer = world.send(CHAT, &searching).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(world.send(CHAT, &chat("sandbox/say-3", "")).await.status, 200);
    let (_, attempts) = world.settled().await;
    // Ten searches at a cent each, all that the model can read, and what it may write.
    assert_eq!(attempts[0].held_nanos, 10 * 10_000_000 + 100_000 * 400 + 10 * 1600);
    assert!(attempts[1].held_nanos < 1_000_000, "{}", attempts[1].held_nanos);
}

#[tokio::test]
async fn a_tool_that_no_meter_counts_has_no_price() {
    let mut world = World::start().await;
    world.add_model("say-3");
    world.add_budget("5", BudgetAction::Block);
    let check = async |tool: &str, status: u16| {
        let tools = format!(r#","tools":[{{"type":"{tool}","name":"x"}}]"#);
        let answer = world.send(CHAT, &chat("sandbox/say-3", &tools)).await;
        assert_eq!(answer.status.as_u16(), status, "{tool}: {}", answer.body);
    };
    check("code_interpreter", 402).await;
    check("local_shell", 200).await;
}

#[tokio::test]
async fn what_has_no_price_does_not_cost_nothing() {
    let mut world = World::start().await;
    world.add_model("say-3");
    world.document.models[0].prices.clear();
    world.publish();
    let answer = world.send(CHAT, &chat("sandbox/say-3", "")).await;
    assert_eq!((answer.status.as_u16(), &answer.headers["x-glaux-cost"].to_str().unwrap()), (200, &"unpriced"));
}

#[tokio::test]
async fn a_budget_of_one_model_leaves_the_others_to_be_tried() {
    let mut world = World::start().await;
    world.add_model("say-3");
    world.add_model("say-4");
    world.assign("chatbot", &["sandbox/say-3", "sandbox/say-4"], Policy::default());
    world.add_budget("0.000000001", BudgetAction::Block);
    let scope = BudgetScope { model: Some("sandbox/say-3".to_owned()), ..BudgetScope::default() };
    world.document.budgets[0].scope = scope;
    world.publish();
    let answer = world.send(CHAT, &chat("chatbot", "")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.headers["x-glaux-model"], "sandbox/say-4");

    world.document.models[0].prices.clear();
    world.document.budgets[0] = Budget {
        scope: BudgetScope::default(),
        amount: Money::parse("1", Currency::USD).unwrap(),
        ..world.document.budgets[0].clone()
    };
    world.publish();
    assert_eq!(world.send(CHAT, &chat("chatbot", "")).await.headers["x-glaux-model"], "sandbox/say-4");
    let (calls, _) = world.settled().await;
    assert!(calls.iter().all(|call| call.status == Status::Success && call.blocked_by.is_none()), "{calls:?}");

    world.document.budgets[0].amount = Money::parse("0.000000001", Currency::USD).unwrap();
    world.publish();
    assert_eq!(world.send(CHAT, &chat("chatbot", "")).await.headers["x-glaux-code"], "budget_exceeded");
}
