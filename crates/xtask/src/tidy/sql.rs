//! SQL lives in `store.rs`, or below a folder `store`, as a constant that `check-sql` finds and both databases prepare.
//! What only one engine understands lies in the store's `dialect`. Tests may look into any table.
//!
//! A statement names its columns and takes the time as a parameter, so that both engines answer alike.

use std::path::Path;

use crate::{
    finding::Finding,
    rust_file::{RustFile, Text},
};

/// The functions of `glaux-store` that make a statement of a text.
pub(crate) const CONSTRUCTORS: &[&str] = &["sql", "every_sql", "shared_sql"];

pub(super) fn check(file: &RustFile) -> Vec<Finding> {
    let statements = file.texts().filter(|text| !text.token.in_test && is_statement(text.content));
    statements
        .flat_map(|text| {
            complaints(&file.path, &text).into_iter().map(move |message| Finding {
                path: file.path.clone(),
                line: text.token.line,
                rule: "sql",
                message: message.to_owned(),
            })
        })
        .collect()
}

fn complaints(path: &Path, text: &Text<'_>) -> Vec<&'static str> {
    if path.starts_with("crates/store/src") {
        return Vec::new();
    }
    let mut complaints = Vec::new();
    if !is_home_of_sql(path) {
        complaints.push("a statement outside `store.rs`. Move it into the store of the crate that owns the table");
    }
    if !text.argument_of.is_some_and(|function| CONSTRUCTORS.contains(&function)) {
        complaints.push("a statement that `check-sql` can't find. Make it a constant by sql, every_sql or shared_sql");
    }
    if words(text.content).any(|word| word == "now" || word == "current_timestamp") {
        complaints.push("a statement reads the database's clock. Bind the time as a parameter");
    }
    if takes_every_column(text.content) {
        complaints.push("a statement takes every column. Name the columns");
    }
    complaints
}

/// Whether a string literal is SQL that reads or changes rows.
pub(super) fn is_statement(text: &str) -> bool {
    let mut head = text.split(|letter: char| letter.is_whitespace() || letter == '\\').filter(|word| !word.is_empty());
    match (head.next(), head.next()) {
        (Some("SELECT"), Some(_)) | (Some("INSERT"), Some("INTO")) | (Some("DELETE"), Some("FROM")) => true,
        (Some("UPDATE"), Some(_)) => words(text).any(|word| word == "set"),
        (Some("WITH"), Some(_)) => words(text).any(|word| word == "as"),
        _ => false,
    }
}

fn takes_every_column(statement: &str) -> bool {
    let words: Vec<&str> = statement.split_whitespace().collect();
    words.windows(2).any(|pair| matches!(pair, ["SELECT" | "RETURNING", "*"]))
}

fn words(statement: &str) -> impl Iterator<Item = String> {
    statement.split(|letter: char| !letter.is_alphanumeric() && letter != '_').map(str::to_lowercase)
}

fn is_home_of_sql(path: &Path) -> bool {
    let is_store = path.file_name().is_some_and(|name| name == "store.rs");
    is_store || path.ancestors().skip(1).any(|folder| folder.ends_with("src/store"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_lives_in_stores() {
        let check = |path: &str, source: &str, expected: usize| {
            let file = RustFile::lex(Path::new(path), source).unwrap();
            assert_eq!(super::check(&file).len(), expected, "{path}: {source}");
        };
        let select = r#"const FIND: Sql = sql("SELECT id FROM keys WHERE organization_id = $1");"#;
        check("crates/platform-keys/src/service.rs", select, 1);
        check("crates/platform-keys/src/store.rs", select, 0);
        check("crates/platform-keys/src/store/rotation.rs", select, 0);
        check("crates/platform-keys/tests/it/main.rs", select, 0);
        check("crates/platform-keys/src/model.rs", &format!("#[cfg(test)] mod tests {{ {select} }}"), 0);
        check("crates/store/src/dialect/sqlite.rs", r#"const ONE: &str = "SELECT 1";"#, 0);
        check("crates/platform-keys/src/store.rs", r#"const ONE: &str = "SELECT 1";"#, 1);
    }

    #[test]
    fn a_statement_is_told_from_a_sentence() {
        let check = |text: &str, expected: bool| assert_eq!(is_statement(text), expected, "{text}");
        check("SELECT 1", true);
        check("\n  UPDATE keys\n  SET name = $1", true);
        check("\\\n  DELETE FROM keys", true);
        check("INSERT INTO keys (id) VALUES ($1)", true);
        check("WITH a AS (SELECT 1) SELECT 2", true);
        check("UPDATE needs an If-Match header", false);
        check("DELETE", false);
        check("Select a model", false);
        check("", false);
    }

    #[test]
    fn statements_are_portable() {
        let check = |statement: &str, expected: usize| {
            let source = format!("const Q: Sql = sql({statement:?});");
            let file = RustFile::lex(Path::new("crates/platform-keys/src/store.rs"), &source).unwrap();
            assert_eq!(super::check(&file).len(), expected, "{statement}");
        };
        check("SELECT id FROM keys WHERE expires_at < now()", 1);
        check("UPDATE keys SET at = CURRENT_TIMESTAMP", 1);
        check("SELECT * FROM keys", 1);
        check("DELETE FROM keys WHERE id = $1 RETURNING *", 1);
        check("SELECT count(*) FROM keys WHERE known = $1", 0);
    }
}
