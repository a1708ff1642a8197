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

/// Whether a statement failed because of the values that it was to keep.
pub(crate) fn refuses_content(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|refusal| refusal.code());
    code.is_some_and(|code| postgres::refuses_content(&code) || sqlite::refuses_content(&code))
}

/// Whether a statement failed because the database was never migrated.
pub(crate) fn is_missing_table(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(|refusal| {
        refusal.code().is_some_and(|code| postgres::is_missing_table(&code))
            || sqlite::is_missing_table(refusal.message())
    })
}

#[cfg(test)]
mod tests {
    use super::{postgres, sqlite};

    #[test]
    fn codes_of_either_database_say_whether_content_or_circumstances_are_refused() {
        // Appendix A of PostgreSQL's manual, and SQLite's list of result codes.
        let check = |code: &str, content: bool, busy: bool, unavailable: bool| {
            let told = [
                postgres::refuses_content(code) || sqlite::refuses_content(code),
                postgres::is_busy(code) || sqlite::is_busy(code),
                postgres::is_unavailable(code) || sqlite::is_unavailable(code),
            ];
            assert_eq!(told, [content, busy, unavailable], "{code}");
        };
        // invalid_byte_sequence, not_null_violation, program_limit_exceeded
        ["22021", "23502", "54000"].into_iter().for_each(|code| check(code, true, false, false));
        // SQLITE_TOOBIG, SQLITE_CONSTRAINT_NOTNULL, SQLITE_MISMATCH
        ["18", "1299", "20"].into_iter().for_each(|code| check(code, true, false, false));
        // deadlock_detected, SQLITE_BUSY_SNAPSHOT
        ["40P01", "517"].into_iter().for_each(|code| check(code, false, true, false));
        // admin_shutdown, disk_full, SQLITE_FULL
        ["57P01", "53100", "13"].into_iter().for_each(|code| check(code, false, false, true));
        // insufficient_privilege, undefined_table, SQLITE_ERROR
        ["42501", "42P01", "1"].into_iter().for_each(|code| check(code, false, false, false));
    }
}
