//! `replay`: a trace of real calls through the gateway; its ledger must equal the provider's tally.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::suites;
use crate::{process, workspace::Workspace};

/// Options of `replay`.
#[derive(Args)]
pub(crate) struct Options {
    /// The trace; without it, traces/azure_code.csv.gz of the recorded public data
    trace: Option<PathBuf>,
    /// How much faster than it was recorded
    #[arg(long, default_value = "100")]
    times_faster: String,
}

/// Builds the server and replays.
pub(super) fn replay(workspace: &Workspace, options: Options) -> Result<()> {
    process::run(&mut workspace.cargo(["build", "--release", "--package=glaux-server", "--bin=glaux"]))?;
    let trace = options.trace.unwrap_or_else(|| suites::shared_data(workspace).join("traces/azure_code.csv.gz"));
    let mut command = workspace.command("python3");
    command.arg("tests/replay/replay.py").arg(trace).arg(options.times_faster);
    process::run(command.env("GLAUX_BINARY", workspace.target_directory()?.join("release/glaux")))
}
