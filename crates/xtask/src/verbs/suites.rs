//! The test suites. Which tests belong to one is decided by their names and their environment:
//!
//! - the core suite is every test, those of the console, and the suites of the stock SDKs and of the browser against the
//!   server that the tests built; those in
//!   a module named `shared` or `soak` return at once and say how many cases they left out, because their environment
//!   variable is absent;
//! - `test-shared` runs the modules named `shared`, which read recorded public data from `GLAUX_SHARED_DATA`;
//! - `soak` runs the modules named `soak`, optimized, with `GLAUX_SOAK` set.
//!
//! Tests of one binary share a process, and with it the PostgreSQL server that it starts; so the runner is `cargo test`
//! and not one that starts a process for each test.

use std::{collections::BTreeSet, env, fs, path::PathBuf, process::Command};

use anyhow::{Result, bail};

use super::{
    check, console, e2e, fuzz,
    install::{self, Need},
    sdk,
};
use crate::{process, workspace::Workspace};

const SHARED_DATA: &str = "GLAUX_SHARED_DATA";
const SOAK: &str = "GLAUX_SOAK";

pub(super) fn test(workspace: &Workspace) -> Result<()> {
    install::install(&[Need::Tests])?;
    console::build(workspace)?;
    check::check(workspace)?;
    console::test(workspace)?;
    let mut tests = workspace.cargo(["test", "--workspace", "--no-fail-fast"]);
    process::run(tests.env_remove(SHARED_DATA).env_remove(SOAK))?;
    sdk::run(workspace)?;
    e2e::run(workspace, e2e::Options::default())?;
    fuzz::fuzz(workspace, fuzz::Options::SHORT)
}

pub(super) fn test_shared(workspace: &Workspace) -> Result<()> {
    let folder = shared_data(workspace);
    if !folder.is_dir() {
        bail!("{} is no folder. Set {SHARED_DATA} to the folder of recorded public data", folder.display());
    }
    let mut tests = suite(workspace, "shared", &[])?;
    process::run(tests.env(SHARED_DATA, folder).env_remove(SOAK))
}

pub(super) fn soak(workspace: &Workspace) -> Result<()> {
    let mut tests = suite(workspace, "soak", &["--release"])?;
    process::run(tests.env(SOAK, "1").env_remove(SHARED_DATA))
}

/// The tests in modules of that name. Only the crates that have one are built.
fn suite(workspace: &Workspace, module: &str, flags: &[&str]) -> Result<Command> {
    let mut tests = workspace.cargo(["test", "--no-fail-fast"]);
    for package in packages_with(workspace, module)? {
        tests.arg("--package").arg(package);
    }
    tests.args(flags).arg(format!("{module}::")).args(["--", "--nocapture"]);
    Ok(tests)
}

fn packages_with(workspace: &Workspace, module: &str) -> Result<Vec<String>> {
    let opened = [format!("mod {module} {{"), format!("mod {module};")];
    let mut packages = BTreeSet::new();
    for path in workspace.files()? {
        let Some(folder) = path.strip_prefix("crates").ok().and_then(|path| path.iter().next()?.to_str()) else {
            continue;
        };
        if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(workspace.path(&path))?;
            if source.lines().any(|line| opened.iter().any(|opened| line.trim_start().starts_with(opened))) {
                packages.insert(format!("glaux-{folder}"));
            }
        }
    }
    Ok(packages.into_iter().collect())
}

pub(super) fn check_sql(workspace: &Workspace) -> Result<()> {
    process::run(&mut workspace.cargo(["test", "--package=glaux-xtask", "check_sql::"]))
}

#[expect(clippy::disallowed_methods, reason = "the environment is how a caller points at the data")]
pub(super) fn shared_data(workspace: &Workspace) -> PathBuf {
    env::var_os(SHARED_DATA).map_or_else(|| workspace.parent().join("shared/data"), PathBuf::from)
}
