//! `sdk`: the stock SDKs of Python and JavaScript against the real binary.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Result;

use super::install::{self, Need};
use crate::{npm::Package, process, workspace::Workspace};

const SUITES: &str = "tests/sdk";
const JAVASCRIPT: &str = "tests/sdk/javascript";

/// Builds the server and runs the suites.
pub(super) fn test(workspace: &Workspace) -> Result<()> {
    install::install(&[Need::Tests])?;
    process::run(&mut workspace.cargo(["build", "--package=glaux-server", "--bin=glaux"]))?;
    run(workspace)
}

/// Runs the suites on the server that was built last; the SDKs are installed where they are not yet.
pub(super) fn run(workspace: &Workspace) -> Result<()> {
    let target = workspace.target_directory()?;
    let (python, binary) = (python(workspace, &target)?, target.join("debug/glaux"));
    Package { workspace, folder: JAVASCRIPT }.install()?;
    let mut suite = workspace.command(&python);
    suite.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", "tests/sdk/python"]);
    process::run(suite.env("GLAUX_BINARY", &binary))?;
    let mut suite = workspace.command(&python);
    suite.args(["-m", "fixture", "node", "--test", "--test-reporter=spec"]).args(scripts(workspace)?);
    process::run(suite.env("PYTHONPATH", workspace.path(SUITES)).env("GLAUX_BINARY", &binary))
}

/// The interpreter of a virtual environment with the SDKs.
fn python(workspace: &Workspace, target: &Path) -> Result<String> {
    let environment = target.join("sdk-python").display().to_string();
    let python = format!("{environment}/bin/python");
    // It is written last.
    if !Path::new(&environment).join("bin/pip").is_file() {
        process::run(workspace.command("python3").args(["-m", "venv", "--clear", &environment]))?;
    }
    let requirements = "tests/sdk/requirements.txt";
    process::run(workspace.command(&python).args(["-m", "pip", "install", "--quiet", "--requirement", requirements]))?;
    Ok(python)
}

fn scripts(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let mut scripts = Vec::new();
    for entry in fs::read_dir(workspace.path(JAVASCRIPT))? {
        let path = entry?.path();
        scripts.extend(path.to_string_lossy().ends_with(".test.js").then_some(path));
    }
    scripts.sort();
    Ok(scripts)
}
