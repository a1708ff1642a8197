use std::{error::Error as _, fmt, future::Future, sync::Arc, time::Duration};

use glaux_kernel::{Clock, NodeId, Timestamp};
use glaux_ledger::{Batch, Position, Tail};
use glaux_store::Db;
use parking_lot::Mutex;

use crate::{
    Arrivals, Error, Result,
    projection::{self, Carried, Novelty},
    store::offsets,
};

/// Records of one transaction.
const BATCH: usize = 4500;
/// How long the projector waits for new records, unless a whole batch is there: what a transaction costs is shared by the
/// records of this time.
const POLL: Duration = Duration::from_millis(250);
/// How long it waits for a database that says nothing. Its own time-out for a statement is shorter.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it waits after a first failure, and at most.
const BACK_OFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(15));

/// Carries the records of this node into the database, in order, each exactly once.
///
/// The offset moves in the transaction that writes the rows. A gateway does not wait for it. A record whose content the
/// database refuses is searched for by halves, reported and passed over: the segments keep it, and the recount finds it.
pub struct Projector {
    db: Db,
    tail: Arc<Tail>,
    node: NodeId,
    clock: Arc<dyn Clock>,
    /// Where to go on; unknown before the first success and after another program moved it.
    position: Option<Position>,
    /// Records of the next transaction: fewer than a batch while one that the database refuses is searched for.
    limit: usize,
    progress: Arc<Mutex<Progress>>,
    arrivals: Arrivals,
}

/// What a step carried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Nothing,
    /// All that was there.
    Rest,
    /// As much as goes into one transaction.
    Batch,
}

impl fmt::Debug for Projector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Projector").field("node", &self.node).field("position", &self.position).finish_non_exhaustive()
    }
}

/// How far a projector is.
#[derive(Debug, Clone, Default)]
pub struct Progress {
    /// Everything before this is in the database.
    pub position: Position,
    /// Entries that were carried since the program started.
    pub entries: u64,
    /// Records that were passed over since the program started, because the database refuses their content.
    pub set_aside: u64,
    /// Everything that was written when it last looked is in the database.
    pub caught_up: bool,
    /// Since when it fails, and why it failed last.
    pub failing: Option<(Timestamp, String)>,
}

/// Watches a projector from elsewhere.
#[derive(Debug, Clone)]
pub struct ProgressWatch(Arc<Mutex<Progress>>);

impl ProgressWatch {
    /// How far it is now.
    pub fn get(&self) -> Progress {
        self.0.lock().clone()
    }
}

impl Projector {
    /// For the records that `tail` reads, which `node` wrote. Touches nothing yet.
    pub fn new(db: Db, tail: Tail, node: NodeId, clock: Arc<dyn Clock>) -> Self {
        Self {
            db,
            tail: Arc::new(tail),
            node,
            clock,
            position: None,
            limit: BATCH,
            progress: Arc::default(),
            arrivals: Arrivals::default(),
        }
    }

    /// To see how far it is.
    pub fn watch(&self) -> ProgressWatch {
        ProgressWatch(Arc::clone(&self.progress))
    }

    /// To see the calls that it carries.
    pub fn arrivals(&self) -> Arrivals {
        self.arrivals.clone()
    }

    /// Carries records until `shutdown`, whatever the database does: failures are tried again, later and later.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut shutdown = std::pin::pin!(shutdown);
        let mut back_off = BACK_OFF.0;
        loop {
            let pause = match self.step_within(PATIENCE).await {
                Ok(step) => {
                    back_off = BACK_OFF.0;
                    if step == Step::Batch { Duration::ZERO } else { POLL }
                }
                Err(error) => {
                    self.note_failure(&error);
                    let pause = back_off;
                    back_off = (back_off * 2).min(BACK_OFF.1);
                    pause
                }
            };
            // A transaction is never cut off: shutdown is looked at between two of them.
            tokio::select! {
                biased;
                () = &mut shutdown => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Carries everything that is written now.
    pub async fn catch_up(&mut self) -> Result<()> {
        loop {
            let from = self.position().await?;
            match self.step().await {
                Ok(Step::Nothing) => return Ok(()),
                Ok(Step::Rest | Step::Batch) => {}
                // Another one of this node has carried what this one was about to: on from there.
                Err(Error::Moved) if self.position_anew().await? != from => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// A step, unless the database stays silent. What it did then is seen from the offset.
    async fn step_within(&mut self, patience: Duration) -> Result<Step> {
        match tokio::time::timeout(patience, self.step()).await {
            Ok(done) => done,
            Err(_) => {
                self.position = None;
                Err(Error::Silent)
            }
        }
    }

    /// Carries one batch.
    async fn step(&mut self) -> Result<Step> {
        let from = self.position().await?;
        let batch = self.read(from).await?;
        let (next, read) = (batch.next, batch.entries.len());
        let step = if read < self.limit { Step::Rest } else { Step::Batch };
        if next == from {
            self.progress.lock().caught_up = true;
            self.note_success(from, Carried::default());
            return Ok(Step::Nothing);
        }
        let arriving = self.arrivals.among(&batch.entries);
        let carried = match self.carry_once(from, batch).await {
            Err(error) if error.refuses_content() && read > 1 => {
                self.limit = read / 2;
                return Ok(Step::Batch);
            }
            Err(error) if error.refuses_content() => self.set_aside(from, next, &error).await?,
            outcome => {
                let carried = outcome?;
                self.arrivals.add(arriving);
                carried
            }
        };
        self.limit = (self.limit * 2).min(BATCH);
        self.position = Some(next);
        self.progress.lock().caught_up = false;
        self.note_success(next, carried);
        Ok(step)
    }

    /// Carries what is new of a batch.
    async fn carry_once(&mut self, from: Position, batch: Batch) -> Result<Carried> {
        let next = batch.next;
        if let Some(carried) = self.carry(from, batch, Novelty::Expected).await? {
            return Ok(carried);
        }
        let mut batch = self.read(from).await?;
        // More may have been written since.
        batch.entries.retain(|entry| entry.at < next);
        batch.next = next;
        self.carry(from, batch, Novelty::Doubtful).await?.ok_or(Error::Moved)
    }

    /// Passes over the record between `from` and `next`.
    async fn set_aside(&mut self, from: Position, next: Position, error: &Error) -> Result<Carried> {
        self.limit = 1;
        let refused = self.read(from).await?.entries;
        let passed = projection::pass_over(&self.db, self.node, (from, next), refused.first()).await;
        passed.inspect_err(|error| self.forget_if_moved(error))?;
        self.progress.lock().set_aside += 1;
        tracing::error!(
            %error,
            cause = error.source().map(ToString::to_string),
            ledger.position = %from,
            "a ledger entry is not carried into the database, which refuses its content; the segments keep it"
        );
        Ok(Carried::default())
    }

    async fn read(&self, from: Position) -> Result<Batch> {
        let tail = Arc::clone(&self.tail);
        let limit = self.limit;
        Ok(tokio::task::spawn_blocking(move || tail.read(from, limit)).await??)
    }

    async fn carry(&mut self, from: Position, batch: Batch, novelty: Novelty) -> Result<Option<Carried>> {
        let span = (from, batch.next);
        let carried = projection::carry(&self.db, self.node, span, batch.entries, novelty).await;
        carried.inspect_err(|error| self.forget_if_moved(error))
    }

    fn forget_if_moved(&mut self, error: &Error) {
        if matches!(error, Error::Moved) {
            self.position = None;
        }
    }

    async fn position_anew(&mut self) -> Result<Position> {
        self.position = None;
        self.position().await
    }

    async fn position(&mut self) -> Result<Position> {
        if let Some(position) = self.position {
            return Ok(position);
        }
        let mut tx = self.db.every_organization().begin().await?;
        offsets::ensure(&mut tx, self.node).await?;
        let position = offsets::find(&mut tx, self.node).await?;
        tx.commit().await?;
        self.position = Some(position);
        Ok(position)
    }

    fn note_success(&self, position: Position, carried: Carried) {
        let mut progress = self.progress.lock();
        progress.position = position;
        progress.entries += carried.entries;
        if progress.failing.take().is_some() {
            tracing::info!("ledger entries reach the database again");
        }
        if carried.known > 0 {
            tracing::warn!(
                ledger.entries = carried.known,
                "ledger entries were in the database already and are counted once: the segments had lost them"
            );
        }
    }

    fn note_failure(&self, error: &Error) {
        let mut progress = self.progress.lock();
        let since = progress.failing.take().map(|(since, _)| since);
        if since.is_none() {
            match error {
                Error::Store(glaux_store::Error::Unavailable(_) | glaux_store::Error::Busy(_))
                | Error::Moved
                | Error::Silent => {
                    tracing::warn!(%error, "ledger entries wait for the database");
                }
                _ => tracing::error!(%error, "ledger entries can't be carried into the database"),
            }
        }
        progress.failing = Some((since.unwrap_or_else(|| self.clock.now()), error.to_string()));
    }
}
