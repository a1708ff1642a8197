use std::{collections::HashMap, future::Future, sync::Arc, time::Duration};

use anyhow::{Error, bail};
use glaux_kernel::{Clock, NodeId, Timestamp};
use glaux_store::{Db, Result};

use crate::{
    Job, Reach,
    lease::Lease,
    store::{self, Run},
};

/// How often the clock is looked at.
const LOOK: Duration = Duration::from_secs(30);
/// How long a job that failed rests.
const REST: Duration = Duration::from_secs(600);

/// The jobs of a node.
pub struct Schedule {
    db: Db,
    clock: Arc<dyn Clock>,
    node: NodeId,
    lease: Lease,
    jobs: Vec<Box<dyn Job>>,
    /// Jobs that failed in this process, and when they are tried again.
    resting: HashMap<&'static str, Timestamp>,
}

impl Schedule {
    /// Does nothing yet.
    pub fn new(db: Db, clock: Arc<dyn Clock>, node: NodeId, jobs: Vec<Box<dyn Job>>) -> Self {
        let lease = Lease::new(db.clone(), Arc::clone(&clock), node);
        Self { db, clock, node, lease, jobs, resting: HashMap::new() }
    }

    /// Does what is due, until `stop`. A job that is under way then is cut off.
    pub async fn run_until(mut self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        loop {
            tokio::select! {
                biased;
                () = &mut stop => break,
                () = self.look() => {}
            }
        }
        if self.lease.give_up().await.is_err() {
            tracing::warn!("the lease can't be given up; another node has it in a minute");
        }
    }

    /// Does what is due now; says what came to its end.
    pub async fn run_due(&mut self) -> Result<Vec<&'static str>> {
        let runs = self.runs().await?;
        let mut done = Vec::new();
        for job in &self.jobs {
            let (name, now) = (job.name(), self.clock.now());
            if !is_due(&**job, self.node, &runs, now) || self.resting.get(name).is_some_and(|until| now < *until) {
                continue;
            }
            match self.run(&**job, now).await {
                Ok(Outcome::Done) => {
                    self.resting.remove(name);
                    done.push(name);
                }
                Ok(Outcome::Elsewhere) => {}
                Err(error) => {
                    tracing::error!(job.name = name, error = format!("{error:#}"), "a job failed; it is tried again");
                    self.resting.insert(name, now.plus(REST));
                }
            }
        }
        Ok(done)
    }

    async fn look(&mut self) {
        if let Err(error) = self.run_due().await {
            tracing::warn!(%error, "jobs wait for the database");
        }
        tokio::time::sleep(LOOK).await;
    }

    async fn run(&self, job: &dyn Job, now: Timestamp) -> anyhow::Result<Outcome> {
        match job.reach() {
            Reach::Node => job.run(now).await.map_err(Error::from_boxed)?,
            Reach::Installation => {
                let Some(end) = self.lease.take().await? else { return Ok(Outcome::Elsewhere) };
                // The node that held the lease may have done it a moment ago.
                if !is_due(job, self.node, &self.runs().await?, now) {
                    return Ok(Outcome::Elsewhere);
                }
                tokio::select! {
                    ran = job.run(now) => ran.map_err(Error::from_boxed)?,
                    () = self.lease.keep(end) => bail!("the lease was lost"),
                }
            }
        }
        let mut tx = self.db.every_organization().begin().await?;
        store::keep_run(&mut tx, job.name(), &job.reach().runner(self.node), now).await?;
        tx.commit().await?;
        Ok(Outcome::Done)
    }

    async fn runs(&self) -> Result<Vec<Run>> {
        store::list_runs(&mut self.db.every_organization().read().await?).await
    }
}

enum Outcome {
    /// It came to its end.
    Done,
    /// Another node does it, or has done it.
    Elsewhere,
}

/// Whether no run began in the stretch of time that holds `now`.
fn is_due(job: &dyn Job, node: NodeId, runs: &[Run], now: Timestamp) -> bool {
    let runner = job.reach().runner(node);
    let mut own = runs.iter().filter(|run| run.name == job.name() && run.runner == runner);
    own.all(|run| run.began_at < now.floor(job.every()))
}
