//! How long a page of the list of calls takes, and the bars above it, with a million rows in SQLite.
//!
//! `cargo run --release -p glaux-ledger-store --example calls [calls] [days]`. Of each filter: the median and the longest
//! of 20 requests for the first 50 calls, with how many requests it takes to look through all; and the same for 96 bars.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

mod workload;

use std::{error::Error, sync::Arc, time::Duration};

use glaux_kernel::{
    AttemptId, Clock, Environment, FeatureId, HoldId, KeyId, ModelId, OrganizationId, PageRequest, ProviderId, Rng,
    Timestamp,
};
use glaux_ledger::{
    DataDirectory, Ledger, OpenCall, OpenHold, Options, SentHold,
    record::{Status, Target},
};
use glaux_ledger_store::{CallFilter, PAGE_EFFORT, Projector, TextSearch, VolumeQuery, count_calls, list_calls};
use glaux_llm::{Meter, Usage};
use glaux_store::OrgRead;
use glaux_testkit::{clock::ManualClock, database::TestDatabase, rng::SeededRng};
use tokio::time::Instant;
use uuid::Uuid;

use self::workload::{budget, call, settlement};

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const START: &str = "2026-11-14T00:00:00Z";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let calls = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse::<u32>())?;
    let days = std::env::args().nth(2).map_or(Ok(7), |text| text.parse::<u32>())?;
    let home = tempfile::tempdir()?;
    let clock = Arc::new(ManualClock::at(START));
    let rng = SeededRng::new(1);
    let directory = Arc::new(DataDirectory::open(home.path(), &*clock, &rng)?);
    let ledger = Ledger::open(directory, &Options::default(), clock.clone())?;
    let database = TestDatabase::sqlite().await;
    let mut projector = Projector::new(database.db().clone(), ledger.tail(), ledger.node(), clock.clone());
    let step = Duration::from_secs(86_400) * days / calls;
    for number in 0..calls {
        clock.advance(step);
        serve(&ledger, &clock, &rng, number)?;
        if number % 20_000 == 0 {
            projector.catch_up().await?;
        }
    }
    projector.catch_up().await?;
    let mut tx = database.db().organization(OrganizationId::from_uuid(Uuid::from_u128(1))).read().await?;
    println!("{calls} calls over {days} days");
    println!("| filter | median ms | longest ms | calls | requests | bars: median ms |");
    println!("|---|---|---|---|---|---|");
    for (name, filter) in filters(clock.now()) {
        measure(&mut tx, name, &filter).await?;
    }
    Ok(())
}

/// By 20 keys, of which two are in staging, for 5 features at 4 models of 2 providers; 2 % retried, 5 % from the cache, 3 %
/// failed, 1 in 10,000 timed out; and a feature that is called 1 in 20,000 times.
fn serve(ledger: &Ledger, clock: &ManualClock, rng: &SeededRng, number: u32) -> Result<(), Box<dyn Error>> {
    let now = clock.now();
    let pick = |end: u64| u128::from(1 + rng.next_u64() % end);
    let key = pick(20);
    let mut new = call(now, rng, key, if number.is_multiple_of(20_000) { 99 } else { pick(5) });
    if key > 18 {
        new.attribution.environment = Environment::Staging;
    }
    new.attribution.user = Some(format!("user-{}", pick(20_000)));
    new.duration_micros = 200_000 + rng.next_u64() % 3_000_000;
    let mut open = ledger.open_call(new);
    let share = rng.next_u64() % 10_000;
    if share < 500 {
        (open.details().status, open.details().cached) = (Status::Success, true);
        drop(open.record());
        return Ok(());
    }
    let status = match share {
        500 => Status::Timeout,
        501..800 => Status::Error,
        _ => Status::Success,
    };
    if share >= 9_800 {
        drop(send(&mut open, now, rng, pick(4))?.settle_at_bound(Status::Error, None));
    }
    let sent = send(&mut open, now, rng, pick(4))?;
    open.details().status = status;
    if status != Status::Success {
        open.details().error_code = Some("upstream_failed".to_owned());
    }
    let settled = glaux_ledger::Settlement { status, ..settlement(pick(1000), pick(500))? };
    drop(sent.settle_with_call(settled, open));
    Ok(())
}

fn send(call: &mut OpenCall, now: Timestamp, rng: &SeededRng, model: u128) -> Result<SentHold, Box<dyn Error>> {
    let hold = call.open_hold(OpenHold {
        hold: HoldId::new(now, rng),
        attempt: AttemptId::new(now, rng),
        target: Target {
            provider: ProviderId::from_uuid(Uuid::from_u128(1 + model % 2)),
            model: ModelId::from_uuid(Uuid::from_u128(model)),
            model_name: format!("acme/model-{model}"),
        },
        nanos: 1_000_000,
        bound: Usage::default().with(Meter::InputTokens, 1000).with(Meter::OutputTokens, 1000),
        unpriced: None,
        budgets: &[budget(1, now)],
    })?;
    Ok(hold.mark_sent())
}

fn filters(now: Timestamp) -> Vec<(&'static str, CallFilter)> {
    let all = || CallFilter { from: START.parse().unwrap_or_default(), to: now, ..CallFilter::default() };
    let feature = |number| Some(FeatureId::from_uuid(Uuid::from_u128(number)));
    let key = Some(KeyId::from_uuid(Uuid::from_u128(3)));
    let model = Some(ModelId::from_uuid(Uuid::from_u128(2)));
    let provider = Some(ProviderId::from_uuid(Uuid::from_u128(1)));
    let (production, staging) = (Some(Environment::Production), Some(Environment::Staging));
    let text = |text: &str| Some(TextSearch { text: text.to_owned(), features: Vec::new() });
    vec![
        ("none", all()),
        ("environment production", CallFilter { environment: production, ..all() }),
        ("environment staging", CallFilter { environment: staging, ..all() }),
        ("environment development, no call", CallFilter { environment: Some(Environment::Development), ..all() }),
        ("status success", CallFilter { statuses: vec![Status::Success], ..all() }),
        ("status error, 3 %", CallFilter { statuses: vec![Status::Error], ..all() }),
        ("status timeout, 0.01 %", CallFilter { statuses: vec![Status::Timeout], ..all() }),
        ("status blocked, no call", CallFilter { statuses: vec![Status::Blocked], ..all() }),
        ("feature, 20 %", CallFilter { feature: feature(2), ..all() }),
        ("feature, 0.005 %", CallFilter { feature: feature(99), ..all() }),
        ("feature, no call", CallFilter { feature: feature(98), ..all() }),
        ("model", CallFilter { model, ..all() }),
        ("provider", CallFilter { provider, ..all() }),
        ("key", CallFilter { key, ..all() }),
        ("cached", CallFilter { cached: Some(true), ..all() }),
        ("not cached", CallFilter { cached: Some(false), ..all() }),
        ("feature, model, key", CallFilter { feature: feature(2), model, key, ..all() }),
        ("feature, timeout", CallFilter { feature: feature(2), statuses: vec![Status::Timeout], ..all() }),
        ("rare feature, staging", CallFilter { feature: feature(99), environment: staging, ..all() }),
        ("rare feature, error", CallFilter { feature: feature(99), statuses: vec![Status::Error], ..all() }),
        (
            "feature, model, key, error",
            CallFilter { feature: feature(2), model, key, statuses: vec![Status::Error], ..all() },
        ),
        ("retried", CallFilter { retried: Some(true), ..all() }),
        ("retried, key", CallFilter { retried: Some(true), key, ..all() }),
        ("user, 0.005 %", CallFilter { user: Some("user-77".to_owned()), ..all() }),
        ("user, feature", CallFilter { user: Some("user-77".to_owned()), feature: feature(2), ..all() }),
        ("at least 3 s, 7 %", CallFilter { min_duration_micros: Some(3_000_000), ..all() }),
        ("at least 10 s, no call", CallFilter { min_duration_micros: Some(10_000_000), ..all() }),
        ("at least 0.0011 USD, 0.3 %", CallFilter { min_cost_nanos: Some(1_100_000), ..all() }),
        ("text upstream_failed", CallFilter { text: text("upstream_failed"), ..all() }),
        ("text, no call", CallFilter { text: text("nothing has this"), ..all() }),
    ]
}

async fn measure(tx: &mut OrgRead, name: &str, filter: &CallFilter) -> Result<(), Box<dyn Error>> {
    let mut page = PageRequest { limit: 50, cursor: None };
    let (mut times, mut found) = (Vec::new(), 0);
    for _ in 0..20 {
        let started = Instant::now();
        found = list_calls(tx, filter, &page, PAGE_EFFORT).await?.items.len();
        times.push(started.elapsed());
    }
    let (mut requests, mut calls) = (0, 0);
    while calls < 50 {
        let next = list_calls(tx, filter, &page, PAGE_EFFORT).await?;
        (requests, calls) = (requests + 1, calls + next.items.len());
        match next.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => break,
        }
    }
    let mut bars = Vec::new();
    for _ in 0..20 {
        let started = Instant::now();
        count_calls(tx, &VolumeQuery { filter: filter.clone(), bars: 96 }).await?;
        bars.push(started.elapsed());
    }
    let millis = |time: Duration| time.as_secs_f64() * 1000.0;
    times.sort_unstable();
    bars.sort_unstable();
    let (median, longest, bars) = (millis(times[10]), millis(times[19]), millis(bars[10]));
    println!("| {name} | {median:.1} | {longest:.1} | {found} of {calls} | {requests} | {bars:.1} |");
    Ok(())
}
