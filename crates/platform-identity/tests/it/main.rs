//! Who is let in, as what, and what he may do, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod installation;
mod jobs;
mod organizations;
mod roles;
mod signing_in;
mod tokens;
