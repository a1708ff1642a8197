use std::time::Duration;

use glaux_ledger::WhenOver;

use crate::support::{World, budget};

#[test]
fn live_status_shows_calls_targets_and_holds() {
    let world = World::new();
    let ledger = world.open();
    let limit = [budget(1, 1000, WhenOver::Block)];
    let mut first = world.begin(&ledger);
    let hold = world.hold(&mut first, 10, &limit).unwrap();
    world.clock.advance(Duration::from_secs(5));
    let mut second = world.begin(&ledger);
    let sent = world.hold(&mut second, 30, &limit).unwrap().mark_sent();
    let live = ledger.live();
    assert_eq!((live.calls, live.targets.len()), (2, 1));
    let target = &live.targets[0];
    assert_eq!((target.model_name.as_str(), target.attempts, target.held_nanos), ("sandbox/echo", 2, 40));
    assert!(target.oldest >= Duration::from_secs(5));
    let holds = ledger.holds_on(limit[0].charge.budget);
    let seen: Vec<_> = holds.iter().map(|hold| (hold.hold, hold.call, hold.nanos)).collect();
    assert_eq!(seen, [(hold.id(), first.id(), 10), (sent.id(), second.id(), 30)]);
    drop((hold, sent, first, second));
    assert_eq!(ledger.live(), glaux_ledger::Live::default());
}
