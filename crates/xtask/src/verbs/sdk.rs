//! `sdk`: the stock SDKs against the real binary, in a virtual environment of the target folder.

use anyhow::Result;

use crate::{process, workspace::Workspace};

const ENVIRONMENT: &str = "target/sdk-python";

/// Installs the SDKs where they are not yet, builds the server, runs the suites.
pub(super) fn test(workspace: &Workspace) -> Result<()> {
    let python = format!("{ENVIRONMENT}/bin/python");
    if !workspace.path(&python).is_file() {
        process::run(workspace.command("python3").args(["-m", "venv", ENVIRONMENT]))?;
    }
    let requirements = "tests/sdk/python/requirements.txt";
    process::run(workspace.command(&python).args(["-m", "pip", "install", "--quiet", "--requirement", requirements]))?;
    process::run(&mut workspace.cargo(["build", "--package=glaux-server", "--bin=glaux"]))?;
    let mut suite = workspace.command(&python);
    suite.args(["-m", "pytest", "--quiet", "-p", "no:cacheprovider", "tests/sdk/python"]);
    process::run(suite.env("GLAUX_BINARY", workspace.path("target/debug/glaux")))
}
