//! `tidy`: rules about the text of the checkout that no compiler checks.
//!
//! Each module is one rule with its own tests. Generated files and data are exempt from rules about code.

mod clock;
mod every_organization;
mod length;
mod machine_paths;
mod migrations;
mod module_docs;
mod names;
mod pure;
mod sql;
mod table_owners;
mod tenant_tables;
mod unfinished;

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    finding::{self, Finding},
    rust_file::RustFile,
    workspace::Workspace,
};

#[cfg(test)]
pub(crate) use sql::CONSTRUCTORS as STATEMENT_CONSTRUCTORS;

/// A text file of the checkout.
struct TextFile {
    /// Relative to the root.
    path: PathBuf,
    text: String,
}

/// Checks every file that is committed or would be.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let files = read(workspace)?;
    let mut findings: Vec<Finding> = Vec::new();
    for file in &files {
        findings.extend(machine_paths::check(file));
        findings.extend(tenant_tables::check(file));
        if is_code(&file.path) {
            findings.extend(names::check(&file.path));
            findings.extend(length::check(file));
            findings.extend(module_docs::check(file));
            findings.extend(unfinished::check_comments(file));
        }
    }
    let sources = lex(&files)?;
    for source in &sources {
        findings.extend(clock::check(source));
        findings.extend(every_organization::check(source));
        findings.extend(pure::check(source));
        findings.extend(sql::check(source));
        findings.extend(unfinished::check_code(source));
    }
    findings.extend(table_owners::check(&sources));
    findings.extend(migrations::check(workspace, &files)?);
    for file in files.iter().filter(|file| is_code(&file.path)) {
        if let Some(warning) = length::warn(file) {
            println!("{warning}");
        }
    }
    finding::conclude("tidy", findings)
}

fn read(workspace: &Workspace) -> Result<Vec<TextFile>> {
    let mut files = Vec::new();
    for path in workspace.files()? {
        let bytes = fs::read(workspace.path(&path)).with_context(|| format!("cannot read {}", path.display()))?;
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(TextFile { path, text });
        }
    }
    Ok(files)
}

fn lex(files: &[TextFile]) -> Result<Vec<RustFile>> {
    files
        .iter()
        .filter(|file| file.path.extension().is_some_and(|extension| extension == "rs"))
        .map(|file| RustFile::lex(&file.path, &file.text))
        .collect()
}

/// Whether a person wrote the file in a programming language.
fn is_code(path: &Path) -> bool {
    let is_source = path
        .extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| ["rs", "ts", "tsx", "js", "mjs", "css", "py", "sh", "sql"].contains(&extension));
    let is_generated = path.components().any(|component| component.as_os_str() == "generated")
        || path.to_str().is_some_and(|path| path.ends_with(".d.ts") || path.ends_with(".gen.ts"));
    is_source && !is_generated
}
