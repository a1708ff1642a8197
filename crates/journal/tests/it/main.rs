//! What the journal promises, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod reading;
mod recording;
mod store;
mod verifying;
