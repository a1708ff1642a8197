//! `check`: everything that can be said about the code without running it, quickest first.

use anyhow::Result;

use super::{console, generate};
use crate::{dependencies, process, tidy, workspace::Workspace};

pub(super) fn check(workspace: &Workspace) -> Result<()> {
    tidy::check(workspace)?;
    dependencies::check(workspace)?;
    process::run(&mut workspace.cargo(["fmt", "--all", "--", "--check"]))?;
    process::run(&mut workspace.cargo(["clippy", "--workspace", "--all-targets", "--quiet", "--", "--deny=warnings"]))?;
    generate::generate(workspace, generate::Options { check: true })?;
    console::check(workspace)?;
    deny(workspace)
}

/// Licences, bans and sources. Advisories change without us, so they are looked up by hand and not at every check.
fn deny(workspace: &Workspace) -> Result<()> {
    if process::succeeds(&mut workspace.cargo(["deny", "--version"])) {
        return process::run(&mut workspace.cargo(["deny", "check", "bans", "licenses", "sources"]));
    }
    println!(
        "cargo-deny is not installed: bans, licences and sources were not checked (cargo install --locked cargo-deny)"
    );
    Ok(())
}
