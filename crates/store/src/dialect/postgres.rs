use std::{borrow::Cow, str::FromStr, time::Duration};

use glaux_kernel::OrganizationId;
use sqlx::{
    Connection as _,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};

use crate::{db::Options, error::Result, sql::number_at};

/// How long a transaction waits for a connection.
const ACQUIRE: Duration = Duration::from_secs(5);

/// Whose rows a transaction sees.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rows {
    Of(OrganizationId),
    OfEvery,
}

/// How a write transaction begins. Read committed: what must not be changed by others is locked by an update.
pub(crate) const BEGIN_WRITE: &str = "BEGIN";

/// How a read transaction begins: one snapshot for all its statements, as SQLite gives it.
pub(crate) const BEGIN_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// The text that begins a transaction and tells the policies whose rows it is for, in one round trip.
///
/// The setting ends with the transaction. An id is hexadecimal digits, so nothing can be smuggled in.
pub(crate) fn begin(begin: &str, rows: Rows) -> String {
    match rows {
        Rows::Of(organization) => {
            format!("{begin}; SET LOCAL glaux.organization = '{}'", organization.uuid().hyphenated())
        }
        Rows::OfEvery => format!("{begin}; SET LOCAL glaux.every_organization = 'on'"),
    }
}

/// Connects, and bounds what a statement or a forgotten transaction can hold up.
pub(crate) fn connect_options(address: &str) -> Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(address)?.application_name("glaux").options([
        ("statement_timeout", "30s"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "60s"),
    ]))
}

/// A connection is tested before use, so that a restarted server costs no transaction. One that was given up and does
/// not answer is not waited for: the pool would be one smaller for as long as it is silent.
pub(crate) fn pool(connect: PgConnectOptions, options: &Options) -> PgPool {
    PgPoolOptions::new()
        .max_connections(options.connections.max(1))
        .acquire_timeout(ACQUIRE)
        .after_release(|connection, _| {
            Box::pin(async move {
                tokio::time::timeout(ACQUIRE, connection.ping())
                    .await
                    .map_err(|_| sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()))??;
                Ok(true)
            })
        })
        .connect_lazy_with(connect)
}

/// Lock clauses that SQLite, where a writer is alone, reads as comments.
const LOCKS: [(&str, &str); 2] =
    [("/*+ FOR UPDATE */", "FOR UPDATE"), ("/*+ FOR UPDATE SKIP LOCKED */", "FOR UPDATE SKIP LOCKED")];

/// The text with its lock clauses in force.
pub(crate) fn unfold_locks(text: Cow<'static, str>) -> Cow<'static, str> {
    if !text.contains("/*+ ") {
        return text;
    }
    let unfolded = LOCKS.iter().fold(text.into_owned(), |text, (comment, clause)| text.replace(comment, clause));
    Cow::Owned(unfolded)
}

/// The text as PostgreSQL can prepare it without being told the parameters' types, which a driver does tell: from
/// `$2 IS NULL` it can't see one, and looks no further.
pub(crate) fn without_null_tests(text: &str) -> String {
    let mut tolerant = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(dollar) = rest.find('$') {
        let (_, end) = number_at(rest.as_bytes(), dollar + 1);
        let (parameter, after) = rest.split_at(end);
        match after.strip_prefix(" IS NULL").or_else(|| after.strip_prefix(" IS NOT NULL")) {
            Some(after) if end > dollar + 1 => {
                tolerant.push_str(&rest[..dollar]);
                tolerant.push_str("FALSE");
                rest = after;
            }
            _ => {
                tolerant.push_str(parameter);
                rest = after;
            }
        }
    }
    tolerant.push_str(rest);
    tolerant
}

/// What the word is called if it is a type of [`crate::Migrations`].
///
/// The collation "C" orders by code point, as SQLite does, so that lists page alike.
pub(crate) fn type_name(word: &str) -> &str {
    match word {
        "TEXT" => "TEXT COLLATE \"C\"",
        "JSON" => "TEXT",
        "TIMESTAMP" => "BIGINT",
        "BYTES" => "BYTEA",
        "DOUBLE" => "DOUBLE PRECISION",
        _ => word,
    }
}

/// Statements that force row-level security on `table`, even for its owner: rows are read and written by the
/// transactions of their organization and of every organization; those of the platform are read by all.
pub(crate) fn force_row_security(table: &str, column: &str) -> String {
    let own = format!(
        "{column} = nullif(current_setting('glaux.organization', true), '')::uuid \
         OR current_setting('glaux.every_organization', true) = 'on'"
    );
    let platform = OrganizationId::PLATFORM.uuid();
    format!(
        "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;\n\
         ALTER TABLE {table} FORCE ROW LEVEL SECURITY;\n\
         CREATE POLICY {table}_own ON {table} USING ({own}) WITH CHECK ({own});\n\
         CREATE POLICY {table}_platform ON {table} FOR SELECT USING ({column} = '{platform}'::uuid);"
    )
}

/// Holds one lock until the end of the transaction: two programs that start don't migrate at once. A migration may
/// take its time, but not wait long for a table, behind which every other statement would queue.
pub(crate) const MIGRATE_ALONE: &str = "SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
     SELECT pg_advisory_xact_lock(7309453642176); SET LOCAL lock_timeout = '10s'";

/// Lets `role` read and write rows, and nothing else.
pub(crate) fn grant(role: &str) -> String {
    let role = role.replace('\'', "''");
    format!(
        "DO $grant$ BEGIN
            EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), '{role}');
            EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA %I TO %I', current_schema(), '{role}');
            EXECUTE format('REVOKE INSERT, UPDATE, DELETE ON schema_migrations FROM %I', '{role}');
        END $grant$"
    )
}

/// Serialization failure, deadlock, lock not available, cancelled by the statement time-out, too many connections.
pub(crate) fn is_busy(code: &str) -> bool {
    matches!(code, "40001" | "40P01" | "55P03" | "57014" | "53300")
}

/// Connection exceptions (class 08), the server shutting down or starting (57P0x), disk or memory exhausted (53).
pub(crate) fn is_unavailable(code: &str) -> bool {
    code.len() == 5 && ["08", "53", "57P0"].iter().any(|class| code.starts_with(class))
}

/// Data exceptions (class 22), constraints (23), program limits (54).
pub(crate) fn refuses_content(code: &str) -> bool {
    code.len() == 5 && ["22", "23", "54"].iter().any(|class| code.starts_with(class))
}

/// `undefined_table`.
pub(crate) fn is_missing_table(code: &str) -> bool {
    code == "42P01"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lock_clauses_are_unfolded_and_nothing_else() {
        let check = |text: &'static str, expected: &str| assert_eq!(unfold_locks(Cow::Borrowed(text)), expected);
        check("SELECT a FROM t /*+ FOR UPDATE */", "SELECT a FROM t FOR UPDATE");
        check(
            "SELECT a FROM t LIMIT 1 /*+ FOR UPDATE SKIP LOCKED */",
            "SELECT a FROM t LIMIT 1 FOR UPDATE SKIP LOCKED",
        );
        check("SELECT /* a + b */ 1", "SELECT /* a + b */ 1");
    }

    #[test]
    fn null_tests_of_parameters_are_taken_out() {
        let check = |text: &str, expected: &str| assert_eq!(without_null_tests(text), expected);
        check("a = $1 AND ($12 IS NULL OR b = $12)", "a = $1 AND (FALSE OR b = $12)");
        check("a IS NULL AND $1 IS NOT NULL", "a IS NULL AND FALSE");
        check("'$' = a", "'$' = a");
    }
}
