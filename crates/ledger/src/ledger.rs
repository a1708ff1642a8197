use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use glaux_kernel::{Clock, HoldId, NodeId, Timestamp};
use parking_lot::Mutex;

use crate::{
    Error,
    balance::{Balance, Event, Overrun},
    bounds,
    call::OpenCall,
    directory::DataDirectory,
    frame::RecordRef,
    keeper::Keeper,
    medium::{FileSystem, Medium},
    record::{Adjustment, Call, Charge},
    recovery::{self, Recovery},
    segment::Position,
    settlement::Ending,
    state::State,
    sync::{Commit, GroupSync},
    tail::Tail,
    writer::{Appended, Writer},
};

/// When a record counts as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CommitMode {
    /// When the operating system has it: survives the death of the process.
    #[default]
    Process,
    /// When the disk has it: survives the loss of power. Syncs are shared by all that wait.
    Power,
}

/// How the ledger is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// When a record counts as written.
    pub commit: CommitMode,
    /// A segment longer than this is followed by a new one.
    pub segment_bytes: u64,
    /// Bytes of the disk kept for settlements when it is full.
    pub reserve_bytes: u64,
    /// How often the state is written down, so that the next start need not replay much.
    pub checkpoint_every: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            commit: CommitMode::Process,
            segment_bytes: 64 << 20,
            reserve_bytes: 32 << 20,
            checkpoint_every: Duration::from_secs(5),
        }
    }
}

/// The second book of this node. Shared as `Arc<Ledger>`; dropped, it writes a last checkpoint.
pub struct Ledger {
    shared: Arc<Shared>,
    recovery: Recovery,
    keeper: Keeper,
    syncer: Option<(Arc<GroupSync>, JoinHandle<()>)>,
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("node", &self.node()).finish_non_exhaustive()
    }
}

/// What open calls and holds keep alive.
pub(crate) struct Shared {
    pub(crate) core: Mutex<Core>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) directory: Arc<DataDirectory>,
    pub(crate) calls_in_flight: AtomicU64,
}

/// One lock over file and state: the state is at every moment what the records written so far add up to.
pub(crate) struct Core {
    pub(crate) writer: Writer,
    pub(crate) state: State,
}

impl Ledger {
    /// Opens the ledger of `directory`: reads the checkpoint, replays what came after it, and settles what was open.
    pub fn open(directory: Arc<DataDirectory>, options: &Options, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        Self::open_on(Box::new(FileSystem), directory, options, clock)
    }

    pub(crate) fn open_on(
        medium: Box<dyn Medium>,
        directory: Arc<DataDirectory>,
        options: &Options,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Error> {
        let (mut core, recovery) = recovery::recover(medium, &directory, options, clock.now())?;
        let syncer = match options.commit {
            CommitMode::Process => {
                core.writer.gather();
                None
            }
            CommitMode::Power => Some(start_syncing(&mut core)?),
        };
        let calls_in_flight = AtomicU64::new(0);
        let shared = Arc::new(Shared { core: Mutex::new(core), clock, directory, calls_in_flight });
        let keeper = Keeper::start(Arc::clone(&shared), options.checkpoint_every)?;
        Ok(Self { shared, recovery, keeper, syncer })
    }

    /// Who writes this ledger.
    pub fn node(&self) -> NodeId {
        self.shared.directory.node()
    }

    /// What the last start found.
    pub fn recovery(&self) -> &Recovery {
        &self.recovery
    }

    /// Begins the record of a call. `call` is what is recorded if nothing more is heard of it: give it the status
    /// `Cancelled`. Texts of the caller's are cut at 1,024 bytes, lists at 64 entries.
    pub fn open_call(&self, call: Call) -> OpenCall {
        OpenCall::new(Arc::clone(&self.shared), call)
    }

    /// Appends another figure for a settled attempt, which must not be in the ledger already. On an error nothing of it is.
    pub fn adjust(&self, mut adjustment: Adjustment) -> Result<Commit, Error> {
        bounds::cut_adjustment(&mut adjustment);
        let now = self.shared.clock.now();
        let mut core = self.shared.core.lock();
        let Core { writer, state } = &mut *core;
        let appended = writer.append_opening(RecordRef::Adjustment(&adjustment), now)?;
        state.adjust(&adjustment, self.node());
        drop(core);
        Ok(self.shared.commit(appended))
    }

    /// What a budget has spent and holds in a period, on this node.
    pub fn balance(&self, charge: Charge) -> Balance {
        self.shared.core.lock().state.accounts.balance(charge)
    }

    /// Thresholds reached and overruns since the last time, and how many more were lost because nobody asked.
    pub fn take_events(&self) -> (Vec<Event>, u64) {
        self.shared.core.lock().state.accounts.take_events()
    }

    /// Reads records as they are written, from any position on.
    pub fn tail(&self) -> Tail {
        let watermark = self.shared.core.lock().writer.watermark();
        Tail::live(self.shared.directory.ledger(), self.node(), watermark)
    }

    /// Writes the state down now. The keeper does so by itself every few seconds.
    pub fn checkpoint(&self) -> Result<(), Error> {
        self.keeper.checkpoint(&self.shared)
    }

    /// Deletes segments all of whose records lie before `projected` and are older than `cutoff`; says how many.
    pub fn drop_segments(&self, projected: Position, cutoff: Timestamp) -> Result<usize, Error> {
        self.keeper.drop_segments(&self.shared, projected, cutoff)
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.keeper.stop(&self.shared);
        if let Some((sync, thread)) = self.syncer.take() {
            self.shared.core.lock().writer.stop_syncing();
            sync.stop();
            if thread.join().is_err() {
                tracing::error!("the ledger's syncing thread had panicked; its last records may not be on the disk");
            }
        }
    }
}

fn start_syncing(core: &mut Core) -> Result<(Arc<GroupSync>, JoinHandle<()>), Error> {
    let sync = Arc::new(GroupSync::new(Position::default()));
    core.writer.sync_with(Arc::clone(&sync));
    let thread = std::thread::Builder::new()
        .name("ledger-sync".into())
        .spawn({
            let sync = Arc::clone(&sync);
            move || sync.run()
        })
        .map_err(|error| Error::write(&error))?;
    Ok((sync, thread))
}

impl Core {
    /// Settles a hold, once: appends the attempt, and the call if this is its end, in one write.
    pub(crate) fn close(
        &mut self,
        hold: HoldId,
        ending: Ending,
        call: Option<&mut Call>,
        now: Timestamp,
    ) -> (Option<Overrun>, Appended) {
        let Self { writer, state } = self;
        let Some(open) = state.holds.get(&hold) else { return (None, Appended::Told(Commit::done())) };
        let late = state.calls.get(&open.opened.call).is_some_and(|tally| tally.recorded);
        let attempt = ending.into_attempt(open, now, late);
        let overrun = state.settle(&attempt);
        let appended = match call {
            None => writer.append_closing(&[RecordRef::Attempt(&attempt)], now),
            Some(call) => {
                state.complete(call);
                let appended = writer.append_closing(&[RecordRef::Attempt(&attempt), RecordRef::Call(call)], now);
                state.record(call);
                appended
            }
        };
        (overrun, appended)
    }
}

impl Shared {
    /// Appends the record of a call, with the count and cost of its attempts.
    pub(crate) fn record_call(self: &Arc<Self>, call: &mut Call) -> Commit {
        let now = self.clock.now();
        let mut core = self.core.lock();
        let Core { writer, state } = &mut *core;
        state.complete(call);
        let appended = writer.append_closing(&[RecordRef::Call(call)], now);
        state.record(call);
        self.commit(appended)
    }

    /// What to await for a record.
    pub(crate) fn commit(self: &Arc<Self>, appended: Appended) -> Commit {
        match appended {
            Appended::Told(commit) => commit,
            Appended::Gathered(position) => Commit::gathered(position, Arc::clone(self)),
        }
    }

    /// Writes what was gathered, at least up to `position`.
    pub(crate) fn write_gathered(&self, position: Position) -> Result<(), Error> {
        self.core.lock().writer.write_gathered(position)
    }

    pub(crate) fn call_opened(&self) {
        self.calls_in_flight.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn call_closed(&self) {
        self.calls_in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
