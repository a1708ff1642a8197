use std::{io, path::PathBuf};

use glaux_kernel::NodeId;

/// What can go wrong with the ledger's files.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has the data directory open.
    #[error("another process uses the data directory {}", path.display())]
    Locked {
        /// The directory.
        path: PathBuf,
    },
    /// Bytes that were written whole can't be read any more.
    #[error("ledger segment {segment} is damaged at byte {offset}: {reason}")]
    Damaged {
        /// The segment's sequence number.
        segment: u64,
        /// Where the damage starts.
        offset: u64,
        /// What is wrong there.
        reason: &'static str,
    },
    /// A record is whole, and this program can't read it: a newer one wrote it.
    #[error("the record at byte {offset} of ledger segment {segment} is of a kind that this program does not know")]
    UnknownRecord {
        /// The segment's sequence number.
        segment: u64,
        /// Where the record begins.
        offset: u64,
    },
    /// A segment was copied here from another node.
    #[error("ledger segment {segment} belongs to {found}, but this is {expected}")]
    ForeignNode {
        /// The segment's sequence number.
        segment: u64,
        /// The node in its header.
        found: NodeId,
        /// The node of this data directory.
        expected: NodeId,
    },
    /// A newer program wrote this.
    #[error("{} has format version {version}, which this program does not know", path.display())]
    NewerFormat {
        /// The file.
        path: PathBuf,
        /// Its version.
        version: u16,
    },
    /// Balances can't be rebuilt: the checkpoint is unreadable and the segments before it are gone.
    #[error("the ledger's checkpoint {} is damaged and the segments before it are gone", path.display())]
    CheckpointDamaged {
        /// The checkpoint file.
        path: PathBuf,
    },
    /// Text of the data directory that should be an id is none.
    #[error("{} does not hold the id of a node", path.display())]
    NodeUnreadable {
        /// The file.
        path: PathBuf,
    },
    /// No room for new holds; what is left is kept for settlements.
    #[error("the disk is full: no new calls are recorded")]
    DiskFull,
    /// The operating system refused to write or sync.
    #[error("the ledger can't be written: {0}")]
    Write(io::ErrorKind),
    /// One record is larger than a segment takes.
    #[error("a ledger record of {bytes} bytes is too large")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// Anything else that the operating system refused.
    #[error("{action} {}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
}

impl Error {
    /// For `map_err` on an operation on `path`.
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }

    /// A failed write or sync of a segment.
    pub(crate) fn write(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::Write(kind),
        }
    }
}
