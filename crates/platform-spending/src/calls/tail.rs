use std::{future::Future, time::Duration};

use glaux_kernel::{CallId, OrganizationId};
use glaux_ledger_store::{Arrivals, find_calls};
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
    /// Tells of what `arrivals` keeps, for organizations in which somebody watches.
    pub fn new(context: Context, arrivals: Arrivals) -> Self {
        let events = context.events.clone();
        arrivals.keep_while(move |organization| events.is_watched(organization, READ));
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

    /// Tells of what came since the last time. Calls that can't be read are told of by their number.
    ///
    /// # Errors
    /// Why they could not be read, once every organization was told.
    pub async fn tell(&self) -> Result<(), Problem> {
        let mut outcome = Ok(());
        for (organization, arrived) in self.arrivals.take() {
            let mut appended = Appended { items: Vec::new(), omitted: arrived.omitted };
            let youngest_first: Vec<_> = arrived.calls.into_iter().rev().collect();
            match self.entries(organization, &youngest_first).await {
                Ok(items) => appended.items = items,
                Err(problem) => {
                    appended.omitted += youngest_first.len() as u64;
                    outcome = Err(problem);
                }
            }
            let at = self.context.clock.now();
            self.context.events.send(Event::new(EventKind::UsageAppended, organization, READ, at, &appended)?);
        }
        outcome
    }

    async fn entries(&self, organization: OrganizationId, calls: &[CallId]) -> Result<Vec<CallEntry>, Problem> {
        let mut tx = self.context.db.organization(organization).read().await?;
        let calls = find_calls(&mut tx, calls).await.map_err(failed)?;
        let names = Names::read(&mut tx, &calls).await?;
        Ok(calls.into_iter().map(|listed| names.entry(listed)).collect())
    }
}
