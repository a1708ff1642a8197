use std::time::Duration;

use glaux_kernel::Clock;
use glaux_ledger::{Ledger, Options, Position, to_json_line};

use crate::support::{World, options, settlement};

fn serve(world: &World, ledger: &Ledger, calls: usize) {
    for _ in 0..calls {
        let mut call = world.begin(ledger);
        let hold = world.hold(&mut call, 10, &[]).unwrap();
        drop(hold.mark_sent().settle_with_call(settlement(9), call));
    }
}

/// Reads until nothing more is there; says how many records there were.
fn follow(ledger: &Ledger, position: &mut Position) -> usize {
    let tail = ledger.tail();
    let mut records = 0;
    loop {
        let batch = tail.read(*position, 10).unwrap();
        records += batch.entries.len();
        *position = batch.next;
        if batch.entries.is_empty() {
            return records;
        }
    }
}

#[test]
fn each_record_is_read_once_across_segments_and_restarts() {
    let world = World::new();
    let small = Options { segment_bytes: 2000, ..options() };
    let mut position = Position::default();
    let ledger = world.open_with(&small);
    assert_eq!(follow(&ledger, &mut position), 0);
    serve(&world, &ledger, 20);
    assert_eq!(follow(&ledger, &mut position), 60);
    serve(&world, &ledger, 1);
    assert_eq!(follow(&ledger, &mut position), 3);
    serve(&world, &ledger, 1);
    drop(ledger);
    let ledger = world.open_with(&small);
    serve(&world, &ledger, 1);
    assert_eq!(follow(&ledger, &mut position), 6);
    assert!(position.segment > 5, "{position}");
}

#[test]
fn what_is_left_to_read_is_known_in_bytes() {
    let world = World::new();
    let ledger = world.open_with(&Options { segment_bytes: 2000, ..options() });
    let tail = ledger.tail();
    let mut position = Position::default();
    assert_eq!(tail.bytes_from(position).unwrap(), 0);
    serve(&world, &ledger, 20);
    position = tail.read(position, 1).unwrap().next;
    let next = tail.read(position, 2).unwrap().next;
    assert_eq!(next.segment, position.segment);
    let (all, rest) = (tail.bytes_from(position).unwrap(), tail.bytes_from(next).unwrap());
    assert_eq!(all - rest, next.offset - position.offset);
    assert!(rest > 2000, "of several segments: {rest}");
    follow(&ledger, &mut position);
    assert_eq!((tail.bytes_from(position).unwrap(), tail.end()), (0, Some(position)));
}

#[test]
fn segments_go_when_they_are_read_checkpointed_and_old() {
    let world = World::new();
    let ledger = world.open_with(&Options { segment_bytes: 2000, ..options() });
    let mut position = Position::default();
    serve(&world, &ledger, 20);
    let middle = ledger.tail().read(position, 30).unwrap().next;
    follow(&ledger, &mut position);
    let later = world.clock.now();
    world.clock.advance(Duration::from_secs(60));
    serve(&world, &ledger, 20);
    let segments = || std::fs::read_dir(world.segments()).unwrap().count();
    let before = segments();
    assert_eq!(ledger.drop_segments(position, world.clock.now()).unwrap(), 0, "the checkpoint is older");
    ledger.checkpoint().unwrap();
    assert_eq!(ledger.drop_segments(middle, later).unwrap() as u64, middle.segment - 1);
    assert_eq!(ledger.drop_segments(position, later).unwrap() as u64, position.segment - middle.segment);
    follow(&ledger, &mut position);
    assert_eq!(ledger.drop_segments(position, later).unwrap(), 0, "the rest is too young");
    assert!(segments() < before);
    drop(ledger);
    assert_eq!(world.open().recovery().replayed, 0);
}

#[test]
fn a_dump_is_one_line_of_json_per_record() {
    let world = World::new();
    let ledger = world.open();
    serve(&world, &ledger, 1);
    let lines: Vec<serde_json::Value> = ledger
        .tail()
        .read(Position::default(), 10)
        .unwrap()
        .entries
        .iter()
        .map(|entry| serde_json::from_str(&to_json_line(entry).unwrap()).unwrap())
        .collect();
    let kinds: Vec<_> = lines.iter().map(|line| line["record"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["hold_opened", "attempt", "call"]);
    assert_eq!(lines[0]["position"], "1:46");
    assert_eq!(lines[1]["usage"]["output_tokens"], 20);
    assert_eq!(lines[1]["cost"]["nanos"], 9);
    assert_eq!(lines[2]["attribution"]["user"], "ann");
}
