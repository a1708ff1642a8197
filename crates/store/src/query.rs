use std::borrow::Cow;

use sqlx::{
    Arguments, AssertSqlSafe, Encode, FromRow, Postgres, Sqlite, Type,
    error::BoxDynError,
    postgres::{PgArguments, PgConnection, PgRow},
    sqlite::{SqliteArguments, SqliteConnection, SqliteRow},
};

use crate::{
    dialect,
    error::{Error, Result},
    sql::Statement,
};

/// What a parameter can be: ids, `i64`, `bool`, `f64`, text, bytes, `Timestamp`, [`crate::Text`], [`crate::Json`],
/// and options of these.
pub trait Bind<'q>: Encode<'q, Postgres> + Type<Postgres> + Encode<'q, Sqlite> + Type<Sqlite> {}

impl<'q, T: Encode<'q, Postgres> + Type<Postgres> + Encode<'q, Sqlite> + Type<Sqlite>> Bind<'q> for T {}

/// What a row can be read into: a struct that derives `sqlx::FromRow`, or a tuple.
pub trait Row: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}

impl<T: for<'r> FromRow<'r, PgRow> + for<'r> FromRow<'r, SqliteRow> + Send + Unpin> Row for T {}

/// A statement with its parameters, not yet sent.
#[must_use = "a query does nothing until it is executed or fetched"]
pub struct Query<'t> {
    text: Cow<'static, str>,
    parameters: usize,
    reuse: Reuse,
    target: Target<'t>,
    refused: Option<BoxDynError>,
}

/// Whether the connection keeps the prepared statement.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reuse {
    Keep,
    Forget,
}

/// A connection and arguments of its kind.
pub(crate) enum Target<'t> {
    Postgres(&'t mut PgConnection, PgArguments),
    Sqlite(&'t mut SqliteConnection, SqliteArguments),
}

/// Sends a query with the driver it is for.
macro_rules! send {
    ($query:expr, $function:ident, [$($row:ident)?], $send:ident, |$answer:ident| $result:expr) => {{
        let query = $query.complete()?;
        let keep = query.reuse == Reuse::Keep;
        match query.target {
            Target::Postgres(connection, arguments) => {
                let text = AssertSqlSafe(dialect::postgres::unfold_locks(query.text));
                let prepared = sqlx::$function::<Postgres, $($row,)? _>(text, arguments).persistent(keep);
                let $answer = prepared.$send(connection).await?;
                Ok($result)
            }
            Target::Sqlite(connection, arguments) => {
                let text = AssertSqlSafe(query.text);
                let prepared = sqlx::$function::<Sqlite, $($row,)? _>(text, arguments).persistent(keep);
                let $answer = prepared.$send(connection).await?;
                Ok($result)
            }
        }
    }};
}

impl<'t> Query<'t> {
    pub(crate) fn new(statement: Statement, target: Target<'t>) -> Self {
        Self::with_text(Cow::Borrowed(statement.text), statement.parameters, Reuse::Keep, target)
    }

    pub(crate) fn with_text(text: Cow<'static, str>, parameters: usize, reuse: Reuse, target: Target<'t>) -> Self {
        Self { text, parameters, reuse, target, refused: None }
    }

    /// The next parameter.
    pub fn bind<'q>(mut self, value: impl Bind<'q>) -> Self {
        self.values().push(value);
        self
    }

    pub(crate) fn values(&mut self) -> Values<'_> {
        let arguments = match &mut self.target {
            Target::Postgres(_, arguments) => AnyArguments::Postgres(arguments),
            Target::Sqlite(_, arguments) => AnyArguments::Sqlite(arguments),
        };
        Values { arguments, refused: &mut self.refused }
    }

    /// Runs the statement and returns how many rows it wrote.
    pub async fn execute(self) -> Result<u64> {
        send!(self, query_with, [], execute, |done| done.rows_affected())
    }

    /// All rows.
    pub async fn fetch_all<R: Row>(self) -> Result<Vec<R>> {
        send!(self, query_as_with, [R], fetch_all, |rows| rows)
    }

    /// The first row, if there is one.
    pub async fn fetch_optional<R: Row>(self) -> Result<Option<R>> {
        send!(self, query_as_with, [R], fetch_optional, |row| row)
    }

    /// The first row.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none.
    pub async fn fetch_one<R: Row>(self) -> Result<R> {
        self.fetch_optional().await?.ok_or(Error::NotFound)
    }

    /// The query, if every parameter has a value. SQLite would take a missing one for NULL.
    fn complete(self) -> Result<Self> {
        if let Some(refused) = self.refused {
            return Err(Error::Internal(sqlx::Error::Encode(refused)));
        }
        let bound = match &self.target {
            Target::Postgres(_, arguments) => Arguments::len(arguments),
            Target::Sqlite(_, arguments) => Arguments::len(arguments),
        };
        if bound == self.parameters {
            return Ok(self);
        }
        let excerpt: String = self.text.chars().take(200).collect();
        Err(Error::Statement(format!("the statement has {} parameters and got {bound}: {excerpt}", self.parameters)))
    }
}

/// The parameters of one row of a statement with many.
pub struct Values<'v> {
    arguments: AnyArguments<'v>,
    refused: &'v mut Option<BoxDynError>,
}

enum AnyArguments<'v> {
    Postgres(&'v mut PgArguments),
    Sqlite(&'v mut SqliteArguments),
}

impl Values<'_> {
    /// The next parameter.
    pub fn push<'q>(&mut self, value: impl Bind<'q>) -> &mut Self {
        let added = match &mut self.arguments {
            AnyArguments::Postgres(arguments) => Arguments::add(*arguments, value),
            AnyArguments::Sqlite(arguments) => Arguments::add(*arguments, value),
        };
        if let Err(error) = added {
            self.refused.get_or_insert(error);
        }
        self
    }
}
