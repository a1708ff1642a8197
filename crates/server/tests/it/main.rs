//! The real binary: started, called, managed, killed, looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod crash;
mod management;
mod process;
