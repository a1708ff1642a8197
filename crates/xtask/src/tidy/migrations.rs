//! One sequence of migrations for both databases. One that somebody may already have run never changes again.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Result;

use super::TextFile;
use crate::{finding::Finding, process, workspace::Workspace};

const FOLDER: &str = "migrations";
const RULE: &str = "migrations";

pub(super) fn check(workspace: &Workspace, files: &[TextFile]) -> Result<Vec<Finding>> {
    let paths = files.iter().map(|file| file.path.as_path()).filter(|path| path.starts_with(FOLDER));
    let mut findings = check_names(&paths.filter(|path| is_sql(path)).collect::<Vec<_>>());
    for base in published_states(workspace) {
        let changes = process::read(workspace.command("git").args([
            "diff",
            "--name-status",
            "--no-renames",
            &base,
            "--",
            FOLDER,
        ]))?;
        findings.extend(check_changes(&changes, &base));
    }
    Ok(findings)
}

/// The last release, and the upstream branch where this one left it; whichever exist.
fn published_states(workspace: &Workspace) -> Vec<String> {
    let release = process::read(workspace.command("git").args(["describe", "--tags", "--abbrev=0", "--match=v*"]));
    let upstream = process::read(workspace.command("git").args(["merge-base", "HEAD", "origin/HEAD"]));
    [release, upstream].into_iter().flatten().map(|name| name.trim().to_owned()).collect()
}

fn check_names(paths: &[&Path]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut numbers: BTreeMap<&str, &Path> = BTreeMap::new();
    for path in paths {
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        let is_plain =
            stem.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        match stem.split_once('_').filter(|(number, _)| is_plain && is_number(number)) {
            None => findings.push(finding(path, "is not named `NNNN_what_it_adds.sql`".to_owned())),
            Some((number, _)) => {
                if let Some(twin) = numbers.insert(number, path) {
                    findings.push(finding(path, format!("has the number of {}. Take a free one", twin.display())));
                }
            }
        }
    }
    findings
}

fn is_sql(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sql")
}

fn is_number(text: &str) -> bool {
    text.len() == 4 && text.chars().all(|digit| digit.is_ascii_digit())
}

/// `changes` is what `git diff --name-status` prints.
fn check_changes(changes: &str, base: &str) -> Vec<Finding> {
    changes
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .filter(|(status, path)| *status != "A" && path.ends_with(".sql"))
        .map(|(_, path)| {
            finding(
                &PathBuf::from(path),
                format!("changed since {base}, where it was published. Restore it and add a new migration"),
            )
        })
        .collect()
}

fn finding(path: &Path, message: String) -> Finding {
    Finding { path: path.to_owned(), line: 0, rule: RULE, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_four_digits_and_no_twins() {
        let check = |names: &[&str], expected: usize| {
            let paths: Vec<&Path> = names.iter().map(Path::new).collect();
            assert_eq!(check_names(&paths).len(), expected, "{names:?}");
        };
        check(&["migrations/0001_organizations.sql", "migrations/0100_keys.sql"], 0);
        check(&["migrations/0001_a.sql", "migrations/0001_b.sql"], 1);
        check(&["migrations/0001_Keys.sql"], 1);
        check(&["migrations/001_keys.sql"], 1);
        check(&["migrations/keys.sql"], 1);
    }

    #[test]
    fn only_new_migrations_may_differ_from_what_was_published() {
        let changes = "A\tmigrations/0003_new.sql\nM\tmigrations/0001_old.sql\nD\tmigrations/0002_gone.sql\nM\tmigrations/README.md\n";
        let findings = check_changes(changes, "v1.0.0");
        let paths: Vec<&str> = findings.iter().filter_map(|finding| finding.path.to_str()).collect();
        assert_eq!(paths, ["migrations/0001_old.sql", "migrations/0002_gone.sql"]);
    }
}
