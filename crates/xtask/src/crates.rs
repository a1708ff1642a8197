//! The crates of the workspace and what they declare, read from `cargo metadata`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{process, workspace::Workspace};

const PREFIX: &str = "glaux-";

/// A crate of the workspace.
#[derive(Debug, Clone)]
pub(crate) struct Crate {
    /// The folder under `crates/`, which is the package name without its prefix.
    pub(crate) name: String,
    /// Relative to the root of the checkout.
    pub(crate) manifest: PathBuf,
    /// `lib.rs`, or `main.rs` where there is no library; absolute.
    pub(crate) entry: PathBuf,
    pub(crate) dependencies: Vec<Dependency>,
}

/// A dependency as the manifest declares it.
#[derive(Debug, Clone)]
pub(crate) struct Dependency {
    pub(crate) package: String,
    pub(crate) kind: DependencyKind,
}

/// Which of the three tables of a manifest names a dependency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DependencyKind {
    Normal,
    Build,
    Dev,
}

impl Dependency {
    /// The folder name, if this is a crate of the workspace.
    pub(crate) fn workspace_crate(&self) -> Option<&str> {
        self.package.strip_prefix(PREFIX)
    }
}

impl Crate {
    /// The package name: `glaux-` and the folder.
    pub(crate) fn package(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// The first paragraph of the module documentation; none if the file does not open with one.
    pub(crate) fn purpose(&self) -> Result<Option<String>> {
        let source =
            fs::read_to_string(&self.entry).with_context(|| format!("cannot read {}", self.entry.display()))?;
        Ok(first_paragraph(&source))
    }
}

/// Every crate of the workspace, by name.
pub(crate) fn read(workspace: &Workspace) -> Result<Vec<Crate>> {
    let text = process::read(&mut workspace.cargo(["metadata", "--format-version=1", "--no-deps"]))?;
    let metadata: Metadata = serde_json::from_str(&text).context("cannot read the output of `cargo metadata`")?;
    let root = workspace.path("");
    let mut crates =
        metadata.packages.into_iter().map(|package| package.into_crate(&root)).collect::<Result<Vec<_>>>()?;
    crates.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(crates)
}

/// The first paragraph of the module documentation that `source` opens with.
pub(crate) fn first_paragraph(source: &str) -> Option<String> {
    let lines = source.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let paragraph: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    (!paragraph.is_empty()).then(|| paragraph.join(" "))
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<MetadataPackage>,
}

#[derive(Deserialize)]
struct MetadataPackage {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<MetadataDependency>,
    targets: Vec<MetadataTarget>,
}

#[derive(Deserialize)]
struct MetadataDependency {
    name: String,
    kind: Option<String>,
}

#[derive(Deserialize)]
struct MetadataTarget {
    kind: Vec<String>,
    src_path: PathBuf,
}

impl MetadataPackage {
    fn into_crate(self, root: &Path) -> Result<Crate> {
        let entry = ["lib", "bin"]
            .into_iter()
            .find_map(|kind| self.targets.iter().find(|target| target.kind.iter().any(|word| word == kind)))
            .map(|target| target.src_path.clone())
            .with_context(|| format!("{} has neither a library nor a binary", self.name))?;
        Ok(Crate {
            name: self.name.strip_prefix(PREFIX).unwrap_or(&self.name).to_owned(),
            manifest: self.manifest_path.strip_prefix(root).unwrap_or(&self.manifest_path).to_owned(),
            entry,
            dependencies: self.dependencies.into_iter().map(MetadataDependency::into_dependency).collect(),
        })
    }
}

impl MetadataDependency {
    fn into_dependency(self) -> Dependency {
        let kind = match self.kind.as_deref() {
            Some("dev") => DependencyKind::Dev,
            Some("build") => DependencyKind::Build,
            _ => DependencyKind::Normal,
        };
        Dependency { package: self.name, kind }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_purpose_is_the_first_paragraph_of_the_module_documentation() {
        let check = |source: &str, expected: Option<&str>| {
            assert_eq!(first_paragraph(source).as_deref(), expected, "{source:?}");
        };
        check("//! Ids and money.\n//!\n//! No I/O.\n", Some("Ids and money."));
        check("//! Ids\n//! and money.\nuse x;", Some("Ids and money."));
        check("use x;\n//! Too late.", None);
        check("", None);
    }
}
