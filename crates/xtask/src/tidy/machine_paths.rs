//! Nothing in the repository depends on where one machine keeps its files.

use super::TextFile;
use crate::finding::Finding;

/// Folders that exist on somebody's machine only. Written in halves, so that this file passes its own rule.
const FOLDERS: &[&str] = &[concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/"), concat!("/wo", "rk/")];

pub(super) fn check(file: &TextFile) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            let folder = FOLDERS.iter().find(|folder| names(line, folder))?;
            Some(Finding {
                path: file.path.clone(),
                line: index + 1,
                rule: "machine-paths",
                message: format!(
                    "an absolute path under {folder}. Use a path relative to the checkout, or an environment variable"
                ),
            })
        })
        .collect()
}

/// Whether `line` holds a path that starts with `folder`; a longer path or an address that contains it is another thing.
fn names(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line[..start].chars().next_back();
        let after = line[start + folder.len()..].chars().next();
        !before.is_some_and(|letter| letter.is_alphanumeric() || "._-}~*".contains(letter))
            && after.is_some_and(|letter| letter.is_alphanumeric() || letter == '.')
    })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn absolute_paths_of_a_machine_are_found() {
        let check = |folder: &str, line: &str, expected: usize| {
            let text = line.replace("FOLDER", folder);
            let file = TextFile { path: PathBuf::from("README.md"), text };
            assert_eq!(super::check(&file).len(), expected, "{:?}", file.text);
        };
        for folder in FOLDERS {
            check(folder, "see FOLDERalice/notes", 1);
            check(folder, "`FOLDERalice`\n\nFOLDERbob", 2);
            check(folder, "https://example.com FOLDER", 0);
            check(folder, "https://example.com/aFOLDERb", 0);
            check(folder, "${BASE}FOLDERcache", 0);
        }
    }
}
