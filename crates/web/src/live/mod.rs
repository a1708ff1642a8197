//! Live events: what just happened, for those who watch.
//!
//! - One bounded broadcast inside the process. A slow watcher loses events and is told so with `gap`; he never slows
//!   down the rest. Whoever sees a gap reads again what he shows.
//! - A watcher sees the events of his own organization whose permission he has.
//! - A stream ends after a quarter of an hour, and the watcher comes back with his `Last-Event-ID`: a right that was
//!   taken away ends with it.

mod history;
mod sse;
mod subscription;
mod websocket;

use std::sync::Arc;

use glaux_kernel::{OrganizationId, Permission, Rng, Timestamp};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::broadcast;

use self::history::History;
pub use self::{
    sse::stream_events,
    subscription::{Message, Subscription},
    websocket::serve_socket,
};
use crate::Problem;

/// How far a watcher may lag behind.
const CAPACITY: usize = 1024;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A feature was activated, deactivated or put into maintenance.
    FeatureStatusChanged,
    /// Numbers of the dashboard moved.
    MetricsUpdated,
    /// A budget passed a threshold, or a settlement its hold.
    SpendingAlert,
    /// A model, provider or assignment took effect.
    ModelDeploymentUpdated,
    /// An experiment moved on.
    ExperimentUpdated,
    /// A queue grew or shrank.
    QueueUpdated,
    /// A job moved on.
    JobProgress,
    /// A health check changed its mind.
    HealthChanged,
    /// An entry was added to the journal.
    JournalAppended,
}

impl EventKind {
    /// The wire text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FeatureStatusChanged => "feature.status_changed",
            Self::MetricsUpdated => "metrics.updated",
            Self::SpendingAlert => "spending.alert",
            Self::ModelDeploymentUpdated => "model.deployment_updated",
            Self::ExperimentUpdated => "experiment.updated",
            Self::QueueUpdated => "queue.updated",
            Self::JobProgress => "job.progress",
            Self::HealthChanged => "health.changed",
            Self::JournalAppended => "journal.appended",
        }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    /// What it is about.
    pub kind: EventKind,
    /// Whose it is.
    pub organization: OrganizationId,
    /// What one must be allowed to read to see it.
    pub permission: Permission,
    /// When.
    pub at: Timestamp,
    /// JSON, without secrets.
    pub data: String,
}

impl Event {
    /// An event about `data`.
    pub fn new(
        kind: EventKind,
        organization: OrganizationId,
        permission: Permission,
        at: Timestamp,
        data: &impl Serialize,
    ) -> Result<Self, Problem> {
        let data = serde_json::to_string(data).map_err(Problem::internal)?;
        Ok(Self { kind, organization, permission, at, data })
    }
}

/// An event with its place in the order of all events of this process.
#[derive(Debug)]
pub(crate) struct Numbered {
    number: u64,
    event: Event,
}

/// Where events are sent to and watched. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Events(Arc<Hub>);

#[derive(Debug)]
struct Hub {
    /// Tells this process's event ids from those of one before.
    epoch: u64,
    told: Mutex<Told>,
}

/// What was told, and the way to those who watch.
#[derive(Debug)]
struct Told {
    history: History,
    /// Absent once the process stops.
    sender: Option<broadcast::Sender<Arc<Numbered>>>,
}

impl Events {
    /// A hub without events.
    pub fn new(rng: &dyn Rng) -> Self {
        let told = Told { history: History::new(CAPACITY), sender: Some(broadcast::Sender::new(CAPACITY)) };
        let hub = Hub { epoch: rng.next_u64(), told: Mutex::new(told) };
        Self(Arc::new(hub))
    }

    /// Tells those who watch.
    pub fn send(&self, event: Event) {
        // Numbering and sending under one lock keeps the order of ids and of delivery the same.
        let mut told = self.0.told.lock();
        let numbered = told.history.append(event);
        if let Some(sender) = told.sender.as_ref().filter(|sender| sender.receiver_count() > 0) {
            // Fails only when the last watcher left in between; then nobody is to be told.
            drop(sender.send(numbered));
        }
    }

    /// Ends every watcher's stream, so that a process that stops does not wait for those who only watch.
    pub fn close(&self) {
        self.0.told.lock().sender = None;
    }

    /// What happens from now on, or from after the event of this id on.
    pub(crate) fn watch(&self, last_event_id: Option<&str>) -> (history::Missed, broadcast::Receiver<Arc<Numbered>>) {
        let told = self.0.told.lock();
        // Without a sender the receiver is closed from the start.
        let receiver = told.sender.as_ref().map_or_else(|| broadcast::channel(1).1, broadcast::Sender::subscribe);
        let missed = match last_event_id {
            None => history::Missed::Events(Vec::new()),
            Some(id) => match self.number_of(id) {
                Some(number) => told.history.after(number),
                None => history::Missed::Gap,
            },
        };
        (missed, receiver)
    }

    fn id_of(&self, number: u64) -> String {
        format!("{:016x}-{number}", self.0.epoch)
    }

    fn number_of(&self, id: &str) -> Option<u64> {
        let (epoch, number) = id.split_once('-')?;
        (u64::from_str_radix(epoch, 16).ok()? == self.0.epoch).then_some(())?;
        number.parse().ok()
    }
}
