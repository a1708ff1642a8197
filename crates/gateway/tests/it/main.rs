//! Calls through the gateway over real sockets, answered by the sandbox and by scripted providers, checked against the ledger.
#![allow(clippy::unwrap_used, clippy::panic, reason = "test code")]

mod books;
mod budgets;
mod calls;
mod configuration;
mod upstreams;
mod world;
