//! 1,000 callers at once on one hard budget, at providers of every character.

use std::sync::Arc;

use glaux_ledger::record::Status;
use glaux_llm::{Meter, ProviderKind, UsageBasis};
use glaux_routing::document::{BudgetAction, Policy, ProviderLimits};
use glaux_testkit::upstream::{ModelTally, ScriptedUpstream};
use http_body_util::BodyExt;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{
    books::Books,
    world::{Answer, World},
};

const CHAT: &str = "/v1/chat/completions";
const CALLERS: usize = 1000;
const CAP: i64 = 10_000_000;
/// Milliseconds to read on after a client has gone: more than a busy machine needs.
const PATIENT: u64 = 60_000;

/// What the callers do with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Whole,
    Stream,
    /// They hang up after the first piece of a stream.
    Beginning,
}

/// How the calls went, when all was quiet.
struct Ran {
    books: Books,
    /// Settlements above their hold, and by how many nano-dollars together.
    overruns: (usize, i64),
    /// What the provider has counted.
    tally: ModelTally,
}

impl Ran {
    /// What the provider's own count costs: 400 nano-dollars a token of input and 1,600 one of output.
    fn invoice(&self) -> i64 {
        i64::try_from(self.tally.input_tokens * 400 + self.tally.output_tokens * 1600).unwrap()
    }

    fn all_are(&self, basis: UsageBasis) -> bool {
        self.books.attempts.iter().all(|attempt| attempt.usage_basis == basis)
    }
}

/// 1,000 callers with two calls each, of 20 tokens of output at most, on a budget that about a tenth of them fit into.
async fn run(script: &str, reading: Reading, drain_timeout_ms: u64) -> Ran {
    allow_open_files();
    let mut world = World::start().await;
    let upstream = ScriptedUpstream::start().await;
    let limits = ProviderLimits { drain_timeout_ms, ..ProviderLimits::default() };
    world.add_provider(ProviderKind::OpenAi, upstream.v1(), limits);
    world.add_model_of(ProviderKind::OpenAi, script);
    world.add_budget("0.010000", BudgetAction::Block);
    world.assign("chatbot", &[&format!("openai/{script}")], Policy { retries: 0, ..Policy::default() });
    let world = Arc::new(world);
    let callers: Vec<_> = (0..CALLERS).map(|_| tokio::spawn(call_twice(Arc::clone(&world), reading))).collect();
    let mut answered = 0;
    for caller in callers {
        answered += caller.await.unwrap();
    }

    let books = world.books().await;
    let tally = upstream.tally().total();
    assert_eq!((books.calls.len(), books.attempts.len()), (2 * CALLERS, answered));
    assert_eq!(books.count(Status::Blocked), 2 * CALLERS - answered);
    assert!(answered > 0 && books.count(Status::Blocked) > 0, "{answered} of {} calls were let through", 2 * CALLERS);
    assert_eq!(tally.requests, answered as u64);
    let overruns = books.assert_overruns_told(&world.ledger);
    assert!(books.most_committed <= CAP, "a hold was opened beyond the budget: {}", books.most_committed);
    assert!(books.cost() <= CAP + overruns.1, "{} spent, of which {} are overruns", books.cost(), overruns.1);
    Ran { books, overruns, tally }
}

/// Both ends of 1,000 connections are more files than a shell commonly allows a program at first.
fn allow_open_files() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).unwrap();
}

/// How many of them were let through.
async fn call_twice(world: Arc<World>, reading: Reading) -> usize {
    let more = if reading == Reading::Whole { "" } else { r#","stream":true"# };
    let body = format!(
        r#"{{"model":"chatbot","max_completion_tokens":20,"messages":[{{"role":"user","content":"hello"}}]{more}}}"#
    );
    let mut answered = 0;
    for _ in 0..2 {
        let mut response = world.begin(CHAT, &body, &[]).await;
        match response.status().as_u16() {
            200 if reading == Reading::Beginning => drop(response.body_mut().frame().await.unwrap().unwrap()),
            200 => drop(Answer::read(response).await.unwrap()),
            402 => {
                let answer = Answer::read(response).await.unwrap().body;
                assert!(["budget_exceeded", "spent", "held", "available"].iter().all(|word| answer.contains(word)));
                continue;
            }
            other => panic!("{other}"),
        }
        answered += 1;
    }
    answered
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn honest_providers_never_take_more_than_the_budget() {
    for reading in [Reading::Whole, Reading::Stream, Reading::Beginning] {
        let ran = run("out=20,events=4,first=20,delay=1", reading, PATIENT).await;
        assert!(ran.books.cost() <= CAP, "{reading:?}: {}", ran.books.cost());
        assert_eq!((ran.overruns.0, ran.books.cost()), (0, ran.invoice()), "{reading:?}");
        assert!(ran.all_are(UsageBasis::Reported), "{reading:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_beyond_the_limit_is_an_overrun_and_counted_exactly() {
    for reading in [Reading::Whole, Reading::Stream] {
        let ran = run("out=200,events=4,first=20", reading, PATIENT).await;
        assert_eq!((ran.overruns.0, ran.books.cost()), (ran.books.attempts.len(), ran.invoice()), "{reading:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_provider_claims_is_what_is_charged() {
    for (told, overruns) in [(500, true), (2, false)] {
        let ran = run(&format!("in=19,out=20,told={told},first=20"), Reading::Whole, PATIENT).await;
        let answered = ran.books.attempts.len();
        assert_eq!(ran.overruns.0, if overruns { answered } else { 0 }, "{told}");
        let claimed = answered as u64 * (19 * 400 + told * 1600);
        assert_eq!(ran.books.cost(), i64::try_from(claimed).unwrap(), "{told}");
        assert!(ran.all_are(UsageBasis::Reported), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn usage_that_is_not_told_is_estimated() {
    let ran = run("out=20,untold,first=20", Reading::Whole, PATIENT).await;
    assert!(ran.all_are(UsageBasis::Estimated));
    assert_eq!(ran.overruns.0, 0);
    assert!(ran.books.attempts.iter().all(|attempt| attempt.cost.nanos > 0));

    let ran = run("out=200,events=200,untold,first=20", Reading::Stream, PATIENT).await;
    assert!(ran.all_are(UsageBasis::Estimated));
    assert_eq!(ran.overruns.0, ran.books.attempts.len());
    // Never less than a token for each event.
    assert!(ran.books.attempts.iter().all(|attempt| attempt.usage.get(Meter::OutputTokens) >= 200));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_ignores_the_cancel_is_read_to_its_usage() {
    for (tokens, overruns) in [(20, false), (200, true)] {
        let script = format!("out={tokens},events=10,first=20,delay=2,ignore-cancel");
        let ran = run(&script, Reading::Beginning, PATIENT).await;
        assert_eq!(ran.overruns.0, if overruns { ran.books.attempts.len() } else { 0 }, "{tokens}");
        assert_eq!(ran.books.cost(), ran.invoice(), "{tokens}");
        assert!(ran.books.count(Status::Cancelled) > 0, "{tokens}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_provider_that_ignores_the_cancel_and_is_not_waited_for_stays_within_what_was_held() {
    let ran = run("out=20,events=10,first=20,delay=5,ignore-cancel", Reading::Beginning, 0).await;
    assert_eq!(ran.overruns.0, 0);
    assert!(ran.books.cost() <= CAP && ran.all_are(UsageBasis::Estimated));
    assert!(ran.books.attempts.iter().all(|attempt| attempt.status == Status::Cancelled && attempt.cost.nanos > 0));
}
