//! Processor time per ledger entry for projection into SQLite: rows, balances and roll-ups.
//!
//! `cargo run --release -p glaux-ledger-store --example projection [calls]`. Each call is two entries: one attempt and
//! one call. Holds are read and skipped; their share is part of the figure. Time is that of the whole process in user
//! and kernel mode, as Linux counts it, less what making the segments took.

#![expect(clippy::print_stdout, reason = "the figure is what it is for")]

use std::{error::Error, sync::Arc, time::Duration};

use glaux_kernel::{
    ApplicationId, AttemptId, BudgetId, CallId, Clock, Environment, FeatureId, HoldId, KeyId, ModelId, OrganizationId,
    PriceRuleId, ProviderId, Rng, Timestamp,
};
use glaux_ledger::{
    BudgetLimit, DataDirectory, Ledger, OpenHold, Options, Settlement, WhenOver,
    record::{Attribution, Call, Charge, Cost, CostLine, MeterName, Purpose, Status, Target},
};
use glaux_ledger_store::Projector;
use glaux_llm::{Meter, ServiceTier, Usage, UsageBasis};
use glaux_testkit::{clock::ManualClock, database::TestDatabase, rng::SeededRng};
use uuid::Uuid;

/// As in the server.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let calls = std::env::args().nth(1).map_or(Ok(100_000), |text| text.parse::<u32>())?;
    let home = tempfile::tempdir()?;
    let clock = Arc::new(ManualClock::at("2026-11-21T00:00:00Z"));
    let rng = SeededRng::new(1);
    let directory = Arc::new(DataDirectory::open(home.path(), &*clock, &rng)?);
    let ledger = Ledger::open(directory, &Options::default(), clock.clone())?;
    for _ in 0..calls {
        serve(&ledger, &clock, &rng)?;
    }
    let database = TestDatabase::sqlite().await;
    let mut projector = Projector::new(database.db().clone(), ledger.tail(), ledger.node(), clock);
    let before = processor_time()?;
    projector.catch_up().await?;
    let spent = processor_time()? - before;
    let entries = projector.watch().get().entries;
    let micros = spent.as_secs_f64() * 1e6 / f64::from(u32::try_from(entries)?);
    println!("{entries} entries, {spent:?} of processor time: {micros:.2} µs per entry");
    Ok(())
}

/// 50 calls a second by 20 keys for 5 features at 4 models, under three budgets.
fn serve(ledger: &Ledger, clock: &ManualClock, rng: &SeededRng) -> Result<(), Box<dyn Error>> {
    clock.advance(Duration::from_millis(20));
    let now = clock.now();
    let pick = |end: u64| u128::from(1 + rng.next_u64() % end);
    let budgets: Vec<_> = (1..=3).map(|number| budget(number, now)).collect();
    let mut call = ledger.open_call(call(now, rng, pick(20), pick(5)));
    let model = pick(4);
    let hold = call.open_hold(OpenHold {
        hold: HoldId::new(now, rng),
        attempt: AttemptId::new(now, rng),
        target: Target {
            provider: ProviderId::from_uuid(Uuid::from_u128(1)),
            model: ModelId::from_uuid(Uuid::from_u128(model)),
            model_name: format!("acme/model-{model}"),
        },
        nanos: 1_000_000,
        bound: Usage::default().with(Meter::InputTokens, 1000).with(Meter::OutputTokens, 1000),
        unpriced: None,
        budgets: &budgets,
    })?;
    call.details().status = Status::Success;
    call.details().duration_micros = 200_000 + rng.next_u64() % 3_000_000;
    drop(hold.mark_sent().settle_with_call(settlement(pick(1000), pick(500))?, call));
    Ok(())
}

fn budget(number: u128, now: Timestamp) -> BudgetLimit {
    let budget = BudgetId::from_uuid(Uuid::from_u128(number));
    let period_start = now.floor(Duration::from_secs(86_400));
    BudgetLimit {
        charge: Charge { budget, period_start },
        amount_nanos: i64::MAX,
        when_over: WhenOver::Block,
        thresholds: Arc::new([]),
    }
}

fn call(now: Timestamp, rng: &SeededRng, key: u128, feature: u128) -> Call {
    Call {
        call: CallId::new(now, rng),
        at: now,
        status: Status::Cancelled,
        http_status: 200,
        error_code: None,
        attribution: Attribution {
            organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
            application: ApplicationId::from_uuid(Uuid::from_u128(1)),
            key: KeyId::from_uuid(Uuid::from_u128(key)),
            environment: Environment::Production,
            feature: Some(FeatureId::from_uuid(Uuid::from_u128(feature))),
            user: Some(format!("user-{key}")),
            session: None,
            tags: Vec::new(),
            purpose: Purpose::Call,
        },
        requested_model: "chatbot".to_owned(),
        path: "/v1/chat/completions".to_owned(),
        stream: false,
        attempts: 0,
        cached: false,
        first_byte_micros: Some(150_000),
        duration_micros: 0,
        journal_seq: 7,
        traceparent: None,
        cost_nanos: 0,
        blocked_by: None,
        dropped: Vec::new(),
    }
}

fn settlement(input: u128, output: u128) -> Result<Settlement, Box<dyn Error>> {
    let (input, output) = (u64::try_from(input)?, u64::try_from(output)?);
    let line = |meter, quantity, femtos| CostLine {
        rule: PriceRuleId::from_uuid(Uuid::nil()),
        meter: MeterName(meter),
        quantity,
        femtos,
    };
    let lines = vec![line(Meter::InputTokens, input, 400_000_000), line(Meter::OutputTokens, output, 1_600_000_000)];
    Ok(Settlement {
        status: Status::Success,
        upstream_status: Some(200),
        error_code: None,
        usage: Usage::default().with(Meter::InputTokens, input).with(Meter::OutputTokens, output),
        usage_basis: UsageBasis::Reported,
        raw_usage: Some(format!(r#"{{"prompt_tokens":{input},"completion_tokens":{output}}}"#)),
        service_tier: ServiceTier::Standard,
        cost: Cost { nanos: i64::try_from(input * 400 + output * 1600)?, unpriced: None, lines },
        first_byte_micros: Some(140_000),
        duration_micros: 900_000,
        upstream_request_id: Some("req_0123456789abcdef".to_owned()),
    })
}

/// User and kernel time of this process: fields 14 and 15 of `/proc/self/stat`, in ticks of 10 ms.
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace()).ok_or("no such fields")?;
    let ticks: u64 = fields.skip(11).take(2).map(str::parse::<u64>).sum::<Result<_, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}
