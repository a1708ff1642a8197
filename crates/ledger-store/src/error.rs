/// What can go wrong between the segments and the database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database refused, or is away.
    #[error(transparent)]
    Store(#[from] glaux_store::Error),
    /// A segment can't be read.
    #[error(transparent)]
    Ledger(#[from] glaux_ledger::Error),
    /// Another program moves the offset of this node.
    #[error("the projection of this node was moved by another program")]
    Moved,
    /// The database took a request and never answered.
    #[error("the database does not answer")]
    Silent,
    /// A row holds what was never written there.
    #[error("a row of {table} can't be read: {what}")]
    Row {
        /// Which table.
        table: &'static str,
        /// What is wrong.
        what: &'static str,
    },
    /// The time range has more buckets than are computed at once.
    #[error("the time range has more than {limit} buckets")]
    TooManyBuckets {
        /// The most.
        limit: usize,
    },
    /// The time range is longer than is counted at once.
    #[error("the time range is longer than {} days", longest.as_secs() / 86_400)]
    SpanTooLong {
        /// The longest.
        longest: std::time::Duration,
    },
    /// The task that read the segments was aborted.
    #[error("the reading of segments was aborted")]
    Aborted(#[from] tokio::task::JoinError),
}

/// What most functions here return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// The database is there and can't keep these values: it would refuse them again.
    pub(crate) fn refuses_content(&self) -> bool {
        matches!(self, Self::Store(error) if error.refuses_content())
    }
}
