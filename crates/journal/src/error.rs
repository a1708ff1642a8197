/// What can go wrong with the journal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The organization has no entry of this number.
    #[error("there is no journal entry {0}")]
    NotFound(i64),
    /// Canonical JSON would round this number. Write it as text.
    #[error("the number {number} at `{pointer}` can't be kept exactly in canonical JSON; write it as text")]
    Inexact {
        /// JSON pointer into the payload.
        pointer: String,
        /// The number.
        number: String,
    },
    /// A list goes on from a place that is none.
    #[error("`{0}` is not a cursor of the journal")]
    Cursor(String),
    /// What the database holds is no entry. [`crate::verify`] says more.
    #[error("journal entry {seq} is damaged: {what}")]
    Damaged {
        /// The entry.
        seq: i64,
        /// The part that can't be read.
        what: &'static str,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] glaux_store::Error),
    /// A state that JSON can't hold.
    #[error("the payload can't be written")]
    Internal(#[source] serde_json::Error),
}

/// What the functions here return.
pub type Result<T, E = Error> = std::result::Result<T, E>;
