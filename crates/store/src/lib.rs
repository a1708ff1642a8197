//! SQLite or PostgreSQL behind one door.
//!
//! Invariants:
//! - Rows are reached only through a transaction that names its organization ([`OrgRead`], [`OrgTx`]) or, in the few
//!   crates that `cargo xtask tidy` lists, all of them ([`EveryTx`], from [`Db::every_organization`]).
//! - The organization is `$1` of each statement, bound by the transaction. A statement that leaves it out does not
//!   compile. On PostgreSQL row-level security says the same a second time.
//! - A statement is written once and runs on both databases. What can't lies in `dialect/`.
//! - Nothing is committed unless `commit` was called; a transaction that is dropped is rolled back.
//!
//! # A `store.rs`
//!
//! Every statement is a constant made by [`sql`], [`every_sql`] or [`shared_sql`] from one string literal, in a file
//! named `store.rs` or below a folder named `store`. `cargo xtask check-sql` finds these calls in the sources and has
//! both databases prepare each text ([`Db::prepare`]).
//!
//! ```
//! use glaux_kernel::{FeatureId, Timestamp};
//! use glaux_store::{OrgRead, OrgTx, Result, Sql, sql};
//!
//! const FIND: Sql = sql("SELECT id, name, created_at FROM features WHERE organization_id = $1 AND name = $2");
//!
//! const LIST: Sql = sql(
//!     "SELECT id, name, created_at FROM features
//!      WHERE organization_id = $1 AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR id > $3)
//!      ORDER BY id LIMIT $4",
//! );
//!
//! const INSERT: Sql = sql("INSERT INTO features (organization_id, id, name, created_at) VALUES ($1, $2, $3, $4)");
//!
//! #[derive(sqlx::FromRow)]
//! pub(crate) struct FeatureRow {
//!     pub(crate) id: FeatureId,
//!     pub(crate) name: String,
//!     pub(crate) created_at: Timestamp,
//! }
//!
//! pub(crate) async fn find(tx: &mut OrgRead, name: &str) -> Result<Option<FeatureRow>> {
//!     tx.query(FIND).bind(name).fetch_optional().await
//! }
//!
//! pub(crate) async fn list(
//!     tx: &mut OrgRead,
//!     status: Option<&str>,
//!     after: Option<FeatureId>,
//!     limit: u32,
//! ) -> Result<Vec<FeatureRow>> {
//!     tx.query(LIST).bind(status).bind(after).bind(i64::from(limit)).fetch_all().await
//! }
//!
//! pub(crate) async fn insert(tx: &mut OrgTx, row: &FeatureRow) -> Result<()> {
//!     tx.query(INSERT).bind(row.id).bind(&row.name).bind(row.created_at).execute().await.map(drop)
//! }
//! ```
//!
//! # What makes a text portable
//!
//! - Parameters are `$1`, `$2`, …; a filter that may be absent is `($2 IS NULL OR status = $2)`, so that texts stay
//!   static. Put the organization and the sort key first in an index: the rest is filtered among few rows.
//! - Whole numbers are `BIGINT` and `i64`; `SUM` and `COUNT` of them `CAST(… AS BIGINT)`. Moments are `Timestamp`,
//!   money is nano-units beside a currency, flags are `bool`, enums [`Text`], JSON [`Json`].
//! - `INSERT … ON CONFLICT (…) DO UPDATE SET x = t.x + excluded.x`, `RETURNING`, row values `(a, b) < ($2, $3)` and
//!   `LIMIT $n` mean the same on both; `now()`, `date_trunc`, JSON operators and `ILIKE` do not: compute in Rust.
//! - An `UPDATE` locks its row until the end of the transaction on both. A `SELECT` that must lock ends with
//!   `/*+ FOR UPDATE */` or `/*+ FOR UPDATE SKIP LOCKED */`: SQLite, where a writer is alone, reads a comment.
//! - Rows that the platform shares are read by `organization_id IN ($1, $2)` with `OrganizationId::PLATFORM` as `$2`.
//! - Many rows go through [`OrgTx::insert_rows`]; the text is that of one row.

mod column;
mod db;
mod dialect;
mod error;
mod migration;
mod query;
mod rows;
mod sql;
mod tx;

pub use column::{Json, Text};
pub use db::{Db, Durability, EveryOrganization, Options, Organization};
pub use dialect::Kind;
pub use error::{Error, Result};
pub use migration::{MigrateOptions, Migrated, Migrations};
pub use query::{Bind, Query, Row, Values};
pub use sql::{EverySql, SharedSql, Sql, every_sql, shared_sql, sql};
pub use tx::{EveryTx, OrgRead, OrgTx};
