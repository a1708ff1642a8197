use std::{sync::Arc, time::Duration};

use glaux_kernel::{Clock, NodeId, Timestamp};
use glaux_store::{Db, Result};

use crate::store;

/// How long the lease holds. A node that is gone is followed after this.
const LENGTH: Duration = Duration::from_secs(60);
/// How often it is renewed while it is needed.
const RENEWAL: Duration = Duration::from_secs(15);

/// What one node at a time can hold. A node that starts again has it still.
#[derive(Clone)]
pub(crate) struct Lease {
    db: Db,
    clock: Arc<dyn Clock>,
    node: NodeId,
}

impl Lease {
    pub(crate) fn new(db: Db, clock: Arc<dyn Clock>, node: NodeId) -> Self {
        Self { db, clock, node }
    }

    /// Takes or renews it; gives its end. `None`: another node holds it.
    pub(crate) async fn take(&self) -> Result<Option<Timestamp>> {
        let now = self.clock.now();
        let end = now.plus(LENGTH);
        let mut tx = self.db.every_organization().begin().await?;
        let taken = store::take_lease(&mut tx, self.node, end, now).await?;
        tx.commit().await?;
        Ok(taken.then_some(end))
    }

    /// Renews it until it is lost.
    pub(crate) async fn keep(&self, mut end: Timestamp) {
        while self.clock.now() < end {
            tokio::time::sleep(RENEWAL).await;
            match self.take().await {
                Ok(Some(renewed)) => end = renewed,
                Ok(None) => return,
                // It holds to its end; until then the database may come back.
                Err(_) => {}
            }
        }
    }

    /// Gives it up, if it is held.
    pub(crate) async fn give_up(&self) -> Result<()> {
        let mut tx = self.db.every_organization().begin().await?;
        store::end_lease(&mut tx, self.node).await?;
        tx.commit().await
    }
}
