//! The way from segments to rows and sums, on both databases.

#![expect(clippy::unwrap_used, reason = "a failed expectation fails the test")]

mod adjusting;
mod analytics;
mod arrivals;
mod calls;
mod migrating;
mod projection;
mod refusals;
mod retention;
mod usage;
mod verification;
mod world;
