//! `run`: the server as a stranger would start it.

use anyhow::Result;
use clap::Args;

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

/// Builds and runs until it is stopped.
pub(super) fn run(workspace: &Workspace, options: Options) -> Result<()> {
    let mut command = workspace.cargo(["run", "--package=glaux-server", "--bin=glaux"]);
    if !options.dev {
        command.arg("--release");
    }
    process::run(command.args(["--", "serve"]).args(options.serve))
}
