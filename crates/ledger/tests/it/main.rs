//! What the ledger promises, through its public surface.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a failed expectation fails the test")]

mod adjusting;
mod audit;
mod concurrency;
mod crash;
mod damage;
mod directory;
mod gathering;
mod holds;
mod interleavings;
mod live;
mod power;
mod support;
mod tail;
mod texts;
