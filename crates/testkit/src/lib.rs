//! What the tests of every crate share. A dev-dependency only: it fails by panicking, as tests do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

pub mod clock;
pub mod database;
#[cfg(feature = "management")]
pub mod management;
pub mod postgres;
pub mod rng;
pub mod shared;
mod skip;
pub mod upstream;

pub use skip::skip;
