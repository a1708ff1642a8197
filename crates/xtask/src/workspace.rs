//! Where the checkout lies and which files belong to it.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;

/// The checkout that the current directory lies in.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Looks upwards from the current directory, so that one built binary serves every checkout.
    pub(crate) fn find() -> Result<Self> {
        let here = env::current_dir()?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("crates/xtask/Cargo.toml").is_file())
            .with_context(|| format!("{} is not inside a Glaux checkout", here.display()))?;
        Ok(Self { root: root.to_owned() })
    }

    /// The absolute path of `relative`.
    pub(crate) fn path(&self, relative: impl AsRef<Path>) -> PathBuf {
        self.root.join(relative)
    }

    /// The folder that the checkout lies in.
    pub(crate) fn parent(&self) -> &Path {
        self.root.parent().unwrap_or(&self.root)
    }

    /// `program`, to be run at the root.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// `cargo` with `arguments`, to be run at the root.
    #[expect(clippy::disallowed_methods, reason = "what cargo has set for this program is taken out again")]
    pub(crate) fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = self.command("cargo");
        command.args(arguments);
        // Build scripts that watch these would run again, and all that depends on them would be compiled again.
        for (name, _) in env::vars_os() {
            if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        command
    }

    /// The folder that cargo builds into.
    pub(crate) fn target_directory(&self) -> Result<PathBuf> {
        let text = process::read(&mut self.cargo(["metadata", "--format-version=1", "--no-deps"]))?;
        let metadata: Metadata = serde_json::from_str(&text).context("cannot read the output of `cargo metadata`")?;
        Ok(metadata.target_directory)
    }

    /// The program or folder `name` of a release build.
    pub(crate) fn released(&self, name: &str) -> Result<PathBuf> {
        Ok(self.target_directory()?.join("release").join(name))
    }

    /// Every file that is committed or would be, relative to the root, sorted.
    pub(crate) fn files(&self) -> Result<Vec<PathBuf>> {
        let listing =
            process::read(self.command("git").args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]))?;
        let mut files: Vec<PathBuf> = listing.split_terminator('\0').map(PathBuf::from).collect();
        files.retain(|file| self.path(file).is_file());
        files.sort();
        files.dedup();
        Ok(files)
    }
}

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::disallowed_methods, reason = "who runs the tests may have said where cargo builds, too")]
    fn a_release_build_lies_where_cargo_was_told_to_build() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir_all(root.join("src")).unwrap();
        std::fs::create_dir_all(root.join(".cargo")).unwrap();
        std::fs::write(root.join("src/lib.rs"), "").unwrap();
        std::fs::write(root.join("Cargo.toml"), "[package]\nname = \"owl\"\n").unwrap();
        std::fs::write(root.join(".cargo/config.toml"), "[build]\ntarget-dir = \"elsewhere\"\n").unwrap();
        let told = env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "elsewhere".into());
        let expected = root.join(told).join("release/owl");
        assert_eq!(Workspace { root }.released("owl").unwrap(), expected);
    }
}
