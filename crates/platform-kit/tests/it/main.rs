//! What every capability gets from the kit, shown on one that keeps notes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod changing;
mod history;
mod live;
mod notes;
mod repeating;
mod undoing;
