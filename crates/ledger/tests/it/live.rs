use std::time::Duration;

use glaux_kernel::OrganizationId;
use glaux_ledger::{OpenCall, WhenOver};

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

#[test]
fn open_calls_are_the_oldest_of_one_organization() {
    let world = World::new();
    let ledger = world.open();
    let other = OrganizationId::from_uuid(uuid::Uuid::from_u128(9));
    let open = |organization: OrganizationId, nanos: i64| {
        world.clock.advance(Duration::from_secs(1));
        let mut call = world.call();
        call.attribution.organization = organization;
        let mut call = ledger.open_call(call);
        let hold = world.hold(&mut call, nanos, &[]).unwrap();
        (call, hold)
    };
    let (mut first, hold) = open(OrganizationId::PLATFORM, 1);
    // Another attempt, while the one before is not settled yet.
    let again = world.hold(&mut first, 10, &[]).unwrap();
    let rest = [open(other, 2), open(OrganizationId::PLATFORM, 3), open(OrganizationId::PLATFORM, 4)];
    world.clock.advance(Duration::from_secs(60));

    let seen = |organization: OrganizationId, most: usize| {
        let calls = ledger.open_calls(organization, most).into_iter();
        calls.map(|call| (call.opened.call, call.held_nanos, call.age.as_secs())).collect::<Vec<_>>()
    };
    let [second, third, fourth] = [0, 1, 2].map(|place: usize| OpenCall::id(&rest[place].0));
    let platform = [(first.id(), 11, 63), (third, 3, 61), (fourth, 4, 60)];
    assert_eq!(seen(OrganizationId::PLATFORM, 50), platform);
    assert_eq!(seen(OrganizationId::PLATFORM, 2), platform[..2]);
    assert_eq!(seen(other, 50), [(second, 2, 62)]);
    drop((hold, again, first, rest));
    assert_eq!(seen(OrganizationId::PLATFORM, 50), []);
}
