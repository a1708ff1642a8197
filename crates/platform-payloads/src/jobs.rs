use std::time::Duration;

use async_trait::async_trait;
use glaux_jobs::{Failure, Job, Reach};
use glaux_kernel::Timestamp;
use glaux_store::Db;

use crate::delete_expired;

/// The jobs of payloads.
pub fn jobs(db: &Db) -> Vec<Box<dyn Job>> {
    vec![Box::new(Expired { db: db.clone() })]
}

/// Deletes payloads whose days are over.
struct Expired {
    db: Db,
}

#[async_trait]
impl Job for Expired {
    fn name(&self) -> &'static str {
        "expired-payloads"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(60 * 60)
    }

    fn reach(&self) -> Reach {
        Reach::Installation
    }

    async fn run(&self, now: Timestamp) -> Result<(), Failure> {
        let deleted = delete_expired(&self.db, now).await?;
        if deleted > 0 {
            tracing::info!(deleted, "payloads whose days were over were deleted");
        }
        Ok(())
    }
}
