//! The real binary: started, called, managed, killed, looked at.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod adjusting;
mod books;
mod console;
mod crash;
mod files;
mod full_disk;
mod load;
mod management;
mod migrating;
mod operations;
mod outage;
mod process;
mod silence;
mod sockets;
mod startup;
mod telling;
