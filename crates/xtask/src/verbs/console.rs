//! `console`: the pages, which node builds into `console/dist`, where the server takes them from.

use std::fs::File;

use anyhow::{Context, Result};

use super::install::{self, Need};
use crate::{npm::Package, process, workspace::Workspace};

const FOLDER: &str = "console";
const OPENAPI: &str = "api/openapi.json";

fn package(workspace: &Workspace) -> Package<'_> {
    Package { workspace, folder: FOLDER }
}

/// Installs its packages where they are not yet, and builds it.
pub(super) fn build(workspace: &Workspace) -> Result<()> {
    install::install(&[Need::Console])?;
    let console = package(workspace);
    console.install()?;
    console.run("build")
}

/// Builds it where node is; elsewhere says that the server goes without.
pub(super) fn build_if_possible(workspace: &Workspace) -> Result<()> {
    if package(workspace).has_tools() {
        return build(workspace);
    }
    println!("node or npm is missing: Glaux serves without its console. With them (`make install`), start it again");
    Ok(())
}

/// What can be said about it without running it.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let console = package(workspace);
    if !console.has_tools() {
        println!("node or npm is missing: the console was not checked (`make install`)");
        return Ok(());
    }
    console.install()?;
    console.run("lint")?;
    console.run("typecheck")
}

/// Its own tests, and what it weighs as it was built last.
pub(super) fn test(workspace: &Workspace) -> Result<()> {
    let console = package(workspace);
    console.run("test")?;
    console.run("size")
}

/// The types of the management API, made from its description in the checkout; `None` where node is missing.
pub(super) fn schema(workspace: &Workspace) -> Result<Option<String>> {
    let console = package(workspace);
    if !console.has_tools() {
        println!("node or npm is missing: the console's types of the API were left as they are (`make install`)");
        return Ok(None);
    }
    console.install()?;
    let description = File::open(workspace.path(OPENAPI)).with_context(|| format!("cannot read {OPENAPI}"))?;
    let mut generator = workspace.command("node");
    generator.arg("node_modules/openapi-typescript/bin/cli.js").current_dir(workspace.path(FOLDER));
    process::read_given(&mut generator, description).map(Some)
}
