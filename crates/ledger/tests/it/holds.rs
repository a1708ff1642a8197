//! The life of a hold, one rule at a time.

use std::sync::Arc;

use glaux_ledger::{
    BudgetRefusal, Event, Ledger, MAX_NANOS, MAX_QUANTITY, Refused, Settlement, WhenOver, record::Status,
};
use glaux_llm::{Meter, Usage, UsageBasis};

use crate::{
    audit,
    support::{World, budget, settlement},
};

fn balance(ledger: &Ledger, number: u128) -> (i64, i64) {
    let balance = ledger.balance(budget(number, 0, WhenOver::Notify).charge);
    (balance.spent_nanos, balance.held_nanos)
}

#[test]
fn a_call_holds_then_spends_its_actual_cost() {
    let world = World::new();
    let ledger = world.open();
    let budgets = [budget(1, 1000, WhenOver::Block), budget(2, 5000, WhenOver::Notify)];
    let mut call = world.begin(&ledger);
    let hold = world.hold(&mut call, 400, &budgets).unwrap();
    assert_eq!((balance(&ledger, 1), balance(&ledger, 2)), ((0, 400), (0, 400)));
    let mut settled = hold.mark_sent().settle_with_call(settlement(150), call);
    assert_eq!(settled.overrun, None);
    settled.commit.try_wait().unwrap().unwrap();
    assert_eq!((balance(&ledger, 1), balance(&ledger, 2)), ((150, 0), (150, 0)));
    let books = audit::read(&world.segments());
    books.assert_closed();
    assert_eq!((books.calls[0].cost_nanos, books.calls[0].attempts), (150, 1));
    assert_eq!(books.attempts[0].usage_basis, UsageBasis::Reported);
}

#[test]
fn one_budget_without_room_refuses_and_no_other_is_touched() {
    let world = World::new();
    let ledger = world.open();
    let budgets = [budget(1, 10_000, WhenOver::Block), budget(2, 1000, WhenOver::Block)];
    let mut call = world.begin(&ledger);
    let first = world.hold(&mut call, 700, &budgets).unwrap();
    let refused = world.hold(&mut call, 301, &budgets).unwrap_err();
    let Refused::Budget(refusal) = refused else { panic!("{refused}") };
    let charge = budgets[1].charge;
    assert_eq!(
        refusal,
        BudgetRefusal {
            budget: charge.budget,
            period_start: charge.period_start,
            amount_nanos: 1000,
            spent_nanos: 0,
            held_nanos: 700,
            available_nanos: 300,
            needed_nanos: 301,
        }
    );
    assert_eq!(balance(&ledger, 1), (0, 700));
    assert!(world.hold(&mut call, 300, &budgets).is_ok());
    drop(first);
}

#[test]
fn budgets_that_notify_or_throttle_let_calls_pass() {
    let world = World::new();
    let ledger = world.open();
    let check = |when_over, throttled: bool| {
        let limit = budget(1, 100, when_over);
        let hold = world.hold(&mut world.begin(&ledger), 101, std::slice::from_ref(&limit)).unwrap();
        assert_eq!(hold.throttled_by(), throttled.then_some(limit.charge.budget), "{when_over:?}");
    };
    check(WhenOver::Notify, false);
    check(WhenOver::Throttle, true);
}

#[test]
fn thresholds_are_told_once() {
    let world = World::new();
    let mut ledger = world.open();
    let mut limit = budget(1, 100, WhenOver::Notify);
    limit.thresholds = Arc::new([50, 80, 100]);
    let spend = |ledger: &Ledger, nanos| {
        let mut call = world.begin(ledger);
        let hold = world.hold(&mut call, nanos, std::slice::from_ref(&limit)).unwrap();
        drop(hold.mark_sent().settle_with_call(settlement(nanos), call));
        let (events, lost) = ledger.take_events();
        assert_eq!(lost, 0);
        let threshold = |event| match event {
            Event::ThresholdReached { threshold_nanos, spent_nanos, .. } => (threshold_nanos, spent_nanos),
            Event::Overrun { .. } => panic!("{event:?}"),
        };
        events.into_iter().map(threshold).collect::<Vec<_>>()
    };
    assert_eq!(spend(&ledger, 49), []);
    assert_eq!(spend(&ledger, 1), [(50, 50)]);
    assert_eq!(spend(&ledger, 1), []);
    drop(ledger);
    ledger = world.open();
    assert_eq!(spend(&ledger, 1), []);
    assert_eq!(spend(&ledger, 60), [(80, 112), (100, 112)]);
}

#[test]
fn more_than_the_hold_is_an_overrun_and_is_spent_whole() {
    let world = World::new();
    let ledger = world.open();
    let limit = budget(1, 1000, WhenOver::Block);
    let mut call = world.begin(&ledger);
    let id = call.id();
    let hold = world.hold(&mut call, 100, std::slice::from_ref(&limit)).unwrap();
    let overrun = hold.mark_sent().settle_with_call(settlement(1500), call).overrun.unwrap();
    assert_eq!((overrun.call, overrun.held_nanos, overrun.cost_nanos), (id, 100, 1500));
    assert_eq!(balance(&ledger, 1), (1500, 0));
    assert!(matches!(ledger.take_events().0[..], [Event::Overrun { overrun: told, .. }] if told == overrun));
    assert!(world.hold(&mut world.begin(&ledger), 1, std::slice::from_ref(&limit)).is_err());
}

#[test]
fn a_hold_grows_within_its_budget_or_stays_as_it_was() {
    let world = World::new();
    let ledger = world.open();
    let limit = budget(1, 1000, WhenOver::Block);
    let mut call = world.begin(&ledger);
    let mut sent = world.hold(&mut call, 400, std::slice::from_ref(&limit)).unwrap().mark_sent();
    let more = Usage::default().with(Meter::OutputTokens, 1000);
    assert!(sent.extend_to(1000, more).is_ok());
    assert!(sent.extend_to(1001, Usage::default()).is_err());
    assert!(sent.extend_to(10, Usage::default()).is_ok());
    assert_eq!(balance(&ledger, 1), (0, 1000));
    drop(sent.settle_at_bound(Status::Timeout, Some("upstream_timeout".to_owned())));
    drop(call);
    let books = audit::read(&world.segments());
    books.assert_closed();
    let attempt = &books.attempts[0];
    assert_eq!((attempt.usage, attempt.usage_basis, attempt.cost.nanos), (more, UsageBasis::Bound, 1000));
}

#[test]
fn what_is_dropped_ends_once() {
    let world = World::new();
    let ledger = world.open();
    let limit = budget(1, 1000, WhenOver::Block);
    let hold = |call: &mut _| world.hold(call, 100, std::slice::from_ref(&limit)).unwrap();

    let mut unsent = world.begin(&ledger);
    drop(hold(&mut unsent));
    drop(unsent);
    let mut sent = world.begin(&ledger);
    drop(hold(&mut sent).mark_sent());
    drop(sent);
    let mut drained = world.begin(&ledger);
    let draining = hold(&mut drained).mark_sent();
    drop(drained);
    drop(draining.settle(settlement(30)));

    let books = audit::read(&world.segments());
    books.assert_closed();
    let attempts: Vec<_> = books
        .attempts
        .iter()
        .map(|attempt| (attempt.status, attempt.cost.nanos, attempt.usage_basis, attempt.released, attempt.late))
        .collect();
    assert_eq!(
        attempts,
        [
            (Status::Cancelled, 0, UsageBasis::Estimated, true, false),
            (Status::Cancelled, 100, UsageBasis::Bound, false, false),
            (Status::Success, 30, UsageBasis::Reported, false, true),
        ]
    );
    let costs: Vec<_> = books.calls.iter().map(|call| (call.status, call.cost_nanos)).collect();
    assert_eq!(costs, [(Status::Cancelled, 0), (Status::Cancelled, 100), (Status::Cancelled, 0)]);
    assert_eq!(balance(&ledger, 1), (130, 0));
}

#[test]
fn a_panic_leaves_nothing_open() {
    let world = World::new();
    let ledger = world.open();
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut call = world.begin(&ledger);
        let _sent = world.hold(&mut call, 100, &[]).unwrap().mark_sent();
        std::panic::resume_unwind(Box::new("as a bug would"));
    }));
    assert!(outcome.is_err());
    let books = audit::read(&world.segments());
    books.assert_closed();
    assert_eq!((books.attempts[0].status, books.calls[0].status), (Status::Unknown, Status::Unknown));
}

#[test]
fn texts_from_outside_are_cut_before_they_are_kept() {
    let world = World::new();
    let ledger = world.open();
    let mut call = world.call();
    call.attribution.user = Some("é".repeat(5_000_000));
    call.attribution.tags = vec![("k".repeat(9000), "v".repeat(9000)); 1000];
    let mut call = ledger.open_call(call);
    let hold = world.hold(&mut call, 1, &[]).unwrap();
    call.details().blocked_by = Some("b".repeat(2_000_000));
    let mut settlement = settlement(1);
    settlement.raw_usage = Some("x".repeat(2_000_000));
    assert!(hold.mark_sent().settle_with_call(settlement, call).commit.try_wait().unwrap().is_ok());
    let books = audit::read(&world.segments());
    books.assert_closed();
    assert_eq!(books.calls[0].attribution.user.as_ref().unwrap().len(), 1024);
    assert_eq!(books.attempts[0].raw_usage, None);
}

#[test]
fn nothing_counts_for_more_than_sums_can_hold() {
    let world = World::new();
    let ledger = world.open();
    let budgets = [budget(1, i64::MAX, WhenOver::Block)];
    let mut call = world.begin(&ledger);
    let mut holds = Vec::new();
    for held in 1..=3 {
        let mut sent = world.hold(&mut call, i64::MAX, &budgets).unwrap().mark_sent();
        drop(sent.extend_to(i64::MAX, Usage::default()).unwrap());
        holds.push(sent);
        assert_eq!(balance(&ledger, 1), (0, held * MAX_NANOS));
    }
    let usage = Usage::default().with(Meter::OutputTokens, u64::MAX);
    let settlement = || Settlement { usage, ..settlement(i64::MAX) };
    let [first, second, third] = <[_; 3]>::try_from(holds).unwrap();
    assert_eq!(first.settle(settlement()).overrun, None);
    assert_eq!(balance(&ledger, 1), (MAX_NANOS, 2 * MAX_NANOS));
    drop(second.settle_at_bound(Status::Unknown, None));
    drop(third.settle_with_call(settlement(), call));
    assert_eq!(balance(&ledger, 1), (3 * MAX_NANOS, 0), "what was held is given back whole");

    let books = audit::read(&world.segments());
    books.assert_closed();
    let first = &books.attempts[0];
    assert_eq!((first.cost.nanos, first.usage.get(Meter::OutputTokens)), (MAX_NANOS, MAX_QUANTITY));
    assert!(first.raw_usage.is_some(), "the provider's own words are kept");
    drop(ledger.adjust(world.adjustment(first, ledger.node(), i64::MAX)).unwrap());
    assert_eq!(balance(&ledger, 1).0, 3 * MAX_NANOS);
    assert_eq!(world.killed().open().balance(budgets[0].charge), ledger.balance(budgets[0].charge));
}
