//! A machine or a process that ends while a segment is written.

use std::fs;

use glaux_ledger::{WhenOver, record::Status};
use glaux_llm::UsageBasis;

use crate::{
    audit,
    support::{World, budget, options, settlement},
};

/// Five calls in every stage of life; what is left of them when the process dies.
fn busy() -> World {
    let world = World::new();
    let ledger = world.open();
    let limit = [budget(1, 1_000_000, WhenOver::Block)];
    let mut answered = world.begin(&ledger);
    drop(world.hold(&mut answered, 100, &limit).unwrap());
    let second = world.hold(&mut answered, 110, &limit).unwrap().mark_sent();
    drop(second.settle_with_call(settlement(90), answered));
    let mut streaming = world.begin(&ledger);
    let mut stream = world.hold(&mut streaming, 200, &limit).unwrap().mark_sent();
    drop(stream.extend_to(300, Default::default()).unwrap());
    let mut opened = world.begin(&ledger);
    let hold = world.hold(&mut opened, 400, &limit).unwrap();
    let mut between = world.begin(&ledger);
    drop(world.hold(&mut between, 500, &limit).unwrap().mark_sent().settle(settlement(450)));
    drop(world.begin(&ledger));
    let killed = world.killed();
    drop((stream, streaming, hold, opened, between));
    killed
}

#[test]
fn a_start_settles_what_was_open_once_at_its_bound() {
    let world = busy();
    let ledger = world.open();
    let recovery = ledger.recovery().clone();
    assert_eq!((recovery.unknown_attempts, recovery.unknown_calls), (2, 3));
    let books = audit::read(&world.segments());
    books.assert_closed();
    let unknown: Vec<_> = books
        .attempts
        .iter()
        .filter(|attempt| attempt.status == Status::Unknown)
        .map(|attempt| (attempt.cost.nanos, attempt.usage_basis))
        .collect();
    assert_eq!(unknown, [(300, UsageBasis::Bound), (400, UsageBasis::Bound)]);
    let calls: Vec<_> = books.calls.iter().map(|call| (call.status, call.cost_nanos)).collect();
    let unknown = [(Status::Unknown, 300), (Status::Unknown, 400), (Status::Unknown, 450)];
    assert_eq!(calls[2..], unknown);
    assert_eq!(books.calls[2].path, "/v1/chat/completions");
    let spent = ledger.balance(budget(1, 0, WhenOver::Block).charge).spent_nanos;
    assert_eq!(spent, 90 + 300 + 400 + 450);
    drop(ledger);
    let again = world.open();
    assert_eq!((again.recovery().unknown_attempts, again.recovery().unknown_calls), (0, 0));
    assert_eq!(again.balance(budget(1, 0, WhenOver::Block).charge).spent_nanos, spent);
    assert_eq!(again.recovery().replayed, 0, "the checkpoint spares the replay");
}

/// The places in the file worth cutting at: around every record's ends, and a sample of the rest.
fn cuts(length: usize, boundaries: &[usize]) -> Vec<usize> {
    let near = boundaries.iter().flat_map(|at| at.saturating_sub(2)..=at + 9);
    let mut cuts: Vec<_> = near.chain((0..length).step_by(61)).filter(|at| *at <= length).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

fn boundaries(segment: &[u8]) -> Vec<usize> {
    let mut at = 46;
    let mut found = vec![at];
    while let Some(length) = segment.get(at..at + 4) {
        at += 8 + u32::from_le_bytes(length.try_into().unwrap()) as usize;
        found.push(at);
    }
    found
}

#[test]
fn every_prefix_of_a_segment_recovers_to_its_whole_records() {
    let origin = busy();
    let name = "ledger/000000000001.seg";
    let whole = fs::read(origin.home.path().join(name)).unwrap();
    let all = audit::read(&origin.segments()).records;
    let boundaries = boundaries(&whole);
    assert_eq!(boundaries.len(), all.len() + 1);
    let world = World::new();
    let segments = world.segments();
    for cut in cuts(whole.len(), &boundaries) {
        drop(fs::remove_dir_all(&segments));
        fs::create_dir_all(&segments).unwrap();
        fs::copy(origin.home.path().join("node"), world.home.path().join("node")).unwrap();
        fs::write(world.home.path().join(name), &whole[..cut]).unwrap();
        let ledger = world.open();
        let kept = boundaries.iter().filter(|boundary| **boundary <= cut).count().saturating_sub(1);
        assert_eq!(ledger.recovery().replayed, kept as u64, "cut at {cut}");
        let torn = cut > 46 && !boundaries.contains(&cut);
        assert_eq!(ledger.recovery().torn_at.is_some(), torn, "cut at {cut}");
        let books = audit::read(&segments);
        assert_eq!(books.records[..kept], all[..kept], "cut at {cut}");
        books.assert_closed();
        let charge = budget(1, 0, WhenOver::Block).charge;
        let balance = ledger.balance(charge);
        assert_eq!((balance.spent_nanos, balance.held_nanos), (books.spent.get(&charge).copied().unwrap_or(0), 0));
    }
}

#[test]
fn a_tail_of_zeros_is_cut() {
    let world = busy();
    let path = world.home.path().join("ledger/000000000001.seg");
    let mut bytes = fs::read(&path).unwrap();
    let whole = bytes.len() as u64;
    bytes.resize(bytes.len() + 10_000, 0);
    fs::write(&path, bytes).unwrap();
    assert_eq!(world.open().recovery().torn_at.unwrap().offset, whole);
    assert_eq!(fs::metadata(path).unwrap().len(), whole);
}

#[test]
fn a_start_that_dies_half_way_is_finished_by_the_next() {
    let origin = busy();
    drop(origin.open());
    let second = origin.home.path().join("ledger/000000000002.seg");
    let settled = fs::read(&second).unwrap();
    for cut in cuts(settled.len(), &boundaries(&settled)) {
        let world = busy();
        fs::write(world.home.path().join("ledger/000000000002.seg"), &settled[..0]).unwrap();
        drop(fs::remove_file(world.home.path().join("ledger/checkpoint")));
        fs::copy(origin.home.path().join("ledger/000000000001.seg"), world.home.path().join("ledger/000000000001.seg"))
            .unwrap();
        fs::copy(origin.home.path().join("node"), world.home.path().join("node")).unwrap();
        fs::write(world.home.path().join("ledger/000000000002.seg"), &settled[..cut]).unwrap();
        let ledger = world.open_with(&options());
        let books = audit::read(&world.segments());
        books.assert_closed();
        assert_eq!((books.attempts.len(), books.calls.len()), (5, 5), "cut at {cut}");
        drop(ledger);
    }
}
