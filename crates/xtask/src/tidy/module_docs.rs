//! Every crate opens with what it is for; the crate map of ARCHITECTURE.md is made from that.

use std::path::Path;

use super::TextFile;
use crate::{crates, finding::Finding};

pub(super) fn check(file: &TextFile) -> Option<Finding> {
    (is_crate_root(&file.path) && crates::first_paragraph(&file.text).is_none()).then(|| Finding {
        path: file.path.clone(),
        line: 1,
        rule: "module-docs",
        message: "a crate opens with `//!` and its purpose in a sentence".to_owned(),
    })
}

fn is_crate_root(path: &Path) -> bool {
    let names: Vec<&str> = path.iter().filter_map(|name| name.to_str()).collect();
    matches!(names.as_slice(), ["crates", _, "src", "lib.rs" | "main.rs"])
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_crate_without_a_purpose_is_found() {
        let check = |path: &str, text: &str, expected: bool| {
            let file = TextFile { path: PathBuf::from(path), text: text.to_owned() };
            assert_eq!(super::check(&file).is_some(), expected, "{path}: {text}");
        };
        check("crates/web/src/lib.rs", "//! HTTP for capabilities.\n", false);
        check("crates/web/src/lib.rs", "// HTTP for capabilities.\n", true);
        check("crates/web/src/lib.rs", "use std::fmt;\n", true);
        check("crates/xtask/src/main.rs", "fn main() {}\n", true);
        check("crates/web/src/page.rs", "use std::fmt;\n", false);
        check("crates/web/tests/it/main.rs", "mod page;\n", false);
    }
}
