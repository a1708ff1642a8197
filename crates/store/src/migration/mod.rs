//! Migrations: one sequence of files for both databases, each applied once, whole or not at all.

mod ddl;
mod store;

use std::path::PathBuf;

use glaux_kernel::Timestamp;
use sha2::{Digest, Sha256};

use crate::{
    db::{Db, Options},
    dialect::{Kind, postgres, sqlite},
    error::{Error, Result},
    tx::EveryTx,
};

/// File names and texts of `migrations/`, in order.
const EMBEDDED: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// A sequence of migrations. The files are named `NNNN_name.sql`, and a file that was applied is never edited.
///
/// A file holds one text for both databases. In `CREATE TABLE` and `ALTER TABLE` these types, in capitals, are known:
///
/// | type | SQLite (tables are `STRICT`) | PostgreSQL | in Rust |
/// |---|---|---|---|
/// | `UUID` | `BLOB` | `UUID` | an id of the kernel |
/// | `TEXT` | `TEXT` | `TEXT COLLATE "C"`: the same order on both | `String`, [`crate::Text`] |
/// | `JSON` | `TEXT` | `TEXT` | [`crate::Json`] |
/// | `BIGINT` | `INTEGER` | `BIGINT` | `i64` |
/// | `TIMESTAMP` | `INTEGER` | `BIGINT` | `Timestamp` |
/// | `BOOLEAN` | `INTEGER` | `BOOLEAN` | `bool` |
/// | `BYTES` | `BLOB` | `BYTEA` | `Vec<u8>` |
/// | `DOUBLE` | `REAL` | `DOUBLE PRECISION` | `f64`, never money |
///
/// Lines that start with `--pg ` or `--lite ` are for one database. `--tenant <table> [<column>]` forces row-level
/// security on PostgreSQL: a transaction sees the rows whose `organization_id` (or `<column>`) is its organization, and
/// reads those of the platform. `--shared <table>` says of every other table that it belongs to no organization, under a
/// comment that says why. Unique constraints stay unnamed, so that both databases name them alike; a unique
/// index is named `<table>_<columns>_key` for the same reason.
#[derive(Debug)]
pub struct Migrations(Vec<Migration>);

#[derive(Debug)]
struct Migration {
    version: u32,
    name: String,
    checksum: String,
    sqlite: Vec<String>,
    postgres: Vec<String>,
}

/// How to migrate.
#[derive(Debug, Clone)]
pub struct MigrateOptions {
    /// Written beside each migration that is applied.
    pub now: Timestamp,
    /// The PostgreSQL role that serves: it may read and write rows, and owns nothing.
    pub grant_to: Option<String>,
}

/// What was done.
#[derive(Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The migrations that were applied, in order.
    pub applied: Vec<u32>,
    /// The copy of the SQLite file that was taken before. On PostgreSQL a copy is the operator's task.
    pub copy: Option<PathBuf>,
}

impl Migrations {
    /// Those of this program.
    pub fn embedded() -> Result<Self> {
        Self::parse(EMBEDDED)
    }

    /// The migrations in `files`, pairs of name and text.
    ///
    /// # Errors
    /// [`Error::MigrationText`] when a name or a type breaks the rules above.
    pub fn parse(files: &[(&str, &str)]) -> Result<Self> {
        let mut migrations =
            files.iter().map(|(file, text)| Migration::parse(file, text)).collect::<Result<Vec<_>>>()?;
        migrations.sort_by_key(|migration| migration.version);
        for pair in migrations.windows(2) {
            if let [first, second] = pair
                && first.version == second.version
            {
                let rule = format!("the number {} is taken by {}", first.version, first.name);
                return Err(Error::MigrationText { file: second.name.clone(), rule });
            }
        }
        Ok(Self(migrations))
    }

    /// The highest number.
    pub fn latest(&self) -> u32 {
        self.0.last().map_or(0, |migration| migration.version)
    }

    /// Applies to the database at `address`, made if it is an absent SQLite file, what it does not have yet.
    ///
    /// Numbers belong to owners in ranges, so a new file may have a lower number than one that was applied. Each
    /// migration is one transaction under a lock: of two programs that start, one migrates and the other waits.
    ///
    /// # Errors
    /// [`Error::SchemaTooNew`], [`Error::MigrationChanged`] and [`Error::Copy`] before anything is done;
    /// [`Error::Migration`] when one fails: those before it last.
    pub async fn apply(&self, address: &str, options: &MigrateOptions) -> Result<Migrated> {
        let db = Db::connect_to_migrate(address, &Options { connections: 1, ..Options::default() })?;
        let outcome = self.apply_to(&db, address, options).await;
        db.close().await;
        outcome
    }

    async fn apply_to(&self, db: &Db, address: &str, options: &MigrateOptions) -> Result<Migrated> {
        let mut tx = begin(db).await?;
        store::create_table(&mut tx).await?;
        let before = store::list_applied(&mut tx).await?;
        tx.commit().await?;

        let pending = self.pending(&before)?;
        let copy = match (db.kind(), pending.first()) {
            (Kind::Sqlite, Some(first)) if !before.is_empty() => {
                Some(sqlite::copy(&sqlite::file_of(address)?, first.version).await?)
            }
            _ => None,
        };
        let mut applied = Vec::new();
        for migration in pending {
            let mut tx = begin(db).await?;
            if store::list_applied(&mut tx).await?.iter().any(|done| done.version == i64::from(migration.version)) {
                continue;
            }
            migration
                .run(&mut tx, db.kind(), options.now)
                .await
                .map_err(|source| Error::Migration { version: migration.version, source: Box::new(source) })?;
            tx.commit().await?;
            applied.push(migration.version);
        }
        if let (Kind::Postgres, Some(role)) = (db.kind(), &options.grant_to) {
            let mut tx = begin(db).await?;
            tx.run(postgres::grant(role)).await?;
            tx.commit().await?;
        }
        Ok(Migrated { applied, copy })
    }

    /// Refuses a database that this program was not written for.
    pub(crate) async fn check(&self, tx: &mut EveryTx) -> Result<()> {
        let applied = match store::list_applied(tx).await {
            Ok(applied) => applied,
            Err(Error::Internal(error)) if crate::dialect::is_missing_table(&error) => Vec::new(),
            Err(error) => return Err(error),
        };
        match self.pending(&applied)?.first() {
            Some(first) => Err(Error::SchemaBehind { missing: first.version }),
            None => Ok(()),
        }
    }

    fn pending(&self, applied: &[store::Applied]) -> Result<Vec<&Migration>> {
        for done in applied {
            match self.0.iter().find(|migration| i64::from(migration.version) == done.version) {
                None => {
                    let found = u32::try_from(done.version).unwrap_or(u32::MAX);
                    return Err(Error::SchemaTooNew { found, known: self.latest() });
                }
                Some(migration) if migration.checksum != done.checksum => {
                    return Err(Error::MigrationChanged { version: migration.version });
                }
                Some(_) => {}
            }
        }
        let is_pending =
            |migration: &&Migration| applied.iter().all(|done| done.version != i64::from(migration.version));
        Ok(self.0.iter().filter(is_pending).collect())
    }
}

impl Migration {
    fn parse(file: &str, text: &str) -> Result<Self> {
        let (version, name) = file
            .strip_suffix(".sql")
            .and_then(|stem| stem.split_once('_'))
            .filter(|(number, _)| number.len() == 4)
            .and_then(|(number, name)| Some((number.parse().ok()?, name)))
            .ok_or_else(|| Error::MigrationText { file: file.to_owned(), rule: "is not named NNNN_name.sql".into() })?;
        let statements =
            |kind| ddl::statements(text, kind).map_err(|rule| Error::MigrationText { file: file.to_owned(), rule });
        Ok(Self {
            version,
            name: name.to_owned(),
            checksum: hex::encode(Sha256::digest(text)),
            sqlite: statements(Kind::Sqlite)?,
            postgres: statements(Kind::Postgres)?,
        })
    }

    async fn run(&self, tx: &mut EveryTx, kind: Kind, now: Timestamp) -> Result<()> {
        let statements = match kind {
            Kind::Sqlite => &self.sqlite,
            Kind::Postgres => &self.postgres,
        };
        for statement in statements {
            tx.run(statement.clone()).await?;
        }
        store::insert_applied(tx, self.version, &self.name, &self.checksum, now).await
    }
}

/// A transaction that no other migration runs beside.
async fn begin(db: &Db) -> Result<EveryTx> {
    let mut tx = db.every_organization().begin().await?;
    if db.kind() == Kind::Postgres {
        tx.run(postgres::MIGRATE_ALONE.to_owned()).await?;
    }
    Ok(tx)
}
