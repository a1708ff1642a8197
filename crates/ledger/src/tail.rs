use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use glaux_kernel::{HoldId, NodeId};
use parking_lot::Mutex;

use crate::{
    Error,
    checkpoint::{self, Checkpoint},
    frames::{Found, Frames},
    record::Record,
    segment::{self, HEADER_BYTES, Position},
};

/// Reads a node's records in the order in which they were written, from any position on.
///
/// Blocking: reads files.
#[derive(Debug)]
pub struct Tail {
    directory: PathBuf,
    node: Option<NodeId>,
    /// How far the writer is; absent when nobody writes.
    watermark: Option<Arc<Mutex<Position>>>,
}

/// A record and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Where it begins.
    pub at: Position,
    /// What it says.
    pub record: Record,
}

/// The holds that the writer took for open when it last wrote its state down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedHolds {
    /// A hold that opened before this and is not among `open` is closed: nothing settles it any more.
    pub until: Position,
    /// Open there.
    pub open: BTreeSet<HoldId>,
}

/// Some records and where the next ones begin.
#[derive(Debug, Default)]
pub struct Batch {
    /// In the order written. None: nothing more is there now.
    pub entries: Vec<Entry>,
    /// Where to go on.
    pub next: Position,
    /// Where the last segment ends in bytes that are no record, as a crash leaves them; only while nobody writes.
    pub torn_at: Option<Position>,
}

impl Tail {
    pub(crate) fn live(directory: PathBuf, node: NodeId, watermark: Arc<Mutex<Position>>) -> Self {
        Self { directory, node: Some(node), watermark: Some(watermark) }
    }

    pub(crate) fn replay(directory: PathBuf, node: NodeId) -> Self {
        Self { directory, node: Some(node), watermark: None }
    }

    /// Reads the segments in `directory` while no program writes them.
    pub fn at_rest(directory: &Path) -> Self {
        Self { directory: directory.to_owned(), node: None, watermark: None }
    }

    /// What the checkpoint of `node` says of holds; `None` if there is none that can be read.
    pub fn saved_holds(&self, node: NodeId) -> Result<Option<SavedHolds>, Error> {
        Ok(match Checkpoint::read(&self.directory, node)? {
            checkpoint::Found::Whole(checkpoint) => Some(checkpoint.saved_holds()),
            checkpoint::Found::Absent | checkpoint::Found::Damaged => None,
        })
    }

    /// Where the next record will begin; `None` when nobody writes.
    pub fn end(&self) -> Option<Position> {
        self.watermark.as_ref().map(|watermark| *watermark.lock())
    }

    /// How many bytes are written from `from` on.
    pub fn bytes_from(&self, from: Position) -> Result<u64, Error> {
        let end = self.end();
        let mut bytes = 0;
        for sequence in segment::list(&self.directory)?.into_iter().filter(|sequence| *sequence >= from.segment) {
            let path = segment::path_of(&self.directory, sequence);
            let length = match end.filter(|end| end.segment == sequence) {
                Some(end) => end.offset,
                None => fs::metadata(&path).map_err(Error::io("reading", &path))?.len(),
            };
            let begin = if sequence == from.segment { from.offset } else { 0 };
            bytes += length.saturating_sub(begin.max(HEADER_BYTES));
        }
        Ok(bytes)
    }

    /// At most `limit` records from `from` on, of one segment. Segments that are gone are passed over.
    pub fn read(&self, from: Position, limit: usize) -> Result<Batch, Error> {
        let mut from = from;
        loop {
            let segments = segment::list(&self.directory)?;
            let Some(current) = segments.iter().copied().find(|sequence| *sequence >= from.segment) else {
                return Ok(Batch { next: from, ..Batch::default() });
            };
            let following = segments.iter().copied().find(|sequence| *sequence > current);
            if current != from.segment || from.offset < HEADER_BYTES {
                from = Position { segment: current, offset: HEADER_BYTES };
            }
            let mut batch = self.read_segment(from, limit, following)?;
            let exhausted = batch.entries.len() < limit;
            if let Some(following) = following.filter(|_| exhausted) {
                batch.next = Position { segment: following, offset: HEADER_BYTES };
            }
            if batch.entries.is_empty() && batch.next.segment != from.segment {
                from = batch.next;
                continue;
            }
            return Ok(batch);
        }
    }

    fn read_segment(&self, from: Position, limit: usize, following: Option<u64>) -> Result<Batch, Error> {
        let mut batch = Batch { next: from, ..Batch::default() };
        let watermark = self.watermark.as_ref().map(|watermark| *watermark.lock());
        let Some((file, _)) = segment::open(&self.directory, from.segment, self.node)? else { return Ok(batch) };
        let failed = |error| Error::io("reading", segment::path_of(&self.directory, from.segment))(error);
        let length = file.metadata().map_err(failed)?.len();
        let end = match watermark {
            Some(at) if at.segment < from.segment => return Ok(batch),
            Some(at) if at.segment == from.segment => at.offset.min(length),
            _ => length,
        };
        let mut frames = Frames::new(file, from.offset, end);
        while batch.entries.len() < limit {
            match frames.next().map_err(failed)? {
                Found::Record(record) => {
                    batch.entries.push(Entry { at: batch.next, record });
                    batch.next.offset = frames.offset();
                }
                Found::End => break,
                // Not even at the very end is it a torn tail: nothing may cut it off.
                Found::Unknown => {
                    return Err(Error::UnknownRecord { segment: from.segment, offset: batch.next.offset });
                }
                Found::Damage(reason) => {
                    let last = self.watermark.is_none() && following.is_none();
                    if !last || frames.any_follows().map_err(failed)? {
                        return Err(Error::Damaged { segment: from.segment, offset: batch.next.offset, reason });
                    }
                    batch.torn_at = Some(batch.next);
                    break;
                }
            }
        }
        Ok(batch)
    }
}
