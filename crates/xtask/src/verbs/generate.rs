//! `gen`: files that are made from the code and committed, so that a reader and a client find them in the repository.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Context, Result, bail};
use clap::Args;

use super::console;
use crate::{
    crates::{self, Crate, DependencyKind},
    process,
    workspace::Workspace,
};

const ARCHITECTURE: &str = "ARCHITECTURE.md";
const MAP_START: &str = "<!-- crate-map:start -->";
const MAP_END: &str = "<!-- crate-map:end -->";
const OPENAPI: &str = "api/openapi.json";
const SCHEMA: &str = "console/src/api/schema.d.ts";

/// Options of `gen`.
#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail if a file differs from what would be written
    #[arg(long)]
    pub(super) check: bool,
}

/// A generated file.
struct Artifact {
    /// Relative to the root.
    path: &'static str,
    content: String,
}

/// Writes or checks every generated file.
pub(super) fn generate(workspace: &Workspace, options: Options) -> Result<()> {
    let crates = crates::read(workspace)?;
    let mut stale = Vec::new();
    let mut settle = |artifact: Artifact| {
        let path = workspace.path(artifact.path);
        let is_fresh = path.is_file() && fs::read_to_string(&path)? == artifact.content;
        match (is_fresh, options.check) {
            (true, _) => {}
            (false, true) => stale.push(artifact.path),
            (false, false) => write(&path, &artifact.content)?,
        }
        anyhow::Ok(())
    };
    settle(crate_map(workspace, &crates)?)?;
    settle(openapi(workspace)?)?;
    // It is made from the file before.
    if let Some(content) = console::schema(workspace)? {
        settle(Artifact { path: SCHEMA, content })?;
    }
    if !stale.is_empty() {
        bail!("{} differ from what the code says; run `make gen`", stale.join(", "));
    }
    Ok(())
}

fn write(path: &Path, content: &str) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, content).with_context(|| format!("cannot write {}", path.display()))
}

fn openapi(workspace: &Workspace) -> Result<Artifact> {
    let content = process::read(&mut workspace.cargo([
        "run",
        "--quiet",
        "--package=glaux-server",
        "--bin=glaux",
        "--",
        "openapi",
    ]))?;
    Ok(Artifact { path: OPENAPI, content })
}

fn crate_map(workspace: &Workspace, crates: &[Crate]) -> Result<Artifact> {
    let page =
        fs::read_to_string(workspace.path(ARCHITECTURE)).with_context(|| format!("cannot read {ARCHITECTURE}"))?;
    let content = replace_between(&page, &crate_table(crates)?)?;
    Ok(Artifact { path: ARCHITECTURE, content })
}

fn crate_table(crates: &[Crate]) -> Result<String> {
    let mut table = String::from("| crate | what it is | builds on |\n|---|---|---|\n");
    for member in crates {
        let purpose = member.purpose()?.unwrap_or_default();
        let mut below: Vec<&str> = member
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind != DependencyKind::Dev)
            .filter_map(|dependency| dependency.workspace_crate())
            .collect();
        below.sort_unstable();
        below.dedup();
        writeln!(table, "| `{}` | {} | {} |", member.name, purpose.replace('|', "\\|"), below.join(", "))?;
    }
    Ok(table)
}

fn replace_between(page: &str, table: &str) -> Result<String> {
    let Some((before, rest)) = page.split_once(MAP_START) else { bail!("{ARCHITECTURE} lacks {MAP_START}") };
    let Some((_, after)) = rest.split_once(MAP_END) else { bail!("{ARCHITECTURE} lacks {MAP_END}") };
    Ok(format!("{before}{MAP_START}\n{table}{MAP_END}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_replaces_what_lies_between_its_marks_and_nothing_else() {
        let page = format!("# House\n\n{MAP_START}\nold\n{MAP_END}\n\nMore.\n");
        let once = replace_between(&page, "new\n").unwrap();
        assert_eq!(once, format!("# House\n\n{MAP_START}\nnew\n{MAP_END}\n\nMore.\n"));
        assert_eq!(replace_between(&once, "new\n").unwrap(), once);
        assert!(replace_between("# House\n", "new\n").is_err());
    }
}
