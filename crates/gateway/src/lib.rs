//! The data plane: authenticate → resolve → admit → cache → call → stream → settle.
//!
//! - Knows no database: a [`Snapshot`] comes in, ledger records go out.
//! - Nothing is sent upstream before its hold is in the ledger; nothing of an answer's last byte goes out before its
//!   settlement is.
//! - Whatever happens to a call, it is recorded once, and each of its attempts is settled once. Dropping is enough.
//!
//! `call.rs` is the path of a call, top to bottom.

mod attempt;
mod body;
mod cache;
mod call;
mod client_address;
mod exchange;
mod gateway;
mod health;
mod holding;
mod ingress;
mod keeping;
mod names;
mod pacing;
mod pool;
mod relay;
mod respond;
mod scripted;
mod settle;
mod upstream;

pub use body::Body;
pub use gateway::{Config, Gateway, OwnCall};
pub use health::{Circuit, ModelStatus};
