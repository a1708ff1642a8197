use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

use glaux_kernel::{AlertId, OrganizationId};
use glaux_ledger::{Event, Ledger};
use glaux_platform_kit::Context;
use glaux_web::{
    Problem,
    live::{self, EventKind},
};

use super::{About, Alert, routes::READ, store};

/// How often the ledger is asked.
const POLL: Duration = Duration::from_secs(1);

/// Writes down what this node's ledger reports, and tells those who watch.
pub struct AlertWriter {
    context: Context,
    ledger: Arc<Ledger>,
    /// Taken from the ledger and not written yet. While there are any, the ledger keeps what comes after.
    waiting: BTreeMap<OrganizationId, Vec<Event>>,
}

impl AlertWriter {
    /// Asks nothing yet.
    pub fn new(context: Context, ledger: Arc<Ledger>) -> Self {
        Self { context, ledger, waiting: BTreeMap::new() }
    }

    /// Goes on until `stop`; what was reported until then is written before it ends.
    pub async fn run(mut self, stop: impl Future<Output = ()>) {
        let mut stop = std::pin::pin!(stop);
        let mut failing = false;
        loop {
            let stopped = tokio::select! {
                biased;
                () = &mut stop => true,
                () = tokio::time::sleep(POLL) => false,
            };
            match self.write().await {
                Ok(()) => failing = false,
                Err(_) if failing => {}
                Err(_) => {
                    tracing::warn!("spending alerts can't be written; they are tried again every second");
                    failing = true;
                }
            }
            if stopped {
                return;
            }
        }
    }

    /// Writes what was reported since the last time. What can't be written now is written the next time.
    pub async fn write(&mut self) -> Result<(), Problem> {
        if self.waiting.is_empty() {
            self.take();
        }
        while let Some(waiting) = self.waiting.first_entry() {
            tell(&self.context, *waiting.key(), waiting.get()).await?;
            waiting.remove();
        }
        Ok(())
    }

    fn take(&mut self) {
        let (events, lost) = self.ledger.take_events();
        if lost > 0 {
            tracing::warn!(lost, "overruns and thresholds were reported faster than alerts could be written");
        }
        for event in events {
            let (Event::ThresholdReached { organization, .. } | Event::Overrun { organization, .. }) = &event;
            self.waiting.entry(*organization).or_default().push(event);
        }
    }
}

/// Writes what was not told before in one transaction, then tells those who watch.
pub(super) async fn tell(context: &Context, organization: OrganizationId, reported: &[Event]) -> Result<(), Problem> {
    let mut tx = context.db.organization(organization).begin().await?;
    let at = context.clock.now();
    let mut told = Vec::new();
    for event in reported {
        let about = About::read(&mut tx, event).await?;
        let alert = Alert { id: AlertId::new(at, &*context.rng), at, about };
        if store::insert(&mut tx, &alert).await? {
            told.push(live::Event::new(EventKind::SpendingAlert, organization, READ, at, &alert)?);
        }
    }
    tx.commit().await?;
    told.into_iter().for_each(|event| context.events.send(event));
    Ok(())
}
