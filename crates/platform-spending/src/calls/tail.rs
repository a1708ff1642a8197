use std::{future::Future, time::Duration};

use glaux_kernel::OrganizationId;
use glaux_ledger_store::{Arrivals, Arrived, find_calls};
use glaux_platform_kit::Context;
use glaux_web::{
    Problem,
    live::{Event, EventKind},
};
use serde::Serialize;

use super::{
    entry::{CallEntry, Names},
    routes::READ,
};
use crate::failed;

/// How often those who watch are told.
const PERIOD: Duration = Duration::from_millis(250);

/// Tells those who watch of the calls that reach the database.
pub struct CallTail {
    context: Context,
    arrivals: Arrivals,
}

/// Calls that came in, the youngest first.
#[derive(Serialize)]
struct Appended {
    items: Vec<CallEntry>,
    /// How many more came.
    omitted: u64,
}

impl CallTail {
    /// Tells of what `arrivals` keeps.
    pub fn new(context: Context, arrivals: Arrivals) -> Self {
        Self { context, arrivals }
    }

    /// Goes on until `stop`.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut failing = false;
        loop {
            tokio::select! {
                biased;
                () = &mut stop => return,
                () = tokio::time::sleep(PERIOD) => {}
            }
            failing = match self.tell().await {
                Ok(()) => false,
                Err(problem) => {
                    if !failing {
                        tracing::warn!(error = %problem.detail(), "calls that came in can't be read for those who watch");
                    }
                    true
                }
            };
        }
    }

    /// Tells of what came since the last time. Nothing is kept while nobody watches.
    pub async fn tell(&self) -> Result<(), Problem> {
        self.arrivals.want(self.context.events.is_watched(EventKind::UsageAppended));
        for (organization, arrived) in self.arrivals.take() {
            self.tell_of(organization, arrived).await?;
        }
        Ok(())
    }

    async fn tell_of(&self, organization: OrganizationId, arrived: Arrived) -> Result<(), Problem> {
        let mut tx = self.context.db.organization(organization).read().await?;
        let youngest_first: Vec<_> = arrived.calls.into_iter().rev().collect();
        let calls = find_calls(&mut tx, &youngest_first).await.map_err(failed)?;
        let names = Names::read(&mut tx).await?;
        let items = calls.into_iter().map(|listed| names.entry(listed)).collect();
        let appended = Appended { items, omitted: arrived.omitted };
        let at = self.context.clock.now();
        self.context.events.send(Event::new(EventKind::UsageAppended, organization, READ, at, &appended)?);
        Ok(())
    }
}
