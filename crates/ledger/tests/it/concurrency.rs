use std::sync::{
    Barrier,
    atomic::{AtomicU64, Ordering},
};

use glaux_ledger::{Refused, WhenOver};

use crate::{
    audit,
    support::{World, budget, settlement},
};

#[test]
fn a_thousand_callers_never_pass_a_hard_budget() {
    const AMOUNT: i64 = 100_000;
    let world = World::new();
    let ledger = world.open();
    let limit = budget(1, AMOUNT, WhenOver::Block);
    let (served, refused) = (AtomicU64::new(0), AtomicU64::new(0));
    let start = Barrier::new(1000);
    std::thread::scope(|scope| {
        for number in 0..1000_i64 {
            let (world, ledger, limit, start, served, refused) = (&world, &ledger, &limit, &start, &served, &refused);
            std::thread::Builder::new()
                .stack_size(128 << 10)
                .spawn_scoped(scope, move || {
                    start.wait();
                    let mut call = world.begin(ledger);
                    let bound = 200 + number % 300;
                    match world.hold(&mut call, bound, std::slice::from_ref(limit)) {
                        Ok(hold) => {
                            let balance = ledger.balance(limit.charge);
                            assert!(balance.spent_nanos + balance.held_nanos <= AMOUNT);
                            drop(hold.mark_sent().settle_with_call(settlement(bound - number % 150), call));
                            served.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(Refused::Budget(_)) => {
                            refused.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(Refused::Ledger(error)) => panic!("{error}"),
                    }
                })
                .unwrap();
        }
    });
    let books = audit::read(&world.segments());
    books.assert_closed();
    let spent = books.spent[&limit.charge];
    assert!(spent <= AMOUNT && spent > AMOUNT - 500, "{spent}");
    assert_eq!(ledger.balance(limit.charge).spent_nanos, spent);
    assert_eq!(served.into_inner() + refused.into_inner(), 1000);
    assert_eq!(books.calls.len(), 1000);
}
