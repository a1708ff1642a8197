//! What is done again and again: what has ended goes.

use std::time::Duration;

use async_trait::async_trait;
use glaux_jobs::{Failure, Job, Reach};
use glaux_kernel::Timestamp;
use glaux_store::Db;
use glaux_web::idempotency;

use crate::{list_organizations, store};

/// The jobs of identity.
pub fn jobs(db: &Db) -> Vec<Box<dyn Job>> {
    vec![Box::new(Ended { db: db.clone() })]
}

/// Deletes links and sessions that have ended, and answers that no repeated request will get any more.
struct Ended {
    db: Db,
}

#[async_trait]
impl Job for Ended {
    fn name(&self) -> &'static str {
        "ended-sessions"
    }

    fn every(&self) -> Duration {
        Duration::from_secs(24 * 60 * 60)
    }

    fn reach(&self) -> Reach {
        Reach::Installation
    }

    async fn run(&self, now: Timestamp) -> Result<(), Failure> {
        for organization in list_organizations(&self.db).await? {
            let mut tx = self.db.organization(organization.id).begin().await?;
            store::delete_ended(&mut tx, now).await?;
            idempotency::forget_old(&mut tx, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
