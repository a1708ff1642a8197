//! Budgets through their routes, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod adjusting;
mod alerts;
mod budgets;
mod calls;
mod explaining;
mod impact;
mod jobs;
mod node;
mod world;
