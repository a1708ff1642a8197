use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    db::{Durability, Options},
    error::{Error, Result},
};

/// How long a statement waits for another process's lock, and a transaction for the one writer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Takes the write lock at once. A deferred transaction that reads first and writes later fails when another wrote in
/// between, and no time-out helps.
pub(crate) const BEGIN_WRITE: &str = "BEGIN IMMEDIATE";

/// Sees one snapshot from its first statement on.
pub(crate) const BEGIN_READ: &str = "BEGIN DEFERRED";

/// The file that `sqlite:<path>` or `sqlite://<path>` names.
pub(crate) fn file_of(address: &str) -> Result<PathBuf> {
    let path = address.strip_prefix("sqlite:").unwrap_or(address);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path == ":memory:" {
        return Err(Error::Address(address.to_owned()));
    }
    Ok(PathBuf::from(path))
}

/// How each connection is set up.
///
/// With the write-ahead log, `synchronous = NORMAL` syncs at checkpoints only: a killed process loses nothing, a power
/// cut may lose the last commits but never leaves a torn database. What may not be lost by a power cut asks for
/// [`Durability::Power`], which syncs each commit.
pub(crate) fn connect_options(file: &Path, durability: Durability) -> SqliteConnectOptions {
    let synchronous = match durability {
        Durability::Process => SqliteSynchronous::Normal,
        Durability::Power => SqliteSynchronous::Full,
    };
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
}

/// What to do about a file that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Absent {
    Create,
    Refuse,
}

/// One connection that writes, because the file has one write lock, and some that read beside it.
pub(crate) fn pools(file: &Path, absent: Absent, options: &Options) -> (SqlitePool, SqlitePool) {
    let connect = connect_options(file, options.durability).create_if_missing(absent == Absent::Create);
    let pool = || {
        // A file does not hang up: testing or renewing a connection gains nothing.
        SqlitePoolOptions::new()
            .acquire_timeout(PATIENCE)
            .test_before_acquire(false)
            .max_lifetime(None)
            .idle_timeout(None)
            .after_release(|connection, _| {
                Box::pin(async move {
                    if !connection.is_in_transaction() {
                        return Ok(true);
                    }
                    // What was dropped is rolled back first. SQLite has done so itself where the disk was full, which
                    // the driver does not notice: it would begin nothing on this connection any more.
                    connection.ping().await?;
                    Ok(!connection.is_in_transaction())
                })
            })
    };
    let writer = pool().max_connections(1).connect_lazy_with(connect.clone());
    let readers =
        pool().max_connections(options.connections.max(1)).connect_lazy_with(connect.pragma("query_only", "on"));
    (writer, readers)
}

/// What the word is called in a `STRICT` table if it is a type of [`crate::Migrations`].
pub(crate) fn type_name(word: &str) -> &str {
    match word {
        "UUID" | "BYTES" => "BLOB",
        "BIGINT" | "TIMESTAMP" | "BOOLEAN" => "INTEGER",
        "JSON" => "TEXT",
        "DOUBLE" => "REAL",
        _ => word,
    }
}

/// Copies the database to `<file>.before-<version>`, whole or not at all, over an older copy of that name.
pub(crate) async fn copy(file: &Path, version: u32) -> Result<PathBuf> {
    let beside = |suffix: String| {
        let mut path = file.as_os_str().to_owned();
        path.push(suffix);
        PathBuf::from(path)
    };
    let (copy, unfinished) = (beside(format!(".before-{version}")), beside(format!(".before-{version}.unfinished")));
    let refuse = |source| Error::Copy { path: copy.clone(), source };
    match std::fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(refuse(error)),
        _ => {}
    }
    let mut connection = connect_options(file, Durability::Power).connect().await?;
    let target = unfinished.to_string_lossy().replace('\'', "''");
    sqlx::raw_sql(AssertSqlSafe(format!("VACUUM INTO '{target}'"))).execute(&mut connection).await?;
    connection.close().await?;
    std::fs::File::open(&unfinished).and_then(|written| written.sync_all()).map_err(refuse)?;
    std::fs::rename(&unfinished, &copy).map_err(refuse)?;
    Ok(copy)
}

/// The name that PostgreSQL would give the constraint, from `UNIQUE constraint failed: table.column, table.column`.
pub(crate) fn constraint_name(code: Option<&str>, message: &str) -> String {
    const PRIMARY_KEY: &str = "1555";
    let Some((_, columns)) = message.split_once("constraint failed: ") else { return message.to_owned() };
    let mut names = columns.split(", ").filter_map(|column| column.split_once('.'));
    let Some((table, first)) = names.next() else { return columns.to_owned() };
    if code == Some(PRIMARY_KEY) {
        return format!("{table}_pkey");
    }
    let columns: Vec<&str> = std::iter::once(first).chain(names.map(|(_, column)| column)).collect();
    format!("{table}_{}_key", columns.join("_"))
}

/// `SQLITE_BUSY` and `SQLITE_LOCKED` with their extended codes, whose low byte is the primary code.
pub(crate) fn is_busy(code: &str) -> bool {
    matches!(primary(code), Some(5 | 6))
}

/// The disk is full or broken, or the file is not there.
pub(crate) fn is_unavailable(code: &str) -> bool {
    matches!(primary(code), Some(10 | 13 | 14))
}

/// `SQLITE_TOOBIG`, `SQLITE_CONSTRAINT`, `SQLITE_MISMATCH`.
pub(crate) fn refuses_content(code: &str) -> bool {
    matches!(primary(code), Some(18..=20))
}

/// SQLite has no code of its own for it.
pub(crate) fn is_missing_table(message: &str) -> bool {
    message.starts_with("no such table")
}

/// SQLite's codes are numbers below 10,000, PostgreSQL's have five characters.
fn primary(code: &str) -> Option<u32> {
    if code.len() > 4 {
        return None;
    }
    code.parse::<u32>().ok().map(|code| code & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constraints_have_the_names_that_postgresql_gives() {
        let check = |code, message, expected| assert_eq!(constraint_name(Some(code), message), expected);
        check("1555", "UNIQUE constraint failed: features.organization_id, features.id", "features_pkey");
        check(
            "2067",
            "UNIQUE constraint failed: features.organization_id, features.name",
            "features_organization_id_name_key",
        );
        check("2067", "UNIQUE constraint failed: organizations.name", "organizations_name_key");
    }

    #[test]
    fn addresses_name_files() {
        assert_eq!(file_of("sqlite:data/glaux.db").unwrap(), PathBuf::from("data/glaux.db"));
        assert_eq!(file_of("sqlite:///var/lib/glaux.db").unwrap(), PathBuf::from("/var/lib/glaux.db"));
        assert!(file_of("sqlite::memory:").is_err());
    }

    /// See `.cargo/config.toml`: in one page cache of all connections, a large write transaction starves the readers.
    #[tokio::test]
    async fn each_connection_keeps_its_own_page_cache() {
        let mut connection = SqliteConnectOptions::new().in_memory(true).connect().await.unwrap();
        let options: Vec<String> =
            sqlx::query_scalar("PRAGMA compile_options").fetch_all(&mut connection).await.unwrap();
        assert!(options.contains(&"THREADSAFE=1".to_owned()), "{options:?}");
        assert!(!options.contains(&"ENABLE_MEMORY_MANAGEMENT".to_owned()), "{options:?}");
    }
}
