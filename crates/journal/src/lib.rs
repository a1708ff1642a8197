//! The first book: every decision, numbered, attributed, chained by hashes.
//!
//! It is the undo history, the outbox that tells the rest of the system what changed, and the answer to "what was in
//! force then". Invariants:
//! - [`record`] runs in the transaction that makes the change, so there is no change without an entry and no entry
//!   without a change.
//! - `seq` counts the entries of all organizations from 1 without a gap, and no commit overtakes another: who has read
//!   up to an entry has seen all before it. It numbers the snapshots.
//! - `number` counts the entries of one organization from 1 without a gap; each holds the hash of the one before it, so
//!   that one organization's journal verifies alone. The bytes that are hashed stand in [`mod@format`].
//! - Identifiers are for ever; what may be personal (names, reasons, states) is the payload, which can be erased with
//!   its salt and leaves the chain whole.
//! - States hold no secrets: a [`fingerprint`] stands for one.

mod diff;
mod entry;
mod error;
pub mod format;
mod read;
mod record;
mod store;
mod verify;

pub use diff::{Difference, diff};
pub use entry::{Actor, ActorId, Change, Entry, Hash, Payload, fingerprint};
pub use error::{Error, Result};
pub use read::{Filter, find_last, find_undone, get, list, position, since};
pub use record::{Recorded, erase, record};
pub use verify::{Broken, Fault, Positions, Verification, Verified, verify, verify_all};
