use std::path::PathBuf;

/// What can go wrong between a capability and its rows.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A row that must exist does not.
    #[error("there is no such row")]
    NotFound,
    /// A unique constraint refused the row.
    ///
    /// The name follows PostgreSQL's default on both databases: `<table>_pkey`, or `<table>_<columns>_key`.
    #[error("the unique constraint {constraint} refused the row")]
    UniqueViolation {
        /// For example `features_organization_id_name_key`.
        constraint: String,
    },
    /// A row that is referred to does not exist, or a row that is deleted is still referred to.
    #[error("a foreign key refused the row")]
    ForeignKey,
    /// Lock, deadlock or time-out: the same transaction may succeed when it is tried again.
    #[error("the database is busy")]
    Busy(#[source] sqlx::Error),
    /// The database can't be reached, or went away in the middle.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The address is of neither database.
    #[error("`{0}` is no database address; use sqlite:<path> or postgres://<user>@<host>/<database>")]
    Address(String),
    /// The database was migrated by a newer program.
    #[error(
        "the database has migration {found}, and this program knows migrations up to {known}: \
         start the newer program, or restore the copy that was taken before the migration"
    )]
    SchemaTooNew {
        /// The lowest migration that this program does not know.
        found: u32,
        /// The highest migration that it knows.
        known: u32,
    },
    /// The database has not been migrated for this program.
    #[error("the database lacks migration {missing}: migrate it first")]
    SchemaBehind {
        /// The lowest migration that is missing.
        missing: u32,
    },
    /// A migration that was applied has another text now.
    #[error("migration {version} was applied with another text: an applied migration is never edited")]
    MigrationChanged {
        /// Its number.
        version: u32,
    },
    /// The text of a migration breaks the rules of [`crate::Migrations`].
    #[error("migration {file}: {rule}")]
    MigrationText {
        /// File name.
        file: String,
        /// The rule that is broken.
        rule: String,
    },
    /// A migration failed; nothing of it remains.
    #[error("migration {version} failed, nothing of it remains")]
    Migration {
        /// Its number.
        version: u32,
        /// What the database said.
        #[source]
        source: Box<Error>,
    },
    /// The copy before a migration could not be put in place.
    #[error("the copy of the database can't be written to {path}")]
    Copy {
        /// Where it was to be.
        path: PathBuf,
        /// What the file system said.
        #[source]
        source: std::io::Error,
    },
    /// A statement is used in a way that it was not written for.
    #[error("{0}")]
    Statement(String),
    /// Anything else: a mistake of ours, or a damaged database.
    #[error("the database refused a statement")]
    Internal(#[source] sqlx::Error),
}

/// What most functions here return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The database is there and can't keep these values: it would refuse them again.
    pub fn refuses_content(&self) -> bool {
        matches!(self, Self::Internal(cause) if crate::dialect::refuses_content(cause))
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        crate::dialect::translate(error)
    }
}
