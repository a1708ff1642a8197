//! Packages of JavaScript: installed from a lock file, run by their scripts.

use std::{fs, path::Path, time::SystemTime};

use anyhow::Result;

use crate::{process, workspace::Workspace};

/// A folder with a `package.json` and its lock file.
pub(crate) struct Package<'w> {
    pub(crate) workspace: &'w Workspace,
    /// Relative to the root.
    pub(crate) folder: &'static str,
}

impl Package<'_> {
    /// Whether node and npm can be started.
    pub(crate) fn has_tools(&self) -> bool {
        ["node", "npm"].into_iter().all(|tool| process::succeeds(self.workspace.command(tool).arg("--version")))
    }

    /// Installs what the lock file names, unless it is installed already.
    pub(crate) fn install(&self) -> Result<()> {
        let folder = self.workspace.path(self.folder);
        // npm writes it last.
        let installed = changed(&folder.join("node_modules/.package-lock.json"));
        if installed.is_some() && installed >= changed(&folder.join("package-lock.json")) {
            return Ok(());
        }
        let arguments = ["ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund"];
        process::run(self.workspace.command("npm").current_dir(folder).args(arguments))
    }

    /// Runs a script of `package.json`.
    pub(crate) fn run(&self, script: &str) -> Result<()> {
        process::run(self.npm().args(["run", "--silent", script]))
    }

    /// `npm`, to be run in the folder.
    pub(crate) fn npm(&self) -> std::process::Command {
        let mut command = self.workspace.command("npm");
        command.current_dir(self.workspace.path(self.folder));
        command
    }
}

fn changed(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
