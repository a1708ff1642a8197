//! Rows are reached through the transaction of one organization. The few crates that serve all of them at once are
//! listed here.

use crate::{finding::Finding, rust_file::RustFile};

const MAY_REACH_ALL: &[(&str, &str)] = &[
    ("store", "defines it, and migrates"),
    ("journal", "numbers the entries of all organizations in one sequence"),
    ("jobs", "takes the next job, whosever it is"),
    ("ledger-store", "carries the ledger of a node, which serves all organizations, into the database"),
    ("platform-identity", "finds the organization that a session or token belongs to"),
    ("platform-operations", "compares the journal's position with the one that calls are served by"),
    ("platform-payloads", "deletes what has expired, whosever it is"),
    ("platform-publish", "builds one snapshot of all organizations"),
    ("testkit", "prepares tests"),
];

pub(super) fn check(file: &RustFile) -> Vec<Finding> {
    let Some(name) = file.crate_name() else { return Vec::new() };
    if MAY_REACH_ALL.iter().any(|(allowed, _)| *allowed == name) {
        return Vec::new();
    }
    file.occurrences(&[".", "every_organization"])
        .filter(|token| !token.in_test)
        .map(|token| Finding {
            path: file.path.clone(),
            line: token.line,
            rule: "every-organization",
            message: "reaches the rows of every organization. Take the transaction of one, or list the crate with its \
                      reason in crates/xtask/src/tidy/every_organization.rs"
                .to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn only_listed_crates_reach_every_organization() {
        let check = |path: &str, expected: usize| {
            let source = "async fn f(db: &Db) { db.every_organization().read().await; }";
            let file = RustFile::lex(Path::new(path), source).unwrap();
            assert_eq!(super::check(&file).len(), expected, "{path}");
        };
        check("crates/platform-keys/src/service.rs", 1);
        check("crates/platform-keys/tests/it/main.rs", 0);
        check("crates/journal/src/verify.rs", 0);
    }
}
