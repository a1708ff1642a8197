//! The catalogue: what is bundled, how it is made, and the importers on files in the sources' formats and on the
//! sources themselves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod bundled;
mod import;
mod litellm_proxy;
mod management;
mod merge;
mod shared;
