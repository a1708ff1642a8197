//! Calls that are cut off at each of their points: their clients hang up, their runtime ends, or their process is killed.
//!
//! A killed process is a copy of its data directory, taken in that moment and opened again.

mod knife;

use glaux_ledger::{CommitMode, Tail, record::Status};
use glaux_llm::UsageBasis;
use glaux_routing::document::{BudgetAction, Policy, ProviderLimits};
use glaux_testkit::rng::SeededRng;

use self::knife::{Cut, Knife, Moment};
use crate::{
    books::Books,
    shape::Shape,
    world::{Answer, open_ledger},
};

const CHAT: &str = "/v1/chat/completions";
const EVERY_CUT: [Cut; 3] = [Cut::Call, Cut::CallThenRuntime, Cut::Runtime];

/// Cuts a call of that shape at its first point, at its second, and so on until it has no more; says how many it had.
fn cut_everywhere(shape: &Shape, before: Before) -> u64 {
    cut_everywhere_by(&EVERY_CUT, shape, before)
}

fn cut_everywhere_by(cuts: &[Cut], shape: &Shape, before: Before) -> u64 {
    let mut points = 0;
    for cut in cuts {
        let mut place = 0;
        while cut_at(shape, before, *cut, place) {
            place += 1;
            assert!(place < 1000, "the call never ends: {shape:?}");
        }
        points = place.max(points);
    }
    points
}

/// What is done beside the call that is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Before {
    Nothing,
    /// The same call has been answered.
    Answered,
    /// The same call is under way.
    UnderWay,
}

/// Whether there was such a point.
fn cut_at(shape: &Shape, before: Before, cut: Cut, place: u64) -> bool {
    let told = format!("{cut:?} at {place}: {shape:?}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (world, knife, answer) = runtime.block_on(async {
        let (mut world, upstream) = shape.start().await;
        let open = world.address;
        if before == Before::Answered {
            world.send(CHAT, &shape.body()).await;
        }
        let knife = Knife::new(cut, place, world.directory(), upstream);
        world.address = knife.listen(&world.gateway).await;
        let body = shape.body();
        let beside = async {
            if before == Before::UnderWay {
                drop(world.try_begin_at(open, CHAT, &body, &[]).await);
            }
        };
        let call = async {
            let response = world.try_begin(CHAT, &body, &[]).await.ok()?;
            Answer::read(response).await.ok()
        };
        let calls = async { futures::join!(beside, call).1 };
        let answer = tokio::select! {
            answer = calls => answer,
            () = knife.has_cut.notified(), if cut != Cut::Call => None,
        };
        if cut == Cut::Call || knife.moment().is_none() {
            world.quiet().await;
        }
        (world, knife, answer)
    });
    drop(runtime);

    let calls = if before == Before::Nothing { 1 } else { 2 };
    let books = Books::read(&world.ledger.tail());
    books.assert_closed();
    books.assert_balances(&world.ledger);
    assert_eq!(books.calls.len(), calls, "{told}");
    assert!(knife.requests() <= books.attempts.iter().filter(|attempt| !attempt.released).count() as u64, "{told}");
    if let Some(answer) = &answer {
        let id = answer.headers["x-glaux-request-id"].to_str().unwrap();
        assert_eq!(books.calls.iter().filter(|call| call.call.to_string() == id).count(), 1, "{told}");
    }
    let Some(moment) = knife.moment() else {
        assert!(answer.is_some(), "{told}");
        return false;
    };
    check_killed(moment, shape, &told);
    let directory = world.stop();
    let ledger = open_ledger(directory.path(), &shape.ledger());
    assert_eq!((ledger.recovery().unknown_attempts, ledger.recovery().unknown_calls), (0, 0), "{told}");
    books.assert_balances(&ledger);
    true
}

/// A start after a kill in that moment closes the books: what was open is settled once, as unknown and at its bound.
fn check_killed(moment: &Moment, shape: &Shape, told: &str) {
    let left = Books::read(&Tail::at_rest(&moment.directory.path().join("ledger")));
    assert!(left.open.len() + left.attempts.len() >= moment.requests as usize, "sent without a hold: {told}");
    if moment.ended {
        assert!(left.calls.iter().any(|call| call.status != Status::Cancelled), "answered and not recorded: {told}");
    }

    let ledger = open_ledger(moment.directory.path(), &shape.ledger());
    assert_eq!(ledger.recovery().unknown_attempts, left.open.len() as u64, "{told}");
    let after = Books::read(&ledger.tail());
    after.assert_closed();
    after.assert_balances(&ledger);
    let (kept, unknown) = after.attempts.split_at(left.attempts.len());
    assert_eq!((kept, unknown.len()), (&left.attempts[..], left.open.len()), "{told}");
    for attempt in unknown {
        assert_eq!((attempt.status, attempt.usage_basis), (Status::Unknown, UsageBasis::Bound), "{told}");
        assert_eq!(attempt.cost.nanos, left.open[&attempt.hold].nanos, "{told}");
    }
    let (kept, unknown) = after.calls.split_at(left.calls.len());
    assert_eq!(kept, &left.calls[..], "{told}");
    assert!(unknown.iter().all(|call| call.status == Status::Unknown), "{told}");
    drop(ledger);

    let again = open_ledger(moment.directory.path(), &shape.ledger());
    assert_eq!((again.recovery().unknown_attempts, again.recovery().unknown_calls), (0, 0), "{told}");
    assert_eq!(Books::read(&again.tail()).attempts, after.attempts, "{told}");
}

#[test]
fn whole_answers() {
    assert!(cut_everywhere(&Shape::of(&["first=2"]), Before::Nothing) > 2);
    let long = Shape { commit: CommitMode::Power, prompt: 300_000, ..Shape::of(&["first=2"]) };
    assert!(cut_everywhere(&long, Before::Nothing) > 4);
}

#[test]
fn streams() {
    for commit in [CommitMode::Process, CommitMode::Power] {
        let shape = Shape { commit, ..Shape::streamed(&["out=6,events=6,delay=2"]) };
        assert!(cut_everywhere(&shape, Before::Nothing) > 8);
    }
}

#[test]
fn answers_that_break() {
    for shape in [
        Shape::of(&["cut=20"]),
        Shape::of(&["lie=10"]),
        Shape::of(&["first=60000"]),
        Shape::streamed(&["reset=2,delay=1"]),
        Shape::streamed(&["stall=2,delay=1"]),
        Shape::streamed(&["garbled=2,delay=1"]),
    ] {
        let limits = ProviderLimits { first_byte_timeout_ms: 30, idle_timeout_ms: 30, ..shape.limits };
        assert!(cut_everywhere(&Shape { limits, ..shape }, Before::Nothing) > 1);
    }
}

#[test]
fn retries_and_fail_over() {
    let policy = Policy { retries: 2, retry_backoff_ms: 2, retry_budget_percent: 100, ..Policy::default() };
    for shape in [Shape::of(&["status=500", "out=5"]), Shape::streamed(&["cut", "status=429", "out=5,delay=1"])] {
        let shape = Shape { policy: policy.clone(), commit: CommitMode::Power, ..shape };
        assert!(cut_everywhere(&shape, Before::Nothing) > 8);
    }
}

#[test]
fn calls_that_wait_for_a_place() {
    let shape = Shape::of(&["first=20"]);
    let limits = ProviderLimits { concurrency: Some(1), ..shape.limits };
    assert!(cut_everywhere(&Shape { limits, ..shape }, Before::UnderWay) > 2);
}

#[test]
fn calls_that_are_refused_or_answered_from_the_cache() {
    let refused = Shape { dollars: "0.000001", prompt: 300_000, ..Shape::of(&["out=5"]) };
    assert!(cut_everywhere(&refused, Before::Nothing) > 1);
    let policy = Policy { cache_ttl_seconds: 60, ..Policy::default() };
    assert!(cut_everywhere(&Shape { policy, prompt: 300_000, ..Shape::of(&["out=5"]) }, Before::Answered) > 1);
}

#[test]
fn calls_that_are_slowed() {
    let shape = Shape { dollars: "0.000001", action: BudgetAction::Throttle, ..Shape::of(&["out=5"]) };
    // Each takes a second.
    assert!(cut_everywhere_by(&[Cut::Runtime], &shape, Before::Nothing) > 1);
}

mod soak {
    use super::*;

    /// Takes minutes: `make soak`.
    #[test]
    fn any_call_cut_at_any_of_its_points() {
        if !crate::is_soaking() {
            return;
        }
        let points: u64 =
            (0..100).map(|seed| cut_everywhere(&Shape::random(&SeededRng::new(seed)), Before::Nothing)).sum();
        assert!(points > 100);
    }
}
