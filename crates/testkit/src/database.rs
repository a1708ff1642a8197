//! Fresh databases of both kinds, so that each scenario runs on both.

use glaux_kernel::Timestamp;
use glaux_store::{Db, Kind, MigrateOptions, Migrations, Options};
use tempfile::TempDir;

use crate::postgres::{self, OWNER, RUNTIME};

/// A database that only one test knows, migrated. Gone when dropped.
#[derive(Debug)]
pub struct TestDatabase {
    db: Db,
    address: String,
    /// Holds the SQLite file until the test ends.
    _folder: Option<TempDir>,
}

/// One of each kind.
pub async fn databases() -> [TestDatabase; 2] {
    [TestDatabase::sqlite().await, TestDatabase::postgres().await]
}

impl TestDatabase {
    /// A SQLite file in a temporary folder.
    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let address = format!("sqlite:{}", folder.path().join("glaux.db").display());
        let options = MigrateOptions { now: Timestamp::from_micros(0), grant_to: None };
        Migrations::embedded().unwrap().apply(&address, &options).await.expect("the file is migrated");
        let db = Db::open(&address, &Options::default()).await.expect("the file opens");
        Self { db, address, _folder: Some(folder) }
    }

    /// A PostgreSQL database, opened as the role that owns nothing.
    pub async fn postgres() -> Self {
        let server = postgres::server().await;
        let name = server.migrated_database().await;
        let address = server.address(RUNTIME, &name);
        let db = Db::open(&address, &Options::default()).await.expect("the database opens");
        Self { db, address, _folder: None }
    }

    /// A database of this kind.
    pub async fn of(kind: Kind) -> Self {
        match kind {
            Kind::Sqlite => Self::sqlite().await,
            Kind::Postgres => Self::postgres().await,
        }
    }

    /// The open database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// Its address, to open it a second time.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Its address for the role that owns the tables.
    pub fn owner_address(&self) -> String {
        self.address.replacen(RUNTIME, OWNER, 1)
    }
}

/// `on_both!(creates, lists);` runs each of these `async fn(TestDatabase)` as two tests, `creates::sqlite` and
/// `creates::postgres`. The crate needs `tokio` with `macros` and `rt-multi-thread`.
#[macro_export]
macro_rules! on_both {
    ($($scenario:ident),+ $(,)?) => {$(
        mod $scenario {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$scenario($crate::database::TestDatabase::sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                super::$scenario($crate::database::TestDatabase::postgres().await).await;
            }
        }
    )+};
}
