//! A settled attempt gets another figure.

use std::{fs::OpenOptions, io::Write, sync::Arc};

use glaux_kernel::{Clock, NodeId};
use glaux_ledger::{
    BudgetLimit, Error, Event, Ledger, WhenOver,
    record::{Adjustment, Attempt},
};

use crate::{
    audit,
    support::{World, budget, options, settlement},
};

/// Settles an attempt at its bound, of which nothing is known.
fn settle_at_bound(world: &World, ledger: &Ledger, nanos: i64, limits: &[BudgetLimit]) -> Attempt {
    let mut call = world.begin(ledger);
    drop(world.hold(&mut call, nanos, limits).unwrap().mark_sent());
    drop(call.record());
    audit::read(&world.segments()).attempts.pop().unwrap()
}

fn adjust(world: &World, ledger: &Ledger, attempt: &Attempt, nanos: i64) {
    let mut commit = ledger.adjust(world.adjustment(attempt, ledger.node(), nanos)).unwrap();
    commit.try_wait().unwrap().unwrap();
}

#[test]
fn what_is_spent_changes_by_the_difference_and_stays_so_over_starts() {
    let world = World::new();
    let ledger = world.open();
    let limits = [budget(1, 10_000, WhenOver::Block), budget(2, 10_000, WhenOver::Notify)];
    let spent = |ledger: &Ledger| limits.each_ref().map(|limit| ledger.balance(limit.charge).spent_nanos);
    let first = settle_at_bound(&world, &ledger, 4000, &limits);
    let second = settle_at_bound(&world, &ledger, 1000, &limits[..1]);
    assert_eq!(spent(&ledger), [5000, 4000]);
    adjust(&world, &ledger, &first, 1500);
    assert_eq!(spent(&ledger), [2500, 1500]);
    ledger.checkpoint().unwrap();
    adjust(&world, &ledger, &second, 1200);
    assert_eq!(spent(&ledger), [2700, 1500]);

    let killed = world.killed();
    let recovered = killed.open();
    assert_eq!(recovered.recovery().replayed, 1, "the first is in the checkpoint");
    assert_eq!(spent(&recovered), [2700, 1500]);
    drop(recovered);
    std::fs::remove_file(killed.segments().join("checkpoint")).unwrap();
    assert_eq!(spent(&killed.open()), [2700, 1500]);
    let books = audit::read(&killed.segments());
    assert_eq!(limits.each_ref().map(|limit| books.spent[&limit.charge]), [2700, 1500]);
    assert_eq!(books.attempts[0].cost.nanos, 4000, "what was settled stays as it was written");
}

#[test]
fn what_another_node_settled_changes_nothing_here() {
    let world = World::new();
    let ledger = world.open();
    let limits = [budget(1, 10_000, WhenOver::Block)];
    let attempt = settle_at_bound(&world, &ledger, 4000, &limits);
    let other = NodeId::new(world.clock.now(), &world.rng);
    drop(ledger.adjust(world.adjustment(&attempt, other, 1)).unwrap());
    assert_eq!(ledger.balance(limits[0].charge).spent_nanos, 4000);
    let killed = world.killed();
    std::fs::remove_file(killed.segments().join("checkpoint")).unwrap();
    assert_eq!(killed.open().balance(limits[0].charge).spent_nanos, 4000);
}

#[test]
fn a_threshold_is_told_when_it_is_reached_and_not_again() {
    let world = World::new();
    let ledger = world.open();
    let mut limit = budget(1, 10_000, WhenOver::Notify);
    limit.thresholds = Arc::new([500, 900]);
    let told = || {
        let threshold = |event| match event {
            Event::ThresholdReached { threshold_nanos, spent_nanos, .. } => Some((threshold_nanos, spent_nanos)),
            Event::Overrun { .. } => None,
        };
        ledger.take_events().0.into_iter().filter_map(threshold).collect::<Vec<_>>()
    };
    let attempt = settle_at_bound(&world, &ledger, 600, &[limit]);
    assert_eq!(told(), [(500, 600)]);
    adjust(&world, &ledger, &attempt, 100);
    assert_eq!(told(), []);
    // Each adjustment changes the figure that the attempt was settled at: from 100 spent to 600 and to 1,100.
    adjust(&world, &ledger, &attempt, 1100);
    assert_eq!(told(), [], "500 was told");
    adjust(&world, &ledger, &attempt, 1100);
    assert_eq!(told(), [(900, 1100)]);
}

#[test]
fn it_is_printed_with_both_figures() {
    let world = World::new();
    let ledger = world.open();
    let attempt = settle_at_bound(&world, &ledger, 4000, &[]);
    adjust(&world, &ledger, &attempt, 1500);
    let entry = ledger.tail().read(Default::default(), 100).unwrap().entries.pop().unwrap();
    let line: serde_json::Value = serde_json::from_str(&glaux_ledger::to_json_line(&entry).unwrap()).unwrap();
    assert_eq!((&line["record"], &line["reason"]), (&"adjustment".into(), &"reconciled".into()));
    assert_eq!(line["attempt"], attempt.attempt.to_string());
    assert_eq!((&line["before"]["cost"]["nanos"], &line["after"]["cost"]["nanos"]), (&4000.into(), &1500.into()));
    assert_eq!((&line["before"]["usage_basis"], &line["after"]["billed"]), (&"bound".into(), &true.into()));
}

/// A record of a program that does not exist yet, at the very end, is neither passed over nor cut off.
#[test]
fn a_record_of_an_unknown_kind_is_refused_and_kept() {
    let world = World::new();
    let ledger = world.open();
    let mut call = world.begin(&ledger);
    drop(world.hold(&mut call, 10, &[]).unwrap().mark_sent().settle_with_call(settlement(9), call));
    drop(ledger);
    let path = world.segments().join("000000000001.seg");
    let known = std::fs::metadata(&path).unwrap().len();
    // The CBOR array [9, [1]]: kind 9.
    let payload = [0x82, 0x09, 0x81, 0x01];
    let length = 4_u32.to_le_bytes();
    let checksum = crc32fast::hash(&[length, payload].concat()).to_le_bytes();
    let mut file = OpenOptions::new().append(true).open(&path).unwrap();
    file.write_all(&[length, checksum, payload].concat()).unwrap();
    for _ in 0..2 {
        let refused = world.try_open_with(&options()).unwrap_err();
        assert!(matches!(refused, Error::UnknownRecord { segment: 1, offset } if offset == known), "{refused}");
        assert_eq!(std::fs::metadata(&path).unwrap().len(), known + 12);
    }
}

#[test]
fn a_figure_above_the_hold_is_told_once() {
    let world = World::new();
    let ledger = world.open();
    let attempt = settle_at_bound(&world, &ledger, 600, &[]);
    let told = || {
        let overrun = |event| match event {
            Event::Overrun { overrun, .. } => Some((overrun.hold, overrun.held_nanos, overrun.cost_nanos)),
            Event::ThresholdReached { .. } => None,
        };
        ledger.take_events().0.into_iter().filter_map(overrun).collect::<Vec<_>>()
    };
    adjust(&world, &ledger, &attempt, 600);
    assert_eq!(told(), []);
    let over = world.adjustment(&attempt, ledger.node(), 700);
    drop(ledger.adjust(over.clone()).unwrap());
    assert_eq!(told(), [(attempt.hold, 600, 700)]);
    let next = world.adjustment(&attempt, ledger.node(), 800);
    drop(ledger.adjust(Adjustment { before: over.after, ..next }).unwrap());
    assert_eq!(told(), []);
}
