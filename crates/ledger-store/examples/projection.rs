//! Processor time per ledger entry for projection into SQLite: rows, balances and roll-ups.
//!
//! `cargo run --release -p glaux-ledger-store --example projection [calls]`. Each call is two entries: one attempt and
//! one call. Holds are read and skipped; their share is part of the figure. Time is that of the whole process in user
//! and kernel mode, as Linux counts it, less what making the segments took.

#![expect(clippy::print_stdout, reason = "the figure is what it is for")]

mod workload;

use std::{error::Error, sync::Arc, time::Duration};

use glaux_kernel::{AttemptId, Clock, HoldId, ModelId, ProviderId, Rng};
use glaux_ledger::{
    DataDirectory, Ledger, OpenHold, Options,
    record::{Status, Target},
};
use glaux_ledger_store::Projector;
use glaux_llm::{Meter, Usage};
use glaux_testkit::{clock::ManualClock, database::TestDatabase, rng::SeededRng};
use uuid::Uuid;

use self::workload::{budget, call, settlement};

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

/// User and kernel time of this process: fields 14 and 15 of `/proc/self/stat`, in ticks of 10 ms.
fn processor_time() -> Result<Duration, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields = stat.rsplit_once(')').map(|(_, rest)| rest.split_whitespace()).ok_or("no such fields")?;
    let ticks: u64 = fields.skip(11).take(2).map(str::parse::<u64>).sum::<Result<_, _>>()?;
    Ok(Duration::from_millis(ticks * 10))
}
