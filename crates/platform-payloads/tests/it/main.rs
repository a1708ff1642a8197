//! Payloads as the management API shows them, and as they lie in both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod erasing;
mod keeping;
mod policies;
mod reading;
mod world;
