//! What the process tells its operator, and what it takes from the machine it runs on.
//!
//! - A log line is a message that reads alone, with dotted fields named in [`field`]. It never holds prompts,
//!   completions, credentials, e-mail or IP addresses.
//! - A metric is registered once, in [`Metrics`], by the crate that counts it.
//! - [`SystemClock`] and [`SystemRng`] are the only readers of the machine's clock and randomness; everything else is
//!   handed a [`glaux_kernel::Clock`] and a [`glaux_kernel::Rng`].

mod causes;
mod error;
pub mod field;
mod log;
mod metrics;
mod system;

pub use causes::causes;
pub use error::Error;
pub use log::{LogFormat, LogSettings, init};
pub use metrics::{EXPOSITION_CONTENT_TYPE, LATENCY_BUCKETS_SECONDS, Metrics};
pub use system::{SystemClock, SystemRng};
