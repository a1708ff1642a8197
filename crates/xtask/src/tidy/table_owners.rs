//! A table is written by one crate. Another one that needs its rows changed calls its owner.

use std::collections::BTreeMap;

use super::sql;
use crate::{finding::Finding, rust_file::RustFile};

pub(super) fn check(files: &[RustFile]) -> Vec<Finding> {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    let mut findings = Vec::new();
    for file in files {
        let Some(crate_name) = file.crate_name() else { continue };
        for text in file.texts().filter(|text| !text.token.in_test && sql::is_statement(text.content)) {
            for table in written_tables(text.content) {
                let owner = *owners.entry(table.clone()).or_insert(crate_name);
                if owner != crate_name {
                    findings.push(Finding {
                        path: file.path.clone(),
                        line: text.token.line,
                        rule: "table-owners",
                        message: format!(
                            "table `{table}` is written by glaux-{owner} too. Leave it to one crate and call that"
                        ),
                    });
                }
            }
        }
    }
    findings
}

/// The tables that a statement inserts into, updates or deletes from.
fn written_tables(statement: &str) -> Vec<String> {
    let words: Vec<&str> = statement
        .split(|letter: char| letter.is_whitespace() || "(),;\\".contains(letter))
        .filter(|word| !word.is_empty())
        .collect();
    let mut tables = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let rest = &words[index + 1..];
        let table = match (*word, rest) {
            ("INSERT", ["INTO", table, ..]) | ("DELETE", ["FROM", table, ..]) => table,
            ("UPDATE", [table, "SET" | "AS", ..]) if *table != "DO" => table,
            _ => continue,
        };
        if table.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_') {
            tables.push((*table).to_owned());
        }
    }
    tables
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn written_tables_are_read_from_the_statement() {
        let check = |statement: &str, expected: &[&str]| assert_eq!(written_tables(statement), expected, "{statement}");
        check("INSERT INTO keys (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET id = excluded.id", &["keys"]);
        check("UPDATE keys SET name = $1", &["keys"]);
        check("DELETE FROM keys\n WHERE id = $1", &["keys"]);
        check("WITH gone AS (DELETE FROM a RETURNING id) INSERT INTO b (id) SELECT id FROM gone", &["a", "b"]);
        check("SELECT id FROM keys FOR UPDATE", &[]);
        check("INSERT INTO {table} (id) VALUES ($1)", &[]);
    }

    #[test]
    fn a_second_writer_is_found() {
        let file = |path: &str, statement: &str| {
            RustFile::lex(Path::new(path), &format!("const Q: &str = {statement:?};")).unwrap()
        };
        let keys = file("crates/platform-keys/src/store.rs", "INSERT INTO keys (id) VALUES ($1)");
        let reader = file("crates/platform-publish/src/store.rs", "SELECT id FROM keys");
        let writer = file("crates/platform-models/src/store.rs", "DELETE FROM keys WHERE id = $1");
        assert_eq!(check(&[keys, reader]), []);
        let keys = file("crates/platform-keys/src/store.rs", "INSERT INTO keys (id) VALUES ($1)");
        assert_eq!(check(&[keys, writer]).len(), 1);
    }
}
