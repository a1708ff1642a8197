//! `check-sql`: both databases prepare every statement of every store, on the tables that the migrations make.
//!
//! It is a test, so that the tool itself is built without a database.

use std::fs;

use glaux_testkit::database::TestDatabase;

use crate::{
    rust_file::{RustFile, Text},
    tidy::STATEMENT_CONSTRUCTORS,
    workspace::Workspace,
};

#[tokio::test]
async fn sqlite_prepares_every_statement() {
    prepare_all(TestDatabase::sqlite().await).await;
}

#[tokio::test]
async fn postgres_prepares_every_statement() {
    prepare_all(TestDatabase::postgres().await).await;
}

async fn prepare_all(database: TestDatabase) {
    let mut refused = Vec::new();
    let statements = statements(&Workspace::find().unwrap());
    for (place, text) in &statements {
        if let Err(error) = database.db().prepare(text).await {
            refused.push(format!("{place}: {error:?}\n{text}"));
        }
    }
    assert!(refused.is_empty(), "{} of {} refused:\n\n{}", refused.len(), statements.len(), refused.join("\n\n"));
    assert!(!statements.is_empty());
}

/// Place and text of each statement.
fn statements(workspace: &Workspace) -> Vec<(String, String)> {
    let mut statements = Vec::new();
    for path in workspace.files().unwrap() {
        if path.extension().is_none_or(|extension| extension != "rs") || !path.starts_with("crates") {
            continue;
        }
        let file = RustFile::lex(&path, &fs::read_to_string(workspace.path(&path)).unwrap()).unwrap();
        let of_store = |text: &Text<'_>| {
            !text.token.in_test && text.argument_of.is_some_and(|function| STATEMENT_CONSTRUCTORS.contains(&function))
        };
        for text in file.texts().filter(of_store) {
            let is_raw = text.token.text.starts_with('r');
            let content = if is_raw { text.content.to_owned() } else { unescape(text.content) };
            statements.push((format!("{}:{}", path.display(), text.token.line), content));
        }
    }
    statements
}

/// What rustc makes of the escapes that occur in statements.
fn unescape(content: &str) -> String {
    let mut text = String::new();
    let mut rest = content.chars().peekable();
    while let Some(letter) = rest.next() {
        if letter != '\\' {
            text.push(letter);
            continue;
        }
        match rest.next() {
            Some('\n') => while rest.next_if(|space| space.is_whitespace()).is_some() {},
            Some('n') => text.push('\n'),
            Some(escaped @ ('"' | '\\' | '\'')) => text.push(escaped),
            other => panic!("an escape {other:?} in a statement: {content}"),
        }
    }
    text
}

#[test]
fn escapes_are_read_as_rustc_does() {
    assert_eq!(unescape(r#"a = \"b\\c\"\n"#), "a = \"b\\c\"\n");
    assert_eq!(unescape("a \\\n    = $1"), "a = $1");
}
