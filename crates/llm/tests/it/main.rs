//! What the codecs promise, through the crate's public functions.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr, clippy::disallowed_methods, reason = "test code")]

mod golden;
mod hostile;
mod modalities;
mod passing;
mod refusals;
mod sandboxed;
mod shared;
mod support;
