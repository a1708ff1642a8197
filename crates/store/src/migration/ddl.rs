//! One DDL text for both databases. Reads just enough SQL to cut a file into statements and to know a word from what
//! stands in quotes.

use crate::dialect::{Kind, postgres, sqlite};

/// Types that one of the databases lacks, or reads differently.
const REFUSED: [&str; 16] = [
    "INTEGER",
    "INT",
    "SMALLINT",
    "SERIAL",
    "BIGSERIAL",
    "JSONB",
    "TIMESTAMPTZ",
    "DATETIME",
    "NUMERIC",
    "DECIMAL",
    "VARCHAR",
    "CHAR",
    "FLOAT",
    "REAL",
    "BLOB",
    "BYTEA",
];

/// The statements of a migration as one database takes them, or the rule that the text breaks.
pub(super) fn statements(text: &str, kind: Kind) -> Result<Vec<String>, String> {
    let mut portable = String::with_capacity(text.len());
    for line in text.lines() {
        push_line(&mut portable, line, kind)?;
    }
    split(&portable).into_iter().map(|tokens| translate(&tokens, kind)).collect()
}

/// Appends what this database reads of a line.
fn push_line(portable: &mut String, line: &str, kind: Kind) -> Result<(), String> {
    let own = match kind {
        Kind::Postgres => "--pg ",
        Kind::Sqlite => "--lite ",
    };
    if let Some(rest) = line.strip_prefix(own) {
        portable.push_str(rest);
    } else if let Some(rest) = line.strip_prefix("--tenant ") {
        let mut words = rest.split_whitespace();
        let table = words.next().ok_or("`--tenant` names a table")?;
        let column = words.next().unwrap_or("organization_id");
        if kind == Kind::Postgres {
            portable.push_str(&postgres::force_row_security(table, column));
        }
    } else if !line.starts_with("--") {
        portable.push_str(line);
    }
    portable.push('\n');
    Ok(())
}

/// A piece of SQL: a word, or anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Word(&'t str),
    Other(&'t str),
}

/// The tokens of each statement, without comments and without the semicolons.
fn split(text: &str) -> Vec<Vec<Token<'_>>> {
    let mut statements = vec![Vec::new()];
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = token_length(rest, first);
        let (token, after) = rest.split_at(length);
        rest = after;
        if token == ";" {
            statements.push(Vec::new());
        } else if let Some(statement) = statements.last_mut() {
            match first {
                _ if token.starts_with("--") => {}
                'a'..='z' | 'A'..='Z' | '_' => statement.push(Token::Word(token)),
                _ => statement.push(Token::Other(token)),
            }
        }
    }
    statements
        .retain(|tokens| tokens.iter().any(|token| !matches!(token, Token::Other(text) if text.trim().is_empty())));
    statements
}

/// How long the token is that `text` starts with.
fn token_length(text: &str, first: char) -> usize {
    let until = |end: &str, from: usize| text[from..].find(end).map_or(text.len(), |at| from + at + end.len());
    match first {
        // A doubled quote reads as two quoted texts side by side, which is all that matters here.
        '\'' => until("'", 1),
        '"' => until("\"", 1),
        '$' if text.starts_with("$$") => until("$$", 2),
        '-' if text.starts_with("--") => text.find('\n').unwrap_or(text.len()),
        'a'..='z' | 'A'..='Z' | '_' => {
            text.find(|next: char| !next.is_ascii_alphanumeric() && next != '_').unwrap_or(text.len())
        }
        _ => first.len_utf8(),
    }
}

fn translate(tokens: &[Token<'_>], kind: Kind) -> Result<String, String> {
    let mut words = tokens.iter().filter_map(|token| match token {
        Token::Word(word) => Some(*word),
        Token::Other(_) => None,
    });
    let opening = (words.next(), words.next());
    let defines_columns = matches!(opening, (Some("CREATE" | "ALTER"), Some("TABLE")));
    let mut text = String::new();
    for token in tokens {
        match token {
            Token::Word(word) if defines_columns => text.push_str(type_name(word, kind)?),
            Token::Word(word) => text.push_str(word),
            Token::Other(other) => text.push_str(other),
        }
    }
    let mut text = text.trim().to_owned();
    if kind == Kind::Sqlite && opening == (Some("CREATE"), Some("TABLE")) {
        text.push_str(" STRICT");
    }
    Ok(text)
}

/// The word, or what the database calls it if it is a type.
fn type_name(word: &str, kind: Kind) -> Result<&str, String> {
    if REFUSED.contains(&word) {
        return Err(format!("the type {word} is not portable"));
    }
    Ok(match kind {
        Kind::Sqlite => sqlite::type_name(word),
        Kind::Postgres => postgres::type_name(word),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "-- A table; with a comment.
CREATE TABLE things (
    organization_id UUID NOT NULL,
    name TEXT NOT NULL DEFAULT 'TEXT; ''quoted''', -- and; another
    active BOOLEAN NOT NULL,
    at TIMESTAMP NOT NULL,
    body JSON,
    PRIMARY KEY (organization_id, name)
);
--tenant things
--lite CREATE INDEX lite ON things (at);
--pg CREATE INDEX pg ON things (at);
UPDATE things SET name = CAST(at AS TEXT);
";

    #[test]
    fn sqlite_reads_its_types_in_strict_tables() {
        let statements = statements(TEXT, Kind::Sqlite).unwrap();
        assert_eq!(
            statements,
            [
                "CREATE TABLE things (
    organization_id BLOB NOT NULL,
    name TEXT NOT NULL DEFAULT 'TEXT; ''quoted''', 
    active INTEGER NOT NULL,
    at INTEGER NOT NULL,
    body TEXT,
    PRIMARY KEY (organization_id, name)
) STRICT",
                "CREATE INDEX lite ON things (at)",
                "UPDATE things SET name = CAST(at AS TEXT)",
            ]
        );
    }

    #[test]
    fn postgresql_reads_its_types_and_policies() {
        let statements = statements(TEXT, Kind::Postgres).unwrap();
        assert!(statements[0].contains("name TEXT COLLATE \"C\" NOT NULL"), "{}", statements[0]);
        assert!(statements[0].contains("at BIGINT NOT NULL"), "{}", statements[0]);
        assert_eq!(statements.iter().filter(|statement| statement.starts_with("CREATE POLICY")).count(), 2);
        assert_eq!(
            statements[statements.len() - 2..],
            ["CREATE INDEX pg ON things (at)", "UPDATE things SET name = CAST(at AS TEXT)"]
        );
    }

    #[test]
    fn types_of_one_database_are_refused() {
        for word in ["INTEGER", "NUMERIC", "JSONB"] {
            let text = format!("CREATE TABLE t (a {word} NOT NULL);");
            assert_eq!(statements(&text, Kind::Sqlite), Err(format!("the type {word} is not portable")));
        }
    }
}
