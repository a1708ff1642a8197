//! `run`: the server as a stranger would start it.

use anyhow::Result;
use clap::Args;

use super::console;
use crate::{process, workspace::Workspace};

/// Options of `run`.
#[derive(Args)]
pub(crate) struct Options {
    /// Build quickly instead of well
    #[arg(long)]
    dev: bool,
    /// Arguments for `glaux serve`
    #[arg(last = true)]
    serve: Vec<String>,
}

/// Builds the console and the server, and runs until it is stopped.
pub(super) fn run(workspace: &Workspace, options: Options) -> Result<()> {
    console::build_if_possible(workspace)?;
    let mut command = workspace.cargo(["run", "--package=glaux-server", "--bin=glaux"]);
    if !options.dev {
        command.arg("--release");
    }
    process::run(command.args(["--", "serve"]).args(options.serve))
}
