//! The second book as the gateway sees it: segments, holds, balances, limits. No database.
//!
//! - Nothing is sent upstream without an open [`Hold`]; a hold ends exactly once, by a settlement or, if nothing was
//!   sent, by a release. Dropping it anywhere settles it.
//! - A call is recorded exactly once: dropping an [`OpenCall`] records it.
//! - The state in memory is what the records written so far add up to; a start rebuilds it from them.
//! - What opens a hold is refused when it can't be written; what closes one is never lost.
//!
//! ```text
//! open_call ─► open_hold ─► Hold ─ mark_sent ─► SentHold ─ settle ───────────► next attempt
//!                            │                     ├─ settle_with_call ─────► the end
//!                            └─ release            └─ dropped: at its bound
//! ```

mod adjustment;
mod attribution;
mod balance;
mod bounds;
mod call;
mod checkpoint;
mod cost;
mod directory;
mod dump;
mod error;
mod frame;
mod frames;
mod hold;
mod keeper;
mod ledger;
pub mod limits;
mod live;
mod medium;
pub mod record;
mod recovery;
mod segment;
mod settlement;
mod state;
mod sync;
mod tail;
mod writer;

pub use balance::{Balance, BudgetLimit, BudgetRefusal, Event, Overrun, WhenOver};
pub use bounds::{MAX_NANOS, MAX_QUANTITY};
pub use call::{OpenCall, OpenHold, Refused};
pub use directory::DataDirectory;
pub use dump::to_json_line;
pub use error::Error;
pub use hold::{Hold, SentHold, Settled};
pub use ledger::{CommitMode, Ledger, Options};
pub use live::{Live, LiveCall, LiveHold, LiveTarget};
pub use recovery::Recovery;
pub use segment::Position;
pub use settlement::Settlement;
pub use sync::Commit;
pub use tail::{Batch, Entry, SavedHolds, Tail};
