//! Transactions as types: the only way to rows.

use std::{
    borrow::Cow,
    ops::{Deref, DerefMut},
};

use glaux_kernel::OrganizationId;
use sqlx::{AssertSqlSafe, Postgres, Sqlite, Transaction, postgres::PgArguments, sqlite::SqliteArguments};

use crate::{
    error::Result,
    query::{Query, Reuse, Target, Values},
    rows::{self, Markers},
    sql::{EverySql, SharedSql, Sql, Statement},
};

/// An open transaction of one of the two drivers. Dropped without `commit`, it is rolled back.
pub(crate) enum Connection {
    Postgres(Transaction<'static, Postgres>),
    Sqlite(Transaction<'static, Sqlite>),
}

impl Connection {
    fn target(&mut self) -> Target<'_> {
        match self {
            Self::Postgres(transaction) => Target::Postgres(transaction, PgArguments::default()),
            Self::Sqlite(transaction) => Target::Sqlite(transaction, SqliteArguments::default()),
        }
    }

    fn query(&mut self, statement: Statement) -> Query<'_> {
        Query::new(statement, self.target())
    }

    pub(crate) fn query_text(&mut self, text: Cow<'static, str>, parameters: usize, reuse: Reuse) -> Query<'_> {
        Query::with_text(text, parameters, reuse, self.target())
    }

    /// How a text that is made at run time marks its parameters.
    pub(crate) fn markers(&self) -> Markers {
        match self {
            Self::Postgres(_) => Markers::Numbered,
            Self::Sqlite(_) => Markers::Positional,
        }
    }

    /// Runs a text as it is: the DDL of a migration.
    async fn run(&mut self, text: String) -> Result<()> {
        let text = sqlx::raw_sql(AssertSqlSafe(text));
        match self {
            Self::Postgres(transaction) => text.execute(&mut **transaction).await.map(drop)?,
            Self::Sqlite(transaction) => text.execute(&mut **transaction).await.map(drop)?,
        }
        Ok(())
    }

    async fn commit(self) -> Result<()> {
        match self {
            Self::Postgres(transaction) => transaction.commit().await?,
            Self::Sqlite(transaction) => transaction.commit().await?,
        }
        Ok(())
    }

    async fn rollback(self) -> Result<()> {
        match self {
            Self::Postgres(transaction) => transaction.rollback().await?,
            Self::Sqlite(transaction) => transaction.rollback().await?,
        }
        Ok(())
    }
}

/// Reads one organization's rows, and those that the platform shares, from one consistent snapshot.
///
/// The databases refuse writes in it.
pub struct OrgRead {
    connection: Connection,
    organization: OrganizationId,
}

impl OrgRead {
    pub(crate) fn new(connection: Connection, organization: OrganizationId) -> Self {
        Self { connection, organization }
    }

    /// Whose rows these are: `$1` of each statement.
    pub fn organization(&self) -> OrganizationId {
        self.organization
    }

    /// A statement about this organization's rows; `$1` is bound here, [`Query::bind`] goes on with `$2`.
    pub fn query(&mut self, sql: Sql) -> Query<'_> {
        self.connection.query(sql.0).bind(self.organization)
    }

    /// A statement about a table that belongs to no organization.
    pub fn query_shared(&mut self, sql: SharedSql) -> Query<'_> {
        self.connection.query(sql.0)
    }
}

/// Reads and writes one organization's rows. Dropped without [`Self::commit`], nothing has happened.
///
/// It is an [`OrgRead`] too: functions that only read take `&mut OrgRead`, and `&mut OrgTx` fits.
pub struct OrgTx(OrgRead);

impl OrgTx {
    pub(crate) fn new(connection: Connection, organization: OrganizationId) -> Self {
        Self(OrgRead::new(connection, organization))
    }

    /// Writes many rows. The text is that of one row, with one `VALUES (…)` group; `bind` pushes `$2`, `$3`, …
    ///
    /// With `ON CONFLICT … DO UPDATE`, no two of `rows` may conflict with each other.
    pub async fn insert_rows<T>(&mut self, sql: Sql, rows: &[T], bind: impl Fn(&T, &mut Values<'_>)) -> Result<u64> {
        let organization = Some(self.0.organization);
        rows::execute(&mut self.0.connection, sql.0, organization, rows, bind).await
    }

    /// Makes everything done here last.
    pub async fn commit(self) -> Result<()> {
        self.0.connection.commit().await
    }

    /// Undoes everything done here, as a dry run ends.
    pub async fn rollback(self) -> Result<()> {
        self.0.connection.rollback().await
    }
}

impl Deref for OrgTx {
    type Target = OrgRead;

    fn deref(&self) -> &OrgRead {
        &self.0
    }
}

impl DerefMut for OrgTx {
    fn deref_mut(&mut self) -> &mut OrgRead {
        &mut self.0
    }
}

/// Reads, and if begun for it writes, the rows of every organization.
///
/// For the few that serve all organizations at once; `cargo xtask tidy` lists the crates that may name
/// [`crate::Db::every_organization`].
pub struct EveryTx(OrgTx);

impl EveryTx {
    pub(crate) fn new(connection: Connection) -> Self {
        Self(OrgTx::new(connection, OrganizationId::PLATFORM))
    }

    /// Runs the DDL of a migration.
    pub(crate) async fn run(&mut self, text: String) -> Result<()> {
        self.0.0.connection.run(text).await
    }

    /// A statement about the rows of every organization; [`Query::bind`] starts with `$1`.
    pub fn query(&mut self, sql: EverySql) -> Query<'_> {
        self.0.0.connection.query(sql.0)
    }

    /// A statement about a table that belongs to no organization.
    pub fn query_shared(&mut self, sql: SharedSql) -> Query<'_> {
        self.0.0.query_shared(sql)
    }

    /// Writes many rows of any organization; `bind` pushes `$1`, `$2`, … See [`OrgTx::insert_rows`].
    pub async fn insert_rows<T>(
        &mut self,
        sql: EverySql,
        rows: &[T],
        bind: impl Fn(&T, &mut Values<'_>),
    ) -> Result<u64> {
        rows::execute(&mut self.0.0.connection, sql.0, None, rows, bind).await
    }

    /// The same transaction as the transaction of one organization, so that what is written for one serves here too.
    ///
    /// Only the statements' own `organization_id = $1` narrows it: row-level security lets every row through.
    pub fn of(&mut self, organization: OrganizationId) -> &mut OrgTx {
        self.0.0.organization = organization;
        &mut self.0
    }

    /// Makes everything done here last.
    pub async fn commit(self) -> Result<()> {
        self.0.commit().await
    }

    /// Undoes everything done here.
    pub async fn rollback(self) -> Result<()> {
        self.0.rollback().await
    }
}
