//! What truly differs between the two databases, and nothing else: how to connect and begin, lock clauses, the DDL's
//! types, and what an error means.

pub(crate) mod postgres;
pub(crate) mod sqlite;

use sqlx::error::ErrorKind;

use crate::error::Error;

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Embedded, one file.
    Sqlite,
    /// A server.
    Postgres,
}

impl Kind {
    pub(crate) fn of_address(address: &str) -> Result<Self, Error> {
        match address.split_once(':') {
            Some(("sqlite", _)) => Ok(Self::Sqlite),
            Some(("postgres" | "postgresql", _)) => Ok(Self::Postgres),
            _ => Err(Error::Address(without_password(address))),
        }
    }
}

/// The address as it may be shown.
fn without_password(address: &str) -> String {
    match (address.split_once("://"), address.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, rest))) => format!("{scheme}://…@{rest}"),
        _ => address.to_owned(),
    }
}

/// What the caller can do about it.
pub(crate) fn translate(error: sqlx::Error) -> Error {
    match &error {
        sqlx::Error::RowNotFound => Error::NotFound,
        sqlx::Error::PoolTimedOut => Error::Busy(error),
        sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) | sqlx::Error::Tls(_) => {
            Error::Unavailable(error)
        }
        sqlx::Error::Database(refusal) => match refusal.kind() {
            ErrorKind::UniqueViolation => {
                let constraint = match refusal.constraint() {
                    Some(constraint) => constraint.to_owned(),
                    None => sqlite::constraint_name(refusal.code().as_deref(), refusal.message()),
                };
                Error::UniqueViolation { constraint }
            }
            ErrorKind::ForeignKeyViolation => Error::ForeignKey,
            _ => {
                let code = refusal.code();
                let code = code.as_deref().unwrap_or_default();
                if sqlite::is_busy(code) || postgres::is_busy(code) {
                    Error::Busy(error)
                } else if sqlite::is_unavailable(code) || postgres::is_unavailable(code) {
                    Error::Unavailable(error)
                } else {
                    Error::Internal(error)
                }
            }
        },
        _ => Error::Internal(error),
    }
}

/// Whether a statement failed because the database was never migrated.
pub(crate) fn is_missing_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|refusal| {
        refusal.code().is_some_and(|code| postgres::is_missing_table(&code))
            || sqlite::is_missing_table(refusal.message())
    })
}
