//! Random lives of calls, cut off at random moments.

use glaux_ledger::{Hold, OpenCall, SentHold, WhenOver};
use glaux_llm::Usage;
use proptest::prelude::*;

use crate::{
    audit,
    support::{World, budget, settlement},
};

#[derive(Debug, Clone)]
enum Step {
    Begin,
    Hold(i64),
    Send,
    Extend(i64),
    /// Per cent of the hold's first amount.
    Settle(i64),
    SettleWithCall(i64),
    Release,
    DropHold,
    Record,
    DropCall,
    Checkpoint,
    Kill,
}

fn step() -> impl Strategy<Value = (usize, Step)> {
    let step = prop_oneof![
        2 => Just(Step::Begin),
        3 => (1i64..400).prop_map(Step::Hold),
        3 => Just(Step::Send),
        1 => (1i64..600).prop_map(Step::Extend),
        1 => (0i64..=100).prop_map(Step::Settle),
        2 => (0i64..=100).prop_map(Step::SettleWithCall),
        1 => Just(Step::Release),
        1 => Just(Step::DropHold),
        1 => Just(Step::Record),
        1 => Just(Step::DropCall),
        1 => Just(Step::Checkpoint),
        1 => Just(Step::Kill),
    ];
    (0usize..4, step)
}

#[derive(Default)]
struct Slot {
    call: Option<OpenCall>,
    hold: Option<(Hold, i64)>,
    sent: Option<(SentHold, i64)>,
}

/// After a kill the books are closed by the next start, and its balances are the sums over the records.
fn assert_recovers(world: &World, charges: &[glaux_ledger::record::Charge]) {
    let killed = world.killed();
    let before = audit::read(&killed.segments());
    let ledger = killed.open();
    let books = audit::read(&killed.segments());
    books.assert_closed();
    assert_eq!(books.records[..before.records.len()], before.records);
    assert_eq!(books.attempts.len(), before.attempts.len() + before.open.len());
    assert_eq!(ledger.recovery().unknown_attempts, before.open.len() as u64);
    assert_eq!(ledger.recovery().unknown_calls, before.unrecorded.len() as u64);
    for charge in charges {
        let balance = ledger.balance(*charge);
        assert_eq!(balance.held_nanos, 0);
        assert_eq!(balance.spent_nanos, books.spent.get(charge).copied().unwrap_or(0));
    }
}

fn run(steps: Vec<(usize, Step)>) {
    const AMOUNT: i64 = 2000;
    let world = World::new();
    let ledger = world.open();
    let budgets = [budget(1, AMOUNT, WhenOver::Block), budget(2, 3 * AMOUNT, WhenOver::Block)];
    let charges = budgets.each_ref().map(|limit| limit.charge);
    let mut slots: [Slot; 4] = Default::default();
    for (index, step) in steps {
        let slot = &mut slots[index];
        match step {
            Step::Begin => slot.call = Some(world.begin(&ledger)),
            Step::Hold(nanos) => {
                if let Some(call) = &mut slot.call {
                    slot.hold = world.hold(call, nanos, &budgets[..1 + index % 2]).ok().map(|hold| (hold, nanos));
                }
            }
            Step::Send => {
                if let Some((hold, nanos)) = slot.hold.take() {
                    slot.sent = Some((hold.mark_sent(), nanos));
                }
            }
            Step::Extend(nanos) => {
                if let Some((sent, _)) = &mut slot.sent {
                    drop(sent.extend_to(nanos, Usage::default()));
                }
            }
            Step::Settle(percent) => {
                if let Some((sent, nanos)) = slot.sent.take() {
                    drop(sent.settle(settlement(nanos * percent / 100)));
                }
            }
            Step::SettleWithCall(percent) => match (slot.sent.take(), slot.call.take()) {
                (Some((sent, nanos)), Some(call)) => {
                    drop(sent.settle_with_call(settlement(nanos * percent / 100), call));
                }
                (sent, call) => (slot.sent, slot.call) = (sent, call),
            },
            Step::Release => {
                if let Some((hold, _)) = slot.hold.take() {
                    drop(hold.release(glaux_ledger::record::Status::Error, None));
                }
            }
            Step::DropHold => (slot.hold, slot.sent) = (None, None),
            Step::Record => {
                if let Some(call) = slot.call.take() {
                    drop(call.record());
                }
            }
            Step::DropCall => slot.call = None,
            Step::Checkpoint => ledger.checkpoint().unwrap(),
            Step::Kill => assert_recovers(&world, &charges),
        }
        let balance = ledger.balance(charges[0]);
        assert!(balance.spent_nanos + balance.held_nanos <= AMOUNT, "{balance:?}");
    }
    for (hold, _) in slots.iter_mut().filter_map(|slot| slot.hold.as_mut()) {
        hold.committed().try_wait().unwrap().unwrap();
    }
    let books = audit::read(&world.segments());
    for charge in charges {
        let balance = ledger.balance(charge);
        assert_eq!(balance.held_nanos, books.held(charge));
        assert_eq!(balance.spent_nanos, books.spent.get(&charge).copied().unwrap_or(0));
    }
    drop(slots);
    audit::read(&world.segments()).assert_closed();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]
    #[test]
    fn balances_are_the_sums_of_the_records_and_no_hold_leaks(steps in prop::collection::vec(step(), 1..60)) {
        run(steps);
    }
}
