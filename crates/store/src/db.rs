use glaux_kernel::OrganizationId;
use sqlx::{AssertSqlSafe, Executor as _, PgPool, SqlSafeStr as _, SqlitePool};

use crate::{
    dialect::{
        Kind,
        postgres::{self, Rows},
        sqlite::{self, Absent},
    },
    error::Result,
    migration::Migrations,
    tx::{Connection, EveryTx, OrgRead, OrgTx},
};

/// What a commit survives. The ledger's segments know the same two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// A killed process.
    Process,
    /// A power cut, at the price of a sync for each commit. PostgreSQL's own setting decides this there.
    Power,
}

/// How to open a database.
#[derive(Debug, Clone)]
pub struct Options {
    /// Connections to PostgreSQL, or readers of SQLite, opened when needed.
    pub connections: u32,
    /// What a commit survives.
    pub durability: Durability,
}

impl Default for Options {
    fn default() -> Self {
        Self { connections: 8, durability: Durability::Process }
    }
}

/// An open database. Clones share its connections.
#[derive(Debug, Clone)]
pub struct Db(Pools);

#[derive(Debug, Clone)]
enum Pools {
    Postgres(PgPool),
    Sqlite { writer: SqlitePool, readers: SqlitePool },
}

impl Db {
    /// Opens the migrated database at `sqlite:<path>` or `postgres://<user>@<host>/<database>`.
    ///
    /// # Errors
    /// [`crate::Error::SchemaTooNew`] and [`crate::Error::SchemaBehind`] when it was not migrated for this program,
    /// [`crate::Error::Unavailable`] when it can't be reached.
    pub async fn open(address: &str, options: &Options) -> Result<Self> {
        let db = Self::connect(address, Absent::Refuse, options)?;
        Migrations::embedded()?.check(&mut db.every_organization().read().await?).await?;
        Ok(db)
    }

    /// The database as a migration finds it: perhaps old, perhaps absent.
    pub(crate) fn connect_to_migrate(address: &str, options: &Options) -> Result<Self> {
        Self::connect(address, Absent::Create, options)
    }

    fn connect(address: &str, absent: Absent, options: &Options) -> Result<Self> {
        Ok(Self(match Kind::of_address(address)? {
            Kind::Postgres => Pools::Postgres(postgres::pool(postgres::connect_options(address)?, options)),
            Kind::Sqlite => {
                let (writer, readers) = sqlite::pools(&sqlite::file_of(address)?, absent, options);
                Pools::Sqlite { writer, readers }
            }
        }))
    }

    /// Which database it is.
    pub fn kind(&self) -> Kind {
        match self.0 {
            Pools::Postgres(_) => Kind::Postgres,
            Pools::Sqlite { .. } => Kind::Sqlite,
        }
    }

    /// The way to one organization's rows.
    pub fn organization(&self, organization: OrganizationId) -> Organization<'_> {
        Organization { db: self, organization }
    }

    /// The way to the rows of every organization, for the few crates that `cargo xtask tidy` lists.
    pub fn every_organization(&self) -> EveryOrganization<'_> {
        EveryOrganization { db: self }
    }

    /// Whether it answers.
    pub async fn ping(&self) -> Result<()> {
        match &self.0 {
            Pools::Postgres(pool) => pool.execute("SELECT 1").await.map(drop)?,
            Pools::Sqlite { readers, .. } => readers.execute("SELECT 1").await.map(drop)?,
        }
        Ok(())
    }

    /// Has the database parse `text` and look up its tables and columns, without running it: `cargo xtask check-sql`.
    pub async fn prepare(&self, text: &str) -> Result<()> {
        match &self.0 {
            Pools::Postgres(pool) => {
                let text = postgres::unfold_locks(postgres::without_null_tests(text).into());
                pool.prepare(AssertSqlSafe(text).into_sql_str()).await.map(drop)?;
            }
            Pools::Sqlite { readers, .. } => {
                readers.prepare(AssertSqlSafe(text).into_sql_str()).await.map(drop)?;
            }
        }
        Ok(())
    }

    /// Ends its connections, after those in use are given back.
    pub async fn close(&self) {
        match &self.0 {
            Pools::Postgres(pool) => pool.close().await,
            Pools::Sqlite { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }

    async fn begin(&self, rows: Rows) -> Result<Connection> {
        Ok(match &self.0 {
            Pools::Postgres(pool) => {
                let begin = postgres::begin(postgres::BEGIN_WRITE, rows);
                Connection::Postgres(pool.begin_with(AssertSqlSafe(begin)).await?)
            }
            Pools::Sqlite { writer, .. } => Connection::Sqlite(writer.begin_with(sqlite::BEGIN_WRITE).await?),
        })
    }

    async fn read(&self, rows: Rows) -> Result<Connection> {
        Ok(match &self.0 {
            Pools::Postgres(pool) => {
                let begin = postgres::begin(postgres::BEGIN_READ, rows);
                Connection::Postgres(pool.begin_with(AssertSqlSafe(begin)).await?)
            }
            Pools::Sqlite { readers, .. } => Connection::Sqlite(readers.begin_with(sqlite::BEGIN_READ).await?),
        })
    }
}

/// One organization of a database.
#[derive(Debug, Clone, Copy)]
pub struct Organization<'d> {
    db: &'d Db,
    organization: OrganizationId,
}

impl Organization<'_> {
    /// A transaction that writes. On SQLite it waits for the one writer: don't begin a second one inside it.
    pub async fn begin(self) -> Result<OrgTx> {
        Ok(OrgTx::new(self.db.begin(Rows::Of(self.organization)).await?, self.organization))
    }

    /// A consistent snapshot to read from.
    pub async fn read(self) -> Result<OrgRead> {
        Ok(OrgRead::new(self.db.read(Rows::Of(self.organization)).await?, self.organization))
    }
}

/// All organizations of a database.
#[derive(Debug, Clone, Copy)]
pub struct EveryOrganization<'d> {
    db: &'d Db,
}

impl EveryOrganization<'_> {
    /// A transaction that writes.
    pub async fn begin(self) -> Result<EveryTx> {
        Ok(EveryTx::new(self.db.begin(Rows::OfEvery).await?))
    }

    /// A consistent snapshot to read from; the database refuses writes.
    pub async fn read(self) -> Result<EveryTx> {
        Ok(EveryTx::new(self.db.read(Rows::OfEvery).await?))
    }
}
