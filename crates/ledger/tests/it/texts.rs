//! Texts of the caller's, of any size and content.

use glaux_ledger::{WhenOver, record::Call};

use crate::{
    audit,
    support::{World, budget, settlement},
};

const MIB: usize = 1 << 20;

/// One field that a caller fills, with `text`.
type Fill = fn(&mut Call, String);

const FIELDS: [(&str, Fill); 7] = [
    ("user", |call, text| call.attribution.user = Some(text)),
    ("session", |call, text| call.attribution.session = Some(text)),
    ("tag key", |call, text| call.attribution.tags = vec![(text, "blue".to_owned())]),
    ("tag value", |call, text| call.attribution.tags = vec![("team".to_owned(), text)]),
    ("many tags", |call, text| {
        let value = |part: &[u8]| String::from_utf8_lossy(part).into_owned();
        call.attribution.tags =
            text.as_bytes().chunks(4096).enumerate().map(|(key, part)| (key.to_string(), value(part))).collect();
    }),
    ("requested model", |call, text| call.requested_model = text),
    ("path", |call, text| call.path = text),
];

/// Around the bounds of a text and of a record, and far above.
fn sizes() -> impl Iterator<Item = usize> {
    let near_a_record = (MIB - 1200..=MIB + 100).step_by(50);
    [0, 1023, 1024, 1025, 64 << 10, MIB / 2, 5 * MIB].into_iter().chain(near_a_record)
}

/// Serves one call, sends another and dies; what the next two starts find.
fn check(name: &str, size: usize, fill: Fill) {
    let world = World::new();
    let ledger = world.open();
    let limit = [budget(1, 1_000_000, WhenOver::Block)];
    let mut answered = world.begin(&ledger);
    fill(answered.details(), "x".repeat(size));
    let sent = world.hold(&mut answered, 100, &limit).unwrap().mark_sent();
    fill(answered.details(), "y".repeat(size));
    drop(sent.settle_with_call(settlement(90), answered));
    let mut open = world.begin(&ledger);
    fill(open.details(), "x".repeat(size));
    let sent = world.hold(&mut open, 200, &limit).unwrap().mark_sent();
    ledger.checkpoint().unwrap();
    let killed = world.killed();
    drop((sent, open, ledger));
    audit::read(&world.segments()).assert_closed();
    for abandoned in [1, 0] {
        let recovered = killed.open();
        let recovery = recovered.recovery();
        assert_eq!((recovery.unknown_attempts, recovery.unknown_calls), (abandoned, abandoned), "{name}, {size}");
        assert_eq!(recovered.balance(limit[0].charge).spent_nanos, 90 + 200, "{name}, {size}");
        drop(recovered);
        let books = audit::read(&killed.segments());
        books.assert_closed();
        assert_eq!((books.attempts.len(), books.calls.len()), (2, 2), "{name}, {size}");
    }
}

#[test]
fn a_call_with_texts_of_any_size_is_opened_settled_and_recorded_once() {
    for (name, fill) in FIELDS {
        sizes().for_each(|size| check(name, size, fill));
    }
}

#[test]
fn what_could_not_be_closed_is_not_opened() {
    let world = World::new();
    let ledger = world.open();
    let limits: Vec<_> = (0..40_000).map(|number| budget(number, 1_000_000, WhenOver::Block)).collect();
    let mut opened = 0;
    for count in (1000..40_000).step_by(1000) {
        let mut call = world.begin(&ledger);
        call.details().attribution.tags = vec![("k".repeat(1024), "v".repeat(1024)); 64];
        if let Ok(hold) = world.hold(&mut call, 1, &limits[..count]) {
            opened += 1;
            let settlement = glaux_ledger::Settlement { raw_usage: Some("u".repeat(64 << 10)), ..settlement(1) };
            drop(hold.mark_sent().settle_with_call(settlement, call));
        }
    }
    drop(ledger);
    let books = audit::read(&world.segments());
    books.assert_closed();
    assert!(opened > 2 && books.attempts.len() == opened, "{opened}");
}

#[test]
fn a_null_character_is_replaced_wherever_it_comes_in() {
    let world = World::new();
    let ledger = world.open();
    for (_, fill) in FIELDS {
        let mut call = world.begin(&ledger);
        fill(call.details(), "a\0\u{1}b".to_owned());
        let hold = world.hold(&mut call, 10, &[]).unwrap();
        let mut settlement = settlement(9);
        settlement.error_code = Some("\0".to_owned());
        settlement.upstream_request_id = Some("\0".repeat(1024));
        settlement.raw_usage = Some("\0".to_owned());
        call.details().dropped = vec!["\0".to_owned()];
        call.details().blocked_by = Some("\0".to_owned());
        drop(hold.mark_sent().settle_with_call(settlement, call));
    }
    let books = audit::read(&world.segments());
    let records = format!("{:?}", books.records);
    assert!(!records.contains("\\0"), "{records}");
    assert_eq!(records.matches("a\u{fffd}\\u{1}b").count(), 5 * 3 + 2 * 2, "{records}");
    let id = books.attempts[0].upstream_request_id.as_deref().unwrap();
    assert_eq!((id.len(), id.chars().all(|c| c == '\u{fffd}')), (1023, true));
}
