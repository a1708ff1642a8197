//! What the store promises, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod isolation;
mod migration;
mod rows;
mod schema;
mod store;
mod transaction;
