//! `bench`: what a call costs, beside nginx as a plain reverse proxy in the same run.
//!
//! - The server that is measured has core 0; the scripted provider and wrk have core 1. Both are pinned, so two cores
//!   are needed and nothing else should run.
//! - The gateway is the release build of `glaux serve` with everything on: a key, its limits, three budgets that block,
//!   prices, the ledger with `commit = process`. What it spends on projection is told apart by the names of threads.
//! - CPU per call is user and system time of the process divided by the calls that wrk saw answered.

mod cpu;
mod glaux;
mod http;
mod load;
mod nginx;
mod server;
mod table;

use anyhow::{Context, Result, ensure};
use clap::Args;

use self::{
    cpu::Cpu,
    glaux::Glaux,
    load::{Load, Reply},
    nginx::Nginx,
    server::Server,
    table::{Figures, Row},
};
use super::install::{self, Need};
use crate::{process, workspace::Workspace};

/// Options of `bench`.
#[derive(Args)]
pub(crate) struct Options {
    /// Seconds of each run, after a second to warm up
    #[arg(long, default_value_t = 5)]
    seconds: u32,
    /// Runs of which the median is shown
    #[arg(long, default_value_t = 3)]
    runs: usize,
}

/// What is measured: how many connections ask for what.
const LOADS: [(Reply, u32); 2] = [(Reply::Whole, 64), (Reply::Stream, 32)];

/// Something that stands between wrk and the provider.
struct Subject<'a> {
    name: &'static str,
    server: &'a Server,
    key: &'a str,
}

pub(super) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    install::install(&[Need::Measurements])?;
    ensure!(options.runs > 0, "at least one run is needed");
    // Built apart, so that what the tests' tools ask of shared dependencies is not compiled into the server.
    for (package, program) in [("glaux-server", "glaux"), ("glaux-testkit", "scripted-upstream")] {
        process::run(workspace.cargo(["build", "--release", "--package", package, "--bin", program]).arg("--quiet"))?;
    }
    let folder = workspace.path("target/bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;

    let upstream = workspace.path("target/release/scripted-upstream");
    let (upstream, mut lines) = Server::start(load::CORE, upstream, |command| command.arg("bench"))?;
    let provider = lines.next().context("the scripted provider said nothing")??;
    let nginx = Nginx::start(&folder, &provider)?;
    let glaux = Glaux::start(workspace, &folder, &provider)?;
    let subjects = [
        Subject { name: "nginx", server: &nginx.server, key: &glaux.key },
        Subject { name: "glaux", server: &glaux.server, key: &glaux.key },
    ];
    let rows = measure(workspace, options, &subjects)?;
    table::print(options.runs, &rows);
    drop(upstream);
    Ok(())
}

/// Takes turns, so that what else happens on the machine meets everyone.
fn measure(workspace: &Workspace, options: &Options, subjects: &[Subject<'_>]) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (reply, connections) in LOADS {
        let mut figures: Vec<Vec<Figures>> = subjects.iter().map(|_| Vec::new()).collect();
        for _ in 0..options.runs {
            for (subject, figures) in subjects.iter().zip(&mut figures) {
                figures.push(run(workspace, options, subject, reply, connections)?);
            }
        }
        rows.extend(subjects.iter().zip(figures).map(|(subject, runs)| Row {
            subject: subject.name,
            reply,
            connections,
            median: table::median(&runs),
        }));
    }
    Ok(rows)
}

fn run(
    workspace: &Workspace,
    options: &Options,
    subject: &Subject<'_>,
    reply: Reply,
    connections: u32,
) -> Result<Figures> {
    let mut load = Load { address: subject.server.address, key: subject.key, reply, connections, seconds: 1 };
    load.run(workspace)?;
    load.seconds = options.seconds;
    let before = Cpu::read(subject.server.id())?;
    let answered = load.run(workspace)?;
    let spent = Cpu::read(subject.server.id())?.since(&before);
    let per_call = |seconds: f64| seconds * 1e6 / answered.calls;
    Ok(Figures {
        serving_micros: per_call(spent.serving_seconds),
        projection_micros: per_call(spent.projection_seconds),
        per_second: answered.calls / answered.seconds,
    })
}
