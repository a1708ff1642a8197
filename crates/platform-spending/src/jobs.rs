//! What is done again and again: what is old goes, thresholds that no single node can notice are noticed.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use glaux_jobs::{Failure, Job, Reach};
use glaux_kernel::Timestamp;
use glaux_ledger::Ledger;
use glaux_ledger_store::{ProgressWatch, delete_old_rows, list_organizations};
use glaux_platform_kit::Context;

use crate::alerts;

const MINUTE: Duration = Duration::from_secs(60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How long entries are kept. Roll-ups and balances stay.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Rows of calls and attempts, and alerts.
    pub rows: Duration,
    /// Segments on a node's disk, once they are in the database.
    pub segments: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { rows: DAY * 400, segments: DAY * 7 }
    }
}

/// The jobs of spending on this node, whose segments `progress` sees carried into the database.
pub fn jobs(
    context: &Context,
    ledger: Arc<Ledger>,
    progress: ProgressWatch,
    retention: Retention,
) -> Vec<Box<dyn Job>> {
    let context = context.clone();
    vec![
        Box::new(OldRows { context: context.clone(), kept: retention.rows }),
        Box::new(OldSegments { ledger, progress, kept: retention.segments }),
        Box::new(ReachedThresholds { context }),
    ]
}

/// Deletes rows of calls, attempts and alerts that are older than they are kept.
struct OldRows {
    context: Context,
    kept: Duration,
}

#[async_trait]
impl Job for OldRows {
    fn name(&self) -> &'static str {
        "ledger-rows"
    }

    fn every(&self) -> Duration {
        DAY
    }

    fn reach(&self) -> Reach {
        Reach::Installation
    }

    async fn run(&self, now: Timestamp) -> Result<(), Failure> {
        let (db, cutoff) = (&self.context.db, now.minus(self.kept));
        let calls = delete_old_rows(db, cutoff).await?;
        for organization in list_organizations(db).await? {
            alerts::delete_old(&self.context, organization, cutoff).await?;
        }
        if calls > 0 {
            tracing::info!(calls, %cutoff, "the rows of old calls were deleted; their sums stay");
        }
        Ok(())
    }
}

/// Deletes segments of this node that are in the database and older than they are kept.
struct OldSegments {
    ledger: Arc<Ledger>,
    progress: ProgressWatch,
    kept: Duration,
}

#[async_trait]
impl Job for OldSegments {
    fn name(&self) -> &'static str {
        "ledger-segments"
    }

    fn every(&self) -> Duration {
        MINUTE * 60
    }

    fn reach(&self) -> Reach {
        Reach::Node
    }

    async fn run(&self, now: Timestamp) -> Result<(), Failure> {
        let (ledger, projected, cutoff) =
            (Arc::clone(&self.ledger), self.progress.get().position, now.minus(self.kept));
        let dropped = tokio::task::spawn_blocking(move || ledger.drop_segments(projected, cutoff)).await??;
        if dropped > 0 {
            tracing::info!(dropped, "old segments were deleted");
        }
        Ok(())
    }
}

/// Notices thresholds that the spending of all nodes has reached, and those that a node had noticed when it was killed.
struct ReachedThresholds {
    context: Context,
}

#[async_trait]
impl Job for ReachedThresholds {
    fn name(&self) -> &'static str {
        "spending-thresholds"
    }

    fn every(&self) -> Duration {
        MINUTE * 5
    }

    fn reach(&self) -> Reach {
        Reach::Installation
    }

    async fn run(&self, _: Timestamp) -> Result<(), Failure> {
        for organization in list_organizations(&self.context.db).await? {
            alerts::notice_thresholds(&self.context, organization).await?;
        }
        Ok(())
    }
}
