use std::{collections::HashSet, fmt, future::Future, sync::Arc, time::Duration};

use glaux_kernel::{AdjustmentId, Clock};
use glaux_ledger::{Ledger, Position};
use glaux_store::Db;

use crate::{Error, ProgressWatch, Result, store::adjustments};

/// How often it looks for orders.
const POLL: Duration = Duration::from_secs(1);
/// Orders that are looked at together.
const BATCH: usize = 1000;
/// After this an order is appended by whoever sees it: the node that settled the attempt does not run any more.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);
/// How long a database may say nothing. Its own time-out for a statement is shorter.
const SILENCE: Duration = Duration::from_secs(60);

/// Appends what is ordered of the attempts of this node to its ledger.
///
/// An order is in a segment at most once. What an earlier process of this node has appended is applied, or refused, once the projector
/// has passed the end that the segments had when this one began; before that nothing is appended. What this process has
/// appended it knows. So an order that is still on its way then, and that it does not know, is in no segment; what
/// is appended is in none, and the ledger need not look for it.
///
/// An order whose record the database refuses is refused too, and not appended again.
///
/// Two nodes may both append an order that nobody had for a day. The projector applies it once.
pub struct Adjuster {
    db: Db,
    ledger: Arc<Ledger>,
    clock: Arc<dyn Clock>,
    progress: ProgressWatch,
    begun: Position,
    appended: HashSet<AdjustmentId>,
}

impl fmt::Debug for Adjuster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adjuster")
            .field("node", &self.ledger.node())
            .field("begun", &self.begun)
            .finish_non_exhaustive()
    }
}

impl Adjuster {
    /// The only one of `ledger`, whose records the projector of `progress` carries.
    pub fn new(db: Db, ledger: Arc<Ledger>, progress: ProgressWatch, clock: Arc<dyn Clock>) -> Self {
        // Whoever has the ledger knows its end.
        let begun = ledger.tail().end().unwrap_or_default();
        Self { db, ledger, clock, progress, begun, appended: HashSet::new() }
    }

    /// Appends what is ordered, until `stop`.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut failing = false;
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = tokio::time::sleep(POLL) => {}
            }
            match self.append().await {
                Ok(_) => failing = false,
                Err(_) if failing => {}
                Err(error) => {
                    tracing::warn!(%error, "adjustments of the ledger wait; they are tried again every second");
                    failing = true;
                }
            }
        }
    }

    /// Appends what is ordered now; says how many.
    pub async fn append(&mut self) -> Result<usize> {
        if self.progress.get().position < self.begun {
            return Ok(0);
        }
        let cutoff = self.clock.now().minus(PATIENCE);
        let reading = async {
            let mut tx = self.db.every_organization().read().await?;
            adjustments::list_ordered(&mut tx, self.ledger.node(), cutoff, BATCH as i64).await
        };
        let orders = tokio::time::timeout(SILENCE, reading).await.map_err(|_| Error::Silent)??;
        if orders.len() < BATCH {
            // These are all: what is not among them is applied.
            let ordered: HashSet<_> = orders.iter().map(|row| row.id).collect();
            self.appended.retain(|id| ordered.contains(id));
        }
        let mut appended = 0;
        for order in orders {
            let id = order.id;
            if self.appended.contains(&id) {
                continue;
            }
            let commit = self.ledger.adjust(order.into_ordered().adjustment)?;
            self.appended.insert(id);
            appended += 1;
            commit.await?;
        }
        Ok(appended)
    }
}
