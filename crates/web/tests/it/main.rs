//! The conventions that every route keeps, without any capability.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod answers;
mod api;
mod document;
mod gates;
