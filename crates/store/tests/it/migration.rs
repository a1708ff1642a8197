use std::{
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use glaux_kernel::Timestamp;
use glaux_store::{Db, Error, Kind, MigrateOptions, Migrated, Migrations, Options};
use glaux_testkit::postgres::{self, OWNER};
use sqlx::{Connection as _, PgConnection, SqliteConnection};
use tempfile::TempDir;

const FIRST: (&str, &str) = ("0001_first.sql", "CREATE TABLE first (id BIGINT PRIMARY KEY);");
const SECOND: (&str, &str) = ("0002_second.sql", "CREATE TABLE second (id BIGINT PRIMARY KEY, name TEXT NOT NULL);");
const THIRD: (&str, &str) = ("0003_third.sql", "INSERT INTO second (id, name) VALUES (1, 'x');");
/// Works for longer than the test.
const ENDLESS: (&str, &str) = (
    "0002_second.sql",
    "CREATE TABLE second (id BIGINT PRIMARY KEY, name TEXT NOT NULL);
--pg SELECT pg_sleep(60);
--lite WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000) SELECT COUNT(*) FROM n;
",
);

/// An empty database, not yet migrated.
struct Empty {
    kind: Kind,
    address: String,
    _folder: Option<TempDir>,
}

impl Empty {
    async fn of(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => {
                let folder = tempfile::tempdir().unwrap();
                let address = format!("sqlite:{}", folder.path().join("glaux.db").display());
                Self { kind, address, _folder: Some(folder) }
            }
            Kind::Postgres => {
                let server = postgres::server().await;
                let address = server.address(OWNER, &server.empty_database().await);
                Self { kind, address, _folder: None }
            }
        }
    }

    fn file(&self) -> PathBuf {
        PathBuf::from(self.address.trim_start_matches("sqlite:"))
    }

    async fn apply(&self, files: &[(&str, &str)]) -> Result<Migrated, Error> {
        apply(&self.address, files).await
    }

    /// How many rows the table has, if there is one.
    async fn count(&self, table: &str) -> Option<i64> {
        let text = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
        let row: Result<(i64,), _> = match self.kind {
            Kind::Sqlite => {
                let mut connection = SqliteConnection::connect(&self.address).await.ok()?;
                sqlx::query_as(text).fetch_one(&mut connection).await
            }
            Kind::Postgres => {
                let mut connection = PgConnection::connect(&self.address).await.ok()?;
                sqlx::query_as(text).fetch_one(&mut connection).await
            }
        };
        row.ok().map(|(count,)| count)
    }
}

async fn apply(address: &str, files: &[(&str, &str)]) -> Result<Migrated, Error> {
    let options = MigrateOptions { now: Timestamp::from_micros(0), grant_to: None };
    Migrations::parse(files).unwrap().apply(address, &options).await
}

/// Each scenario on both.
macro_rules! on_empty {
    ($($scenario:ident),+ $(,)?) => {$(
        mod $scenario {
            use super::{Empty, Kind};

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$scenario(Empty::of(Kind::Sqlite).await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$scenario(Empty::of(Kind::Postgres).await).await;
            }
        }
    )+};
}

on_empty!(
    migrations_apply_once_and_in_order,
    a_failed_migration_leaves_nothing,
    a_killed_migration_leaves_nothing,
    two_programs_that_start_migrate_once,
    a_newer_schema_is_refused,
    an_edited_migration_is_refused,
    a_database_that_was_not_migrated_does_not_open,
);

async fn migrations_apply_once_and_in_order(empty: Empty) {
    assert_eq!(empty.apply(&[THIRD, SECOND]).await.unwrap().applied, [2, 3]);
    assert_eq!(empty.count("second").await, Some(1));
    assert!(empty.apply(&[SECOND, THIRD]).await.unwrap().applied.is_empty());
    // A lower number may come later: numbers belong to owners in ranges.
    assert_eq!(empty.apply(&[FIRST, SECOND, THIRD]).await.unwrap().applied, [1]);
    assert_eq!(empty.count("second").await, Some(1));
}

async fn a_failed_migration_leaves_nothing(empty: Empty) {
    let broken = ("0002_second.sql", "CREATE TABLE second (id BIGINT PRIMARY KEY); INSERT INTO absent VALUES (1);");
    let failed = empty.apply(&[FIRST, broken, THIRD]).await;
    assert!(matches!(failed, Err(Error::Migration { version: 2, .. })), "{failed:?}");
    assert_eq!((empty.count("first").await, empty.count("second").await), (Some(0), None));
    assert_eq!(empty.apply(&[FIRST, SECOND, THIRD]).await.unwrap().applied, [2, 3]);
}

/// The process of [`a_killed_migration_leaves_nothing`]: does nothing unless it is told an address.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "how a test speaks to a process that it starts")]
async fn migrate_until_killed() {
    if let Ok(address) = std::env::var("GLAUX_TEST_MIGRATE") {
        apply(&address, &[FIRST, ENDLESS]).await.unwrap();
    }
}

/// A process that does not outlive the test.
struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

async fn a_killed_migration_leaves_nothing(empty: Empty) {
    let child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "migration::migrate_until_killed"])
        .env("GLAUX_TEST_MIGRATE", &empty.address)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut child = Killed(child);
    wait_until_in_the_middle(&empty, &mut child.0).await;
    drop(child);
    if empty.kind == Kind::Postgres {
        // The server notices a client that is gone when the statement ends.
        postgres::server()
            .await
            .administer(
                "postgres",
                &["SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'"],
            )
            .await;
    }
    assert_eq!((empty.count("first").await, empty.count("second").await), (Some(0), None));
    assert_eq!(empty.apply(&[FIRST, SECOND, THIRD]).await.unwrap().applied, [2, 3]);
}

/// Returns when the first migration lasts and the second holds its lock.
async fn wait_until_in_the_middle(empty: &Empty, child: &mut Child) {
    loop {
        assert!(child.try_wait().unwrap().is_none(), "the migration runs until it is killed");
        let first_lasts = empty.count("first").await == Some(0);
        let second_runs = match empty.kind {
            Kind::Sqlite if first_lasts => is_locked(&empty.file()).await,
            Kind::Sqlite => false,
            Kind::Postgres => {
                let mut connection = PgConnection::connect(&empty.address).await.unwrap();
                let query = "SELECT COUNT(*) FROM pg_stat_activity
                     WHERE datname = current_database() AND query LIKE 'SELECT pg_sleep%' AND state = 'active'";
                sqlx::query_as::<_, (i64,)>(query).fetch_one(&mut connection).await.unwrap().0 == 1
            }
        };
        if first_lasts && second_runs {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether someone holds the write lock, and longer than a small migration does.
async fn is_locked(file: &std::path::Path) -> bool {
    use sqlx::ConnectOptions as _;
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(file).busy_timeout(Duration::from_millis(200));
    let mut connection = options.connect().await.unwrap();
    let locked = sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut connection).await.is_err();
    connection.close().await.unwrap();
    locked
}

async fn two_programs_that_start_migrate_once(empty: Empty) {
    let starts = [(); 2].map(|()| {
        let address = empty.address.clone();
        tokio::spawn(async move { apply(&address, &[FIRST, SECOND, THIRD]).await })
    });
    let mut applied = Vec::new();
    for start in starts {
        applied.extend(start.await.unwrap().unwrap().applied);
    }
    applied.sort_unstable();
    assert_eq!(applied, [1, 2, 3]);
    assert_eq!(empty.count("second").await, Some(1));
}

async fn a_newer_schema_is_refused(empty: Empty) {
    empty.apply(&[FIRST, SECOND]).await.unwrap();
    let refused = empty.apply(&[FIRST]).await;
    assert!(matches!(refused, Err(Error::SchemaTooNew { found: 2, known: 1 })), "{refused:?}");
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("migration 2") && message.contains("up to 1"), "{message}");
}

async fn an_edited_migration_is_refused(empty: Empty) {
    empty.apply(&[FIRST]).await.unwrap();
    let edited = (FIRST.0, "CREATE TABLE first (id BIGINT PRIMARY KEY, more BIGINT);");
    assert!(matches!(empty.apply(&[edited]).await, Err(Error::MigrationChanged { version: 1 })));
}

async fn a_database_that_was_not_migrated_does_not_open(empty: Empty) {
    let options = Options::default();
    if empty.kind == Kind::Sqlite {
        drop(std::fs::File::create(empty.file()).unwrap());
    }
    assert!(matches!(Db::open(&empty.address, &options).await, Err(Error::SchemaBehind { missing: 1 })));
    crate::store::migrations_and(&[("9999_future.sql", "CREATE TABLE future (id BIGINT PRIMARY KEY);")])
        .apply(&empty.address, &MigrateOptions { now: Timestamp::from_micros(0), grant_to: None })
        .await
        .unwrap();
    assert!(matches!(Db::open(&empty.address, &options).await, Err(Error::SchemaTooNew { found: 9999, .. })));
}

#[tokio::test]
async fn a_sqlite_file_is_copied_before_it_is_migrated() {
    let empty = Empty::of(Kind::Sqlite).await;
    assert_eq!(empty.apply(&[FIRST]).await.unwrap().copy, None);
    assert_eq!(empty.apply(&[FIRST]).await.unwrap().copy, None);
    // What an earlier attempt left behind does not stand in the way.
    for leftover in ["before-2", "before-2.unfinished"] {
        std::fs::write(empty.file().with_extension(format!("db.{leftover}")), "torn").unwrap();
    }
    let copy = empty.apply(&[FIRST, SECOND]).await.unwrap().copy.unwrap();
    assert_eq!(copy, empty.file().with_extension("db.before-2"));
    let copied = Empty { kind: Kind::Sqlite, address: format!("sqlite:{}", copy.display()), _folder: None };
    assert_eq!((copied.count("first").await, copied.count("second").await), (Some(0), None));
    assert!(copied.apply(&[FIRST]).await.unwrap().applied.is_empty());
}

#[test]
fn names_and_numbers_keep_to_the_rules() {
    for file in ["1_first.sql", "first.sql", "0001_first.txt", "00a1_first.sql"] {
        assert!(matches!(Migrations::parse(&[(file, "")]), Err(Error::MigrationText { .. })), "{file}");
    }
    assert!(matches!(Migrations::parse(&[FIRST, ("0001_other.sql", "")]), Err(Error::MigrationText { .. })));
}
