//! What the codecs promise, through the crate's public functions.

mod golden;
mod passing;
mod sandboxed;
mod shared;
mod support;
