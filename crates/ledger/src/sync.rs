//! When a record counts as written: when the operating system has it, or when the disk has it.
//!
//! Under `commit = process` records are gathered: the first of those that wait lets everybody else who can run append
//! first, and then writes for all.
//!
//! Under `commit = power` one thread syncs for everybody: whatever was appended while the last sync ran is covered by
//! the next one (group commit).

use std::{
    fmt,
    fs::File,
    future::Future,
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use parking_lot::{Condvar, Mutex};

use crate::{Error, ledger::Shared, segment::Position};

/// A record on its way to the disk. Await it before what the record vouches for goes out.
///
/// Dropped, it writes what was gathered; nobody learns whether that failed.
#[must_use = "what the record vouches for may go out only when this is done"]
pub struct Commit(State);

enum State {
    Done,
    Failed(Option<Error>),
    /// In memory, up to this position. Others were let append, or are about to be.
    Gathered(Position, Arc<Shared>, Others),
    Syncing(Position, Arc<GroupSync>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Others {
    Waiting,
    LetBy,
}

impl fmt::Debug for Commit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.0 {
            State::Done => "done",
            State::Failed(_) => "failed",
            State::Gathered(..) => "gathered",
            State::Syncing(..) => "syncing",
        };
        f.debug_tuple("Commit").field(&state).finish()
    }
}

impl Commit {
    pub(crate) fn done() -> Self {
        Self(State::Done)
    }

    pub(crate) fn failed(error: Error) -> Self {
        Self(State::Failed(Some(error)))
    }

    pub(crate) fn gathered(position: Position, shared: Arc<Shared>) -> Self {
        Self(State::Gathered(position, shared, Others::Waiting))
    }

    pub(crate) fn syncing(position: Position, sync: Arc<GroupSync>) -> Self {
        Self(State::Syncing(position, sync))
    }

    /// The outcome, if it can be known without waiting.
    pub fn try_wait(&mut self) -> Option<Result<(), Error>> {
        if let State::Gathered(_, _, others) = &mut self.0 {
            *others = Others::LetBy;
        }
        match Pin::new(self).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(outcome) => Some(outcome),
            Poll::Pending => None,
        }
    }
}

impl Future for Commit {
    type Output = Result<(), Error>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Done => Poll::Ready(Ok(())),
            State::Failed(error) => Poll::Ready(error.take().map_or(Ok(()), Err)),
            State::Gathered(_, _, others @ Others::Waiting) => {
                *others = Others::LetBy;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            State::Gathered(position, shared, Others::LetBy) => {
                let written = shared.write_gathered(*position);
                self.0 = State::Done;
                Poll::Ready(written)
            }
            State::Syncing(position, sync) => sync.poll(*position, context.waker()),
        }
    }
}

impl Drop for Commit {
    fn drop(&mut self) {
        if let State::Gathered(position, shared, _) = &self.0 {
            // What can't be written now is written with the next record.
            drop(shared.write_gathered(*position));
        }
    }
}

/// What the syncing thread and those who wait for it share.
#[derive(Debug)]
pub(crate) struct GroupSync {
    progress: Mutex<Progress>,
    written: Condvar,
}

#[derive(Debug)]
struct Progress {
    written: Position,
    synced: Position,
    /// Files with bytes that are not synced, the current segment last.
    dirty: Vec<Arc<File>>,
    waiting: Vec<Waker>,
    /// After a failed sync the kernel may have dropped the bytes: nothing later can be vouched for.
    failed: Option<io::ErrorKind>,
    stopping: bool,
}

impl GroupSync {
    pub(crate) fn new(start: Position) -> Self {
        let progress = Progress {
            written: start,
            synced: start,
            dirty: Vec::new(),
            waiting: Vec::new(),
            failed: None,
            stopping: false,
        };
        Self { progress: Mutex::new(progress), written: Condvar::new() }
    }

    /// Bytes up to `position` are in `file`.
    pub(crate) fn note(&self, position: Position, file: &Arc<File>) {
        let mut progress = self.progress.lock();
        progress.written = position;
        if !progress.dirty.last().is_some_and(|last| Arc::ptr_eq(last, file)) {
            progress.dirty.push(Arc::clone(file));
        }
        self.written.notify_one();
    }

    /// Syncs until [`GroupSync::stop`] and all is synced.
    pub(crate) fn run(&self) {
        let mut progress = self.progress.lock();
        loop {
            while progress.written == progress.synced && !progress.stopping {
                self.written.wait(&mut progress);
            }
            if progress.written == progress.synced {
                return;
            }
            let target = progress.written;
            let files = std::mem::take(&mut progress.dirty);
            drop(progress);
            let outcome = files.iter().try_for_each(|file| file.sync_data());
            progress = self.progress.lock();
            progress.synced = target;
            if let Err(error) = outcome {
                progress.failed = Some(error.kind());
            }
            progress.waiting.drain(..).for_each(Waker::wake);
        }
    }

    /// Lets [`GroupSync::run`] return.
    pub(crate) fn stop(&self) {
        self.progress.lock().stopping = true;
        self.written.notify_one();
    }

    fn poll(&self, position: Position, waker: &Waker) -> Poll<Result<(), Error>> {
        let mut progress = self.progress.lock();
        if let Some(kind) = progress.failed {
            return Poll::Ready(Err(Error::Write(kind)));
        }
        if progress.synced >= position {
            return Poll::Ready(Ok(()));
        }
        if !progress.waiting.iter().any(|waiting| waiting.will_wake(waker)) {
            progress.waiting.push(waker.clone());
        }
        Poll::Pending
    }

    /// No later record can be vouched for.
    pub(crate) fn has_failed(&self) -> Option<io::ErrorKind> {
        self.progress.lock().failed
    }
}
