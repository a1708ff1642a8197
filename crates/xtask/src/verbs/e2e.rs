//! `e2e`: the console in a real browser, against the real binary.

use anyhow::Result;
use clap::Args;

use super::{
    console,
    install::{self, Need},
};
use crate::{npm::Package, process, workspace::Workspace};

const SUITE: &str = "tests/e2e";

/// Options of `e2e`.
#[derive(Args, Default)]
pub(crate) struct Options {
    /// Arguments for Playwright: files, `--grep`…
    #[arg(last = true)]
    playwright: Vec<String>,
}

/// Builds the console and the server, and runs the suite.
pub(super) fn test(workspace: &Workspace, options: Options) -> Result<()> {
    install::install(&[Need::Tests])?;
    console::build(workspace)?;
    process::run(&mut workspace.cargo(["build", "--package=glaux-server", "--bin=glaux"]))?;
    run(workspace, options)
}

/// Runs the suite on the console and the server that were built last.
pub(super) fn run(workspace: &Workspace, options: Options) -> Result<()> {
    let suite = Package { workspace, folder: SUITE };
    suite.install()?;
    suite.run("check")?;
    let mut playwright = suite.npm();
    playwright.args(["exec", "--", "playwright", "test"]).args(options.playwright);
    process::run(playwright.env("GLAUX_BINARY", workspace.target_directory()?.join("debug/glaux")))
}
