//! What a capability is made of: kinds of configuration objects, changes that are journalled, the vault.
//!
//! - A configuration object is its canonical state: one row, one JSON text, read and written here and nowhere else.
//!   History, undo, diff and apply therefore work on every kind without knowing it.
//! - A [`Change`] is the only way to write one. Each write is a journal entry in the same transaction; a dry run is a
//!   run that is rolled back; the answer is given after the local gateway has swapped.
//! - A secret is never part of a state: the state names it, the [`Vault`] seals it.

mod change;
mod context;
mod credential;
mod history;
mod live;
mod object;
mod store;
mod undo;
mod vault;

pub use change::{Change, Changed, RowChange};
pub use context::{Context, Publisher};
pub use credential::{Credential, digest};
pub use history::journal_module;
pub use live::live_module;
pub use object::{
    Kind, Object, Reference, find, find_by_id, find_id, find_mention, find_reference, get, has_text, list, list_all,
    list_matching, list_references, time_zone,
};
pub use undo::{Decision, Inverse, Undo, Undoable, remove, undo_of};
pub use vault::{MasterKey, Vault, VaultError};

/// A capability as the composition root sees it.
pub struct Module {
    /// Its routes, below `/api`, gated and documented.
    pub routes: utoipa_axum::router::OpenApiRouter<Context>,
}
