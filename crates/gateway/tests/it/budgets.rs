use std::sync::Arc;

use glaux_kernel::{BudgetId, Currency, Money, Period, Rng};
use glaux_ledger::{Event, record::Status};
use glaux_routing::document::{Budget, BudgetAction, BudgetScope};
use glaux_telemetry::SystemRng;

use crate::world::World;

const CHAT: &str = "/v1/chat/completions";

fn budget(world: &World, amount: &str) -> Budget {
    Budget {
        organization: world.document.organizations[0].id,
        id: BudgetId::from_uuid(uuid::Uuid::from_u64_pair(SystemRng.next_u64(), 1)),
        name: "cap".to_owned(),
        scope: BudgetScope::default(),
        period: Period::Monthly,
        amount: Money::parse(amount, Currency::USD).unwrap(),
        thresholds_permille: vec![500, 1000],
        action: BudgetAction::Block,
    }
}

fn body(model: &str) -> String {
    format!(r#"{{"model":"{model}","max_tokens":20,"messages":[{{"role":"user","content":"hello"}}]}}"#)
}

/// 1,000 callers at once on a budget that about a quarter of them fit into.
async fn run_thousand(model: &str) -> (World, i64) {
    let mut world = World::start().await;
    world.add_model(model);
    let cap = budget(&world, "0.010000");
    world.document.budgets.push(cap.clone());
    world.publish();
    let world = Arc::new(world);
    let name = format!("sandbox/{model}");
    let callers: Vec<_> = (0..1000)
        .map(|_| {
            let (world, body) = (Arc::clone(&world), body(&name));
            tokio::spawn(async move { world.send(CHAT, &body).await })
        })
        .collect();
    let (mut answered, mut blocked) = (0, 0);
    for caller in callers {
        let answer = caller.await.unwrap();
        match answer.status.as_u16() {
            200 => answered += 1,
            402 => {
                assert!(
                    answer.body.contains("budget_exceeded") && answer.body.contains("available"),
                    "{}",
                    answer.body
                );
                blocked += 1;
            }
            other => panic!("{other}: {}", answer.body),
        }
    }
    assert!(answered > 0 && blocked > 0, "{answered} answered, {blocked} blocked");
    let (calls, attempts) = world.settled().await;
    assert_eq!((calls.len(), attempts.len()), (1000, answered));
    assert_eq!(calls.iter().filter(|call| call.status == Status::Blocked).count(), blocked);
    let charge = attempts[0].charges[0];
    let balance = world.ledger.balance(charge);
    let sum: i64 = attempts.iter().map(|attempt| attempt.cost.nanos).sum();
    assert_eq!((balance.spent_nanos, balance.held_nanos), (sum, 0));
    (Arc::into_inner(world).unwrap(), sum)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hard_budget_holds_against_a_thousand_callers() {
    let (_world, spent) = run_thousand("echo+slow-20").await;
    assert!(spent <= 10_000_000, "{spent} nano-dollars spent of 10,000,000");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_provider_writes_beyond_the_limit_is_an_overrun_and_counted_exactly() {
    let (world, _spent) = run_thousand("say-200+overshoot").await;
    let (events, lost) = world.ledger.take_events();
    let overruns = events.iter().filter(|event| matches!(event, Event::Overrun { .. })).count();
    assert!(overruns > 0);
    assert_eq!(lost, 0);
}
