//! The housekeeping thread: checkpoints, what waits in memory, the reserve.

use std::{fs, sync::Arc, thread::JoinHandle, time::Duration};

use glaux_kernel::Timestamp;
use parking_lot::{Condvar, Mutex, MutexGuard};

use crate::{
    Error,
    checkpoint::Checkpoint,
    directory,
    ledger::Shared,
    segment::{self, Position},
};

/// How long after the start of a period the one before may still be charged.
const PERIOD_GRACE: Duration = Duration::from_secs(3600);

pub(crate) struct Keeper {
    control: Arc<Control>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Control {
    stopping: Mutex<bool>,
    wake: Condvar,
    /// Up to where the checkpoint on the disk reaches. Locked while one is written.
    checkpointed: Mutex<Position>,
}

impl Keeper {
    pub(crate) fn start(shared: Arc<Shared>, every: Duration) -> Result<Self, Error> {
        let control = Arc::new(Control::default());
        control.checkpoint(&shared)?;
        let thread = std::thread::Builder::new()
            .name("ledger-keeper".into())
            .spawn({
                let control = Arc::clone(&control);
                move || control.run(&shared, every)
            })
            .map_err(|error| Error::write(&error))?;
        Ok(Self { control, thread: Some(thread) })
    }

    pub(crate) fn checkpoint(&self, shared: &Shared) -> Result<(), Error> {
        self.control.checkpoint(shared)
    }

    /// Ends the thread after a last checkpoint.
    pub(crate) fn stop(&mut self, shared: &Shared) {
        *self.control.stopping.lock() = true;
        self.control.wake.notify_one();
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the ledger's keeper had panicked; checkpoints were missing since");
        }
        self.control.tidy(shared);
    }

    pub(crate) fn drop_segments(
        &self,
        shared: &Shared,
        projected: Position,
        cutoff: Timestamp,
    ) -> Result<usize, Error> {
        let directory = shared.directory.ledger();
        let needed = projected.segment.min(self.control.checkpointed.lock().segment);
        let segments = segment::list(&directory)?;
        let mut dropped = 0;
        for pair in segments.windows(2) {
            let [sequence, following] = *pair else { continue };
            let begun =
                segment::open(&directory, following, Some(shared.directory.node()))?.map(|(_, header)| header.begun);
            if sequence >= needed || begun.is_none_or(|begun| begun > cutoff) {
                break;
            }
            let path = segment::path_of(&directory, sequence);
            fs::remove_file(&path).map_err(Error::io("deleting", path))?;
            dropped += 1;
        }
        if dropped > 0 {
            directory::sync_directory(&directory)?;
        }
        Ok(dropped)
    }
}

impl Control {
    fn run(&self, shared: &Shared, every: Duration) {
        let mut stopping = self.stopping.lock();
        while !*stopping {
            self.wake.wait_for(&mut stopping, every);
            MutexGuard::unlocked(&mut stopping, || self.tidy(shared));
        }
    }

    fn tidy(&self, shared: &Shared) {
        if let Err(error) = shared.core.lock().writer.mend(shared.clock.now()) {
            tracing::warn!(%error, "the ledger's disk is full or failing; no new calls are admitted");
        }
        if let Err(error) = self.checkpoint(shared) {
            tracing::warn!(%error, "the ledger's checkpoint was not written; a start would replay more");
        }
    }

    fn checkpoint(&self, shared: &Shared) -> Result<(), Error> {
        let mut checkpointed = self.checkpointed.lock();
        let now = shared.clock.now();
        let (checkpoint, unsynced) = {
            let mut core = shared.core.lock();
            // Settlements that wait in memory are in the state, but have no position yet.
            let Some(position) = core.writer.end().filter(|position| *position != *checkpointed) else { return Ok(()) };
            core.state.accounts.forget_before(now.minus(PERIOD_GRACE));
            (Checkpoint::of(&core.state, shared.directory.node(), position), core.writer.unsynced_file())
        };
        if let Some(file) = unsynced {
            file.sync_data().map_err(|error| Error::write(&error))?;
        }
        checkpoint.write(&shared.directory.ledger())?;
        *checkpointed = checkpoint.position;
        Ok(())
    }
}
