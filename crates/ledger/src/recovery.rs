//! What a start does: rebuild the state, cut a torn tail, settle what was open.
//!
//! Works without the database. Idempotent: a start that dies half-way is finished by the next.

use std::{fs, fs::OpenOptions, path::Path};

use glaux_kernel::Timestamp;

use crate::{
    Error,
    checkpoint::{self, Checkpoint, Found},
    directory::DataDirectory,
    frame::RecordRef,
    ledger::{CommitMode, Core, Options},
    medium::Medium,
    record::Status,
    segment::{self, HEADER_BYTES, Position},
    settlement::Ending,
    state::State,
    tail::Tail,
    writer::{Writer, WriterStart},
};

/// Records that are read at once.
const BATCH: usize = 1024;

/// What a start found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recovery {
    /// Where the replay began: the checkpoint's position.
    pub from: Position,
    /// Records that were replayed.
    pub replayed: u64,
    /// Where bytes of a record that was never finished were cut off.
    pub torn_at: Option<Position>,
    /// The checkpoint could not be read; all segments were replayed instead.
    pub checkpoint_damaged: bool,
    /// Attempts that were open and are now settled as `unknown`, at their bound.
    pub unknown_attempts: u64,
    /// Calls that had no record and now have one with the status `unknown`.
    pub unknown_calls: u64,
}

pub(crate) fn recover(
    medium: Box<dyn Medium>,
    directory: &DataDirectory,
    options: &Options,
    now: Timestamp,
) -> Result<(Core, Recovery), Error> {
    let segments_path = directory.ledger();
    fs::create_dir_all(&segments_path).map_err(Error::io("making", &segments_path))?;
    let mut recovery = Recovery::default();
    let (state, end) = rebuild(directory, &segments_path, &mut recovery)?;
    let last = segment::list(&segments_path)?.last().copied().unwrap_or(0);
    let writer = Writer::start(WriterStart {
        directory: segments_path,
        node: directory.node(),
        medium,
        segment_bytes: options.segment_bytes,
        reserve_bytes: options.reserve_bytes,
        sequence: last.max(end.segment) + 1,
        now,
    })?;
    let mut core = Core { writer, state };
    core.settle_abandoned(now, &mut recovery);
    if options.commit == CommitMode::Power {
        core.writer.sync()?;
    }
    Ok((core, recovery))
}

/// The state as of the last whole record, and where that ends.
fn rebuild(directory: &DataDirectory, path: &Path, recovery: &mut Recovery) -> Result<(State, Position), Error> {
    remove_unbegun(path)?;
    let oldest = segment::list(path)?.first().copied();
    let (mut state, mut position) = match Checkpoint::read(path, directory.node())? {
        Found::Whole(checkpoint) => {
            let position = checkpoint.position;
            (checkpoint.into_state(), position)
        }
        found => {
            if oldest.is_some_and(|oldest| oldest > 1) {
                return Err(Error::CheckpointDamaged { path: checkpoint::path_of(path) });
            }
            recovery.checkpoint_damaged = matches!(found, Found::Damaged);
            (State::default(), Position::default())
        }
    };
    recovery.from = position;
    let tail = Tail::replay(path.to_owned(), directory.node());
    loop {
        let batch = tail.read(position, BATCH)?;
        recovery.replayed += batch.entries.len() as u64;
        let finished = batch.entries.is_empty() || batch.torn_at.is_some();
        batch.entries.into_iter().for_each(|entry| state.apply(entry.record, directory.node()));
        position = batch.next;
        if let Some(torn) = batch.torn_at {
            recovery.torn_at = Some(torn);
            cut(path, torn)?;
        }
        if finished {
            return Ok((state, position));
        }
    }
}

/// Deletes a last segment whose header was never finished.
fn remove_unbegun(path: &Path) -> Result<(), Error> {
    let Some(last) = segment::list(path)?.last().copied() else { return Ok(()) };
    if segment::open(path, last, None)?.is_some() {
        return Ok(());
    }
    let file = segment::path_of(path, last);
    fs::remove_file(&file).map_err(Error::io("deleting", file))
}

fn cut(path: &Path, torn: Position) -> Result<(), Error> {
    let file = segment::path_of(path, torn.segment);
    OpenOptions::new()
        .write(true)
        .open(&file)
        .and_then(|segment| segment.set_len(torn.offset.max(HEADER_BYTES)).and_then(|()| segment.sync_all()))
        .map_err(Error::io("cutting", file))
}

impl Core {
    /// Settles every open hold once, and records every call that has no record once.
    fn settle_abandoned(&mut self, now: Timestamp, recovery: &mut Recovery) {
        let mut holds: Vec<_> = self.state.holds.values().map(|hold| (hold.opened.at, hold.opened.hold)).collect();
        holds.sort_unstable();
        for (_, hold) in holds {
            let ending = Ending::AtBound { status: Status::Unknown, error_code: None };
            // What no disk takes now waits in memory; a start after that finds the hold open again.
            drop(self.close(hold, ending, None, now));
            recovery.unknown_attempts += 1;
        }
        let mut calls: Vec<_> = self.state.calls.values().map(|tally| tally.unknown_call(now)).collect();
        calls.sort_unstable_by_key(|call| (call.at, call.call));
        for call in calls {
            drop(self.writer.append_closing(&[RecordRef::Call(&call)], now));
            self.state.record(&call);
            recovery.unknown_calls += 1;
        }
    }
}

#[cfg(test)]
mod tests;
