//! `check-deps`: which crate may know which.
//!
//! Between our crates the table in [`layers`] decides; packages of others are restricted in [`packages`].

mod layers;
mod packages;

use anyhow::Result;

use crate::{
    crates::{self, Crate},
    finding::{self, Finding},
    workspace::Workspace,
};

const RULE: &str = "dependencies";

/// Checks every crate of the workspace against both tables.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let crates = crates::read(workspace)?;
    let mut findings: Vec<Finding> = crates.iter().flat_map(layers::check).collect();
    findings.extend(crates.iter().flat_map(packages::check_declared));
    for member in &crates {
        findings.extend(packages::check_reachable(member, workspace)?);
    }
    finding::conclude("check-deps", findings)
}

fn finding(member: &Crate, message: String) -> Finding {
    Finding { path: member.manifest.clone(), line: 0, rule: RULE, message }
}
