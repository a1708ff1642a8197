//! What is done again and again: schedules, and the lease that lets one node do what only one is to do.
//!
//! - When a job ran last is in the database. A run that does not come to its end, because it fails or because its
//!   process is killed, is begun anew: what it has committed by then it finds done.
//! - A job of the whole installation is done by the node that holds the lease, and cut off when that is lost.
//! - A job is due once in each stretch of its length, counted from 1970: a daily one at midnight UTC, or at the start of
//!   a process that was not there at midnight.

mod job;
mod lease;
mod schedule;
mod store;

pub use job::{Failure, Job, Reach};
pub use schedule::Schedule;
