//! Fills the ledger of a program that is not running with calls, for measurements of what reads them.
//!
//! `cargo run --release -p glaux-ledger-store --example fill <data directory> <calls> <from> <to>`, with who calls what on
//! the standard input: `{"organization":"org_…","application":"app_…","keys":["key_…"],"features":["feat_…"],
//! "models":[{"id":"model_…","provider":"prov_…","name":"acme/large"}],"budget":"bud_…"}`, a daily budget above all of
//! them. The program carries the calls into its database when it starts.

#![expect(clippy::print_stdout, reason = "what it did is for whoever started it")]

mod workload;

use std::{error::Error, path::Path, sync::Arc};

use glaux_kernel::{
    ApplicationId, AttemptId, BudgetId, Clock, Environment, FeatureId, HoldId, KeyId, ModelId, OrganizationId,
    ProviderId, Rng, Timestamp,
};
use glaux_ledger::{
    BudgetLimit, DataDirectory, Ledger, OpenHold, Options,
    record::{Call, Charge, Status, Target},
};
use glaux_llm::{Meter, Usage};
use glaux_testkit::{clock::ManualClock, rng::SeededRng};
use serde::Deserialize;

use self::workload::{budget, call, settlement};

#[derive(Deserialize)]
struct World {
    organization: OrganizationId,
    application: ApplicationId,
    keys: Vec<KeyId>,
    features: Vec<FeatureId>,
    models: Vec<Model>,
    budget: BudgetId,
}

#[derive(Deserialize)]
struct Model {
    id: ModelId,
    provider: ProviderId,
    name: String,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, calls, from, to] = arguments.as_slice() else {
        return Err("name a data directory, how many calls, and from when to when".into());
    };
    let world: World = serde_json::from_reader(std::io::stdin())?;
    let (calls, end) = (calls.parse::<u32>()?, to.parse::<Timestamp>()?);
    let clock = Arc::new(ManualClock::at(from));
    let rng = SeededRng::new(end.as_micros().cast_unsigned());
    let step = end.since(clock.now()) / calls;
    let data = Arc::new(DataDirectory::open(Path::new(directory), &*clock, &rng)?);
    let ledger = Ledger::open(data, &Options::default(), clock.clone())?;
    for _ in 0..calls {
        clock.advance(step);
        serve(&ledger, &world, clock.now(), &rng)?;
    }
    println!("{calls} calls");
    Ok(())
}

/// 5 % are answered from the cache, 3 % fail, 1 in 10,000 times out.
fn serve(ledger: &Ledger, world: &World, now: Timestamp, rng: &SeededRng) -> Result<(), Box<dyn Error>> {
    let share = rng.next_u64() % 10_000;
    let mut open =
        ledger.open_call(Call { duration_micros: 200_000 + rng.next_u64() % 3_000_000, ..of(world, now, rng)? });
    if share < 500 {
        (open.details().status, open.details().cached) = (Status::Success, true);
        drop(open.record());
        return Ok(());
    }
    let model = any(&world.models, rng)?;
    let limit = budget(1, now);
    let hold = open.open_hold(OpenHold {
        hold: HoldId::new(now, rng),
        attempt: AttemptId::new(now, rng),
        target: Target { provider: model.provider, model: model.id, model_name: model.name.clone() },
        nanos: 1_000_000,
        bound: Usage::default().with(Meter::InputTokens, 1000).with(Meter::OutputTokens, 1000),
        unpriced: None,
        budgets: &[BudgetLimit { charge: Charge { budget: world.budget, ..limit.charge }, ..limit }],
    })?;
    let status = match share {
        500 => Status::Timeout,
        501..800 => Status::Error,
        _ => Status::Success,
    };
    open.details().status = status;
    if status != Status::Success {
        (open.details().http_status, open.details().error_code) = (502, Some("upstream_failed".to_owned()));
    }
    let pick = |end: u64| u128::from(1 + rng.next_u64() % end);
    let settled = glaux_ledger::Settlement { status, ..settlement(pick(1000), pick(500))? };
    drop(hold.mark_sent().settle_with_call(settled, open));
    Ok(())
}

fn of(world: &World, now: Timestamp, rng: &SeededRng) -> Result<Call, Box<dyn Error>> {
    let mut call = call(now, rng, 1, 1);
    let attribution = &mut call.attribution;
    (attribution.organization, attribution.application) = (world.organization, world.application);
    attribution.key = *any(&world.keys, rng)?;
    attribution.feature = Some(*any(&world.features, rng)?);
    attribution.user = Some(format!("user-{}", rng.next_u64() % 20_000));
    attribution.environment =
        if rng.next_u64().is_multiple_of(10) { Environment::Staging } else { Environment::Production };
    Ok(call)
}

fn any<'a, T>(all: &'a [T], rng: &SeededRng) -> Result<&'a T, Box<dyn Error>> {
    let place = usize::try_from(rng.next_u64() % 1_000_000)? % all.len().max(1);
    all.get(place).ok_or_else(|| "nobody to call, or nothing to be called".into())
}
