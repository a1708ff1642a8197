//! The one who appends. Not shared: the ledger's lock is around it.
//!
//! - Bytes go to an explicit offset, so that a failed write is overwritten by the next.
//! - Once told to, it gathers: a record waits in memory until the first of those that wait for theirs asks, and then
//!   all go out in one write. Nobody is vouched for before. A disk that failed ends this until it takes bytes again.
//! - What opens a hold is refused when the disk is full. What closes one is never lost: the reserve is released for it,
//!   and if even that is not enough it waits in memory, before everything that comes later.

use std::{fs::File, path::PathBuf, sync::Arc};

use glaux_kernel::{NodeId, Timestamp};
use parking_lot::Mutex;

use crate::{
    Error, directory,
    frame::{self, MAX_OPENING, RecordRef},
    medium::Medium,
    segment::{self, HEADER_BYTES, Header, Position},
    sync::{Commit, GroupSync},
};

/// More than this is not gathered.
const GATHER_BYTES: usize = 64 << 10;

pub(crate) struct Writer {
    directory: PathBuf,
    node: NodeId,
    medium: Box<dyn Medium>,
    segment_bytes: u64,
    reserve_bytes: u64,
    /// The reserve is on the disk. Without it no hold opens.
    reserve_taken: bool,
    file: Arc<File>,
    end: Position,
    /// Frames that are not in the file: gathered, or settlements that no disk would take.
    unwritten: Vec<u8>,
    gathers: bool,
    /// The last write failed.
    failing: bool,
    watermark: Arc<Mutex<Position>>,
    sync: Option<Arc<GroupSync>>,
}

/// Where a record went.
#[must_use = "what the record vouches for may go out only when this is done"]
pub(crate) enum Appended {
    /// To the file, or it could not.
    Told(Commit),
    /// To memory. It is in the file when [`Writer::write_gathered`] has written up to here.
    Gathered(Position),
}

/// What a writer starts with.
pub(crate) struct WriterStart {
    pub(crate) directory: PathBuf,
    pub(crate) node: NodeId,
    pub(crate) medium: Box<dyn Medium>,
    pub(crate) segment_bytes: u64,
    pub(crate) reserve_bytes: u64,
    pub(crate) sequence: u64,
    pub(crate) now: Timestamp,
}

impl Writer {
    /// Begins segment `sequence` and takes the reserve, if the disk has it.
    pub(crate) fn start(start: WriterStart) -> Result<Self, Error> {
        let WriterStart { directory, node, medium, segment_bytes, reserve_bytes, sequence, now } = start;
        let header = Header { node, sequence, begun: now };
        let file =
            segment::create(&directory, header).map_err(Error::io("making", segment::path_of(&directory, sequence)))?;
        directory::sync_directory(&directory)?;
        let end = Position { segment: sequence, offset: HEADER_BYTES };
        let mut writer = Self {
            directory,
            node,
            medium,
            segment_bytes,
            reserve_bytes,
            reserve_taken: false,
            file: Arc::new(file),
            end,
            unwritten: Vec::with_capacity(4096),
            gathers: false,
            failing: false,
            watermark: Arc::new(Mutex::new(end)),
            sync: None,
        };
        match writer.retake_reserve() {
            Ok(()) | Err(Error::DiskFull) => Ok(writer),
            Err(error) => Err(error),
        }
    }

    /// From here on records are written together with others.
    pub(crate) fn gather(&mut self) {
        self.gathers = true;
    }

    /// From here on a commit waits for the disk.
    pub(crate) fn sync_with(&mut self, sync: Arc<GroupSync>) {
        self.sync = Some(sync);
    }

    /// Nobody syncs any more: a commit is done when it is written.
    pub(crate) fn stop_syncing(&mut self) {
        self.sync = None;
    }

    /// The current file, where the disk is to have what a checkpoint counts on.
    pub(crate) fn unsynced_file(&self) -> Option<Arc<File>> {
        self.sync.is_some().then(|| Arc::clone(&self.file))
    }

    /// Waits until the disk has what is in the file.
    pub(crate) fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(|error| Error::write(&error))
    }

    /// How far the segments can be read.
    pub(crate) fn watermark(&self) -> Arc<Mutex<Position>> {
        Arc::clone(&self.watermark)
    }

    /// Where the next record goes, if all before it are in the file.
    pub(crate) fn end(&mut self) -> Option<Position> {
        let written = self.unwritten.is_empty() || self.flush_with_reserve().is_ok();
        written.then_some(self.end)
    }

    /// Writes what was gathered, if the file does not reach up to `position` yet.
    pub(crate) fn write_gathered(&mut self, position: Position) -> Result<(), Error> {
        if self.end < position {
            drop(self.flush_with_reserve()?);
        }
        Ok(())
    }

    /// Appends what commits to more spending. On an error nothing of it is in the ledger.
    pub(crate) fn append_opening(&mut self, record: RecordRef<'_>, now: Timestamp) -> Result<Appended, Error> {
        if !self.reserve_taken {
            return Err(Error::DiskFull);
        }
        if let Some(kind) = self.sync.as_ref().and_then(|sync| sync.has_failed()) {
            return Err(Error::Write(kind));
        }
        self.rotate_if_full(now)?;
        let waiting = self.unwritten.len();
        frame::encode(record, &mut self.unwritten)?;
        let bytes = self.unwritten.len() - waiting;
        if bytes > MAX_OPENING {
            self.unwritten.truncate(waiting);
            return Err(Error::TooLarge { bytes });
        }
        if let Some(position) = self.gathered() {
            return Ok(Appended::Gathered(position));
        }
        self.flush().map(Appended::Told).inspect_err(|_| self.unwritten.truncate(waiting))
    }

    /// Appends what ends a hold or a call. It is in the ledger's order whatever happens; the commit fails as long as it
    /// is only in memory.
    pub(crate) fn append_closing(&mut self, records: &[RecordRef<'_>], now: Timestamp) -> Appended {
        // A settlement had better go into a segment that is too long than nowhere.
        let rotated = self.rotate_if_full(now).is_ok();
        for record in records {
            if let Err(error) = frame::encode(*record, &mut self.unwritten) {
                return Appended::Told(Commit::failed(error));
            }
        }
        match self.gathered().filter(|_| rotated) {
            Some(position) => Appended::Gathered(position),
            None => Appended::Told(self.flush_with_reserve().unwrap_or_else(Commit::failed)),
        }
    }

    /// Tries again to write what waits in memory and to take back the reserve.
    pub(crate) fn mend(&mut self, now: Timestamp) -> Result<(), Error> {
        if !self.unwritten.is_empty() {
            let _rotated_later = self.rotate_if_full(now).is_err();
            drop(self.flush_with_reserve()?);
        }
        self.retake_reserve()
    }

    /// Up to where the file will reach, if what is not in it may wait for others.
    fn gathered(&self) -> Option<Position> {
        let bytes = self.unwritten.len();
        let may_wait = self.gathers && !self.failing && self.sync.is_none() && bytes < GATHER_BYTES;
        may_wait.then(|| Position { offset: self.end.offset + bytes as u64, ..self.end })
    }

    fn flush_with_reserve(&mut self) -> Result<Commit, Error> {
        match self.flush() {
            Err(Error::DiskFull) if self.reserve_taken => {
                self.reserve_taken = false;
                let path = self.reserve_path();
                self.medium.release_reserve(&path).map_err(Error::io("releasing", path))?;
                self.flush()
            }
            outcome => outcome,
        }
    }

    /// Writes everything that is not in the file, in one write.
    fn flush(&mut self) -> Result<Commit, Error> {
        let written = self.medium.write(&self.file, &self.unwritten, self.end.offset);
        self.failing = written.is_err();
        written.map_err(|error| Error::write(&error))?;
        self.end.offset += self.unwritten.len() as u64;
        self.unwritten.clear();
        *self.watermark.lock() = self.end;
        Ok(match &self.sync {
            None => Commit::done(),
            Some(sync) => {
                sync.note(self.end, &self.file);
                Commit::syncing(self.end, Arc::clone(sync))
            }
        })
    }

    fn rotate_if_full(&mut self, now: Timestamp) -> Result<(), Error> {
        if self.end.offset < self.segment_bytes {
            return Ok(());
        }
        // A write that failed half-way may have left bytes after the last record.
        self.file.set_len(self.end.offset).map_err(|error| Error::write(&error))?;
        let sequence = self.end.segment + 1;
        let header = Header { node: self.node, sequence, begun: now };
        let file = segment::create(&self.directory, header).map_err(|error| Error::write(&error))?;
        if self.sync.is_some() {
            directory::sync_directory(&self.directory)?;
        }
        self.file = Arc::new(file);
        self.end = Position { segment: sequence, offset: HEADER_BYTES };
        *self.watermark.lock() = self.end;
        Ok(())
    }

    fn retake_reserve(&mut self) -> Result<(), Error> {
        if self.reserve_taken {
            return Ok(());
        }
        let path = self.reserve_path();
        self.medium.take_reserve(&path, self.reserve_bytes).map_err(|error| Error::write(&error))?;
        self.reserve_taken = true;
        Ok(())
    }

    fn reserve_path(&self) -> PathBuf {
        self.directory.join("reserve")
    }
}

#[cfg(test)]
mod tests;
