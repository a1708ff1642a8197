//! `bench`: what a call costs, beside nginx as a plain reverse proxy in the same run.
//!
//! - The server that is measured has core 0; the scripted provider and the load have core 1. All are pinned, so two
//!   cores are needed and nothing else should run.
//! - The gateway is the release build of `glaux serve` with everything on: a key, its limits, three budgets that block,
//!   prices, the ledger. What it spends on projection is told apart by the names of threads.
//! - CPU per call is user and system time of the process divided by the calls that wrk saw answered. No run begins
//!   before the projection of the one before it is done.
//!
//! `docs/measurements.md` says what each line of the table means.

mod calls;
mod client;
mod console;
mod cpu;
mod glaux;
mod http;
mod latency;
mod load;
mod machine;
mod memory;
mod nginx;
mod place;
mod program;
mod projection;
mod provider;
mod start;
mod table;

use std::{fs, path::Path};

use anyhow::{Result, ensure};
use clap::{Args, ValueEnum};

use self::{
    glaux::{Commit, Glaux},
    load::{FEATURE, SIX_TO_A_WRITE},
    memory::{SLOW_FEATURE, SLOW_MODEL},
    nginx::Nginx,
    place::Place,
    provider::{Answers, Provider},
    table::{Goal, Row},
};
use super::{
    console as pages,
    install::{self, Need},
};
use crate::{process, workspace::Workspace};

/// Options of `bench`.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds of each run, after a second to warm up
    #[arg(long, default_value_t = 4)]
    seconds: u32,
    /// Runs of which the median is shown
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Nothing but this part
    #[arg(long)]
    only: Option<Part>,
}

/// What can be measured by itself.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What a call costs
    Calls,
    /// The console in a real browser
    Console,
}

/// Built apart, so that what the tests' tools ask of shared dependencies is not compiled into the server.
const BUILDS: [[&str; 4]; 4] = [
    ["--package", "glaux-server", "--bin", "glaux"],
    ["--package", "glaux-testkit", "--bin", "*"],
    ["--package", projection::PACKAGE, "--example", projection::EXAMPLE],
    ["--package", console::PACKAGE, "--example", console::EXAMPLE],
];

pub(super) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    install::install(&[Need::Measurements])?;
    ensure!(options.runs > 0 && options.seconds > 0, "a run of a second is the least");
    // It is part of the release.
    pages::build(workspace)?;
    for build in BUILDS {
        process::run(workspace.cargo(["build", "--release", "--quiet"]).args(build))?;
    }
    let folder = workspace.target_directory()?.join("bench");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let mut rows = Vec::new();
    if options.only != Some(Part::Console) {
        rows.extend(of_calls(workspace, options, &folder)?);
    }
    if options.only != Some(Part::Calls) {
        eprintln!("console");
        rows.extend(console::measure(workspace)?);
    }
    table::print(options.runs, &rows)
}

fn of_calls(workspace: &Workspace, options: &Options, folder: &Path) -> Result<Vec<Row>> {
    eprintln!("calls and streams at full speed, then latency");
    let mut rows = under_load(workspace, options, folder)?;
    eprintln!("projection");
    rows.push(projection::measure(workspace, options)?);
    eprintln!("memory");
    rows.extend(memory(workspace, options, folder)?);
    eprintln!("start");
    rows.extend(start::measure(workspace, options, folder)?);
    rows.push(binary(workspace)?);
    Ok(rows)
}

/// What is measured beside nginx.
fn under_load(workspace: &Workspace, options: &Options, folder: &Path) -> Result<Vec<Row>> {
    let provider = Provider::start(workspace, Answers::Prepared)?;
    let address = provider.address.as_str();
    let routes = [(FEATURE, address, "model"), (SIX_TO_A_WRITE, address, SIX_TO_A_WRITE)];
    let nginx = Nginx::start(folder, address)?;
    let (glaux, key) = start_glaux(workspace, &folder.join("process"), Commit::Process, &routes)?;
    let (glaux_power, key_power) = start_glaux(workspace, &folder.join("power"), Commit::Power, &routes)?;
    let nginx = Place::nginx(&nginx);
    let glaux = Place::glaux(&glaux, &key);
    let glaux_power = Place::glaux(&glaux_power, &key_power);

    let mut rows = calls::measure(workspace, options, &nginx, &glaux)?;
    let subjects = latency::Subjects { provider: address.parse()?, nginx, glaux, glaux_power };
    rows.extend(latency::measure(workspace, options, &subjects)?);
    Ok(rows)
}

fn memory(workspace: &Workspace, options: &Options, folder: &Path) -> Result<Vec<Row>> {
    let quick = Provider::start(workspace, Answers::Prepared)?;
    let slow = Provider::start(workspace, Answers::ByModel)?;
    let routes = [(FEATURE, quick.address.as_str(), "model"), (SLOW_FEATURE, slow.address.as_str(), SLOW_MODEL)];
    let (mut glaux, key) = start_glaux(workspace, &folder.join("memory"), Commit::Process, &routes)?;
    memory::measure(workspace, options, &mut glaux, &key)
}

/// A gateway with everything on, and its key. A route is a feature, a provider, and the model there.
fn start_glaux(
    workspace: &Workspace,
    data: &Path,
    commit: Commit,
    routes: &[(&str, &str, &str)],
) -> Result<(Glaux, String)> {
    let glaux = Glaux::start(workspace, data, commit)?;
    let features: Result<Vec<_>> =
        routes.iter().map(|(feature, provider, model)| glaux.add_route(feature, provider, model)).collect();
    let key = glaux.issue_key(&features?)?;
    Ok((glaux, key))
}

fn binary(workspace: &Workspace) -> Result<Row> {
    let bytes = fs::metadata(workspace.released(glaux::BINARY)?)?.len();
    Ok(Row {
        what: "binary, MB".to_owned(),
        nginx: None,
        glaux: bytes as f64 / 1e6,
        goal: Some(Goal::AtMost(40.0)),
        digits: 1,
    })
}
