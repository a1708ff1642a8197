//! Under `commit = process` records wait for each other, and for nobody else.

use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

use glaux_ledger::Commit;

use crate::{
    audit,
    support::{World, settlement},
};

fn poll(commit: &mut Commit) -> Poll<()> {
    Pin::new(commit).poll(&mut Context::from_waker(Waker::noop())).map(|written| written.unwrap())
}

#[test]
fn the_first_that_is_asked_again_writes_for_all() {
    let world = World::new();
    let ledger = world.open();
    let mut calls = [world.begin(&ledger), world.begin(&ledger)];
    let mut holds = calls.each_mut().map(|call| world.hold(call, 10, &[]).unwrap());
    assert!(holds.iter_mut().all(|hold| poll(hold.committed()).is_pending()));
    assert!(audit::read(&world.killed().segments()).open.is_empty(), "nothing is sent, nothing is held");
    assert!(poll(holds[0].committed()).is_ready());
    assert_eq!(audit::read(&world.killed().segments()).open.len(), 2);
    assert!(poll(holds[1].committed()).is_ready());
}

#[test]
fn what_is_sent_is_held_even_if_nobody_waited() {
    let world = World::new();
    let ledger = world.open();
    let mut call = world.begin(&ledger);
    let sent = world.hold(&mut call, 10, &[]).unwrap().mark_sent();
    assert_eq!(audit::read(&world.killed().segments()).open.len(), 1);
    drop(sent.settle_with_call(settlement(9), call));
    audit::read(&world.killed().segments()).assert_closed();
}
