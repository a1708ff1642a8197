use std::{error::Error, time::Duration};

use async_trait::async_trait;
use glaux_kernel::{NodeId, Timestamp};

/// Why a job did not come to its end; for the log.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Something that is done again and again.
#[async_trait]
pub trait Job: Send + Sync + 'static {
    /// Its name in the database and in the log: `ledger-rows`. Never changes.
    fn name(&self) -> &'static str;

    /// How often it is done.
    fn every(&self) -> Duration;

    /// Who does it.
    fn reach(&self) -> Reach;

    /// Does it. May be cut off at any await, and is then done from the start.
    async fn run(&self, now: Timestamp) -> Result<(), Failure>;
}

/// Who does a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// One node for all, as for rows of the database.
    Installation,
    /// Each node for itself, as for files on its disk.
    Node,
}

impl Reach {
    /// The name under which runs are kept.
    pub(crate) fn runner(self, node: NodeId) -> String {
        match self {
            Self::Installation => "installation".to_owned(),
            Self::Node => node.to_string(),
        }
    }
}
