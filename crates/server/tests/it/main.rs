//! The real binary: started, called, managed, killed, looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod books;
mod crash;
mod load;
mod management;
mod outage;
mod process;
mod startup;
