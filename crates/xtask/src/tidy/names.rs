//! A name says what is inside. Names that fit anything say nothing.

use std::path::Path;

use crate::finding::Finding;

/// Forbidden as any word of a name.
const EMPTY_WORDS: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "misc"];

/// Forbidden as a whole name.
const EMPTY_NAMES: &[&str] = &["data", "info", "processor"];

pub(super) fn check(path: &Path) -> Option<Finding> {
    let names = path.iter().filter_map(|name| name.to_str());
    let stems = names.map(|name| name.split_once('.').map_or(name, |(stem, _)| stem));
    let empty = stems.into_iter().find(|stem| {
        EMPTY_NAMES.contains(stem)
            || stem.split(['_', '-']).any(|word| EMPTY_WORDS.contains(&word.to_lowercase().as_str()))
    })?;
    Some(Finding {
        path: path.to_owned(),
        line: 0,
        rule: "names",
        message: format!("`{empty}` says nothing about what is inside. Name the thing, or move each part to its owner"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_found_in_folders_and_files() {
        let check =
            |path: &str, expected: bool| assert_eq!(super::check(Path::new(path)).is_some(), expected, "{path}");
        check("crates/web/src/utils.rs", true);
        check("crates/web/src/string_helpers.rs", true);
        check("crates/web/src/common/mod.rs", true);
        check("crates/keys/src/key-manager.ts", true);
        check("crates/web/src/data.rs", true);
        check("crates/web/src/data_directory.rs", false);
        check("crates/web/src/utilization.rs", false);
        check("crates/web/src/page.rs", false);
    }
}
