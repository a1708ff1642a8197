//! Live events: what just happened, for those who watch.
//!
//! - One bounded broadcast inside the process. A slow watcher loses events and is told so with `gap`; he never slows
//!   down the rest. Whoever sees a gap reads again what he shows.
//! - A watcher sees the events of his own organization whose permission he has, of the kinds that he asks for.
//! - A stream ends after a quarter of an hour, and the watcher comes back with his `Last-Event-ID`: a right that was
//!   taken away ends with it.
//! - What passes by in numbers ([`EventKind::UsageAppended`]) is told to those who ask for it, without an id, and is not
//!   remembered: whoever begins to watch it is told `gap` once he does, and then reads what was before.

mod audience;
mod history;
mod kind;
mod sse;
mod subscription;
mod topics;
mod websocket;

use std::sync::Arc;

use glaux_kernel::{OrganizationId, Permission, Rng, Timestamp};
use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::broadcast;

use self::{
    audience::{Audience, Seat},
    history::History,
};
pub use self::{
    kind::EventKind,
    sse::stream_events,
    subscription::{Message, Subscription},
    topics::Topics,
    websocket::serve_socket,
};
use crate::{Caller, Problem};

/// How far a watcher may lag behind.
const CAPACITY: usize = 1024;
/// How far he may in what only passes by: these events are large, and those he has not taken yet stay in memory.
const PASSING_CAPACITY: usize = 64;

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
    /// Who watches what passes by.
    audience: Arc<Audience>,
}

/// What was told, and the way to those who watch.
#[derive(Debug)]
struct Told {
    history: History,
    /// Absent once the process stops.
    senders: Option<Senders>,
}

#[derive(Debug)]
struct Senders {
    kept: broadcast::Sender<Arc<Numbered>>,
    passing: broadcast::Sender<Arc<Event>>,
}

impl Events {
    /// A hub without events.
    pub fn new(rng: &dyn Rng) -> Self {
        let senders =
            Senders { kept: broadcast::Sender::new(CAPACITY), passing: broadcast::Sender::new(PASSING_CAPACITY) };
        let told = Told { history: History::new(CAPACITY), senders: Some(senders) };
        let hub = Hub { epoch: rng.next_u64(), told: Mutex::new(told), audience: Arc::default() };
        Self(Arc::new(hub))
    }

    /// Tells those who watch.
    pub fn send(&self, event: Event) {
        // Numbering and sending under one lock keeps the order of ids and of delivery the same.
        let mut told = self.0.told.lock();
        if event.kind.is_passing() {
            if let Some(senders) = told.senders.as_ref().filter(|senders| senders.passing.receiver_count() > 0) {
                // Fails only when the last watcher left in between; then nobody is to be told.
                drop(senders.passing.send(Arc::new(event)));
            }
            return;
        }
        let numbered = told.history.append(event);
        if let Some(senders) = told.senders.as_ref().filter(|senders| senders.kept.receiver_count() > 0) {
            drop(senders.kept.send(numbered));
        }
    }

    /// Whether somebody of this organization who has this permission watches what passes by: it is costly to make, and need
    /// not be made for nobody.
    pub fn is_watched(&self, organization: OrganizationId, permission: Permission) -> bool {
        self.0.audience.has(organization, permission)
    }

    /// Ends every watcher's stream, so that a process that stops does not wait for those who only watch.
    pub fn close(&self) {
        self.0.told.lock().senders = None;
    }

    /// What happens from now on, or from after the event of this id on.
    pub(crate) fn watch(&self, last_event_id: Option<&str>) -> (history::Missed, broadcast::Receiver<Arc<Numbered>>) {
        let told = self.0.told.lock();
        // Without a sender the receiver is closed from the start.
        let receiver =
            told.senders.as_ref().map_or_else(|| broadcast::channel(1).1, |senders| senders.kept.subscribe());
        let missed = match last_event_id {
            None => history::Missed::Events(Vec::new()),
            Some(id) => match self.number_of(id) {
                Some(number) => told.history.after(number),
                None => history::Missed::Gap,
            },
        };
        (missed, receiver)
    }

    /// What passes by from now on, and the seat of who watches it.
    pub(crate) fn watch_passing(&self, caller: &Caller) -> (broadcast::Receiver<Arc<Event>>, Seat) {
        let receiver = {
            let told = self.0.told.lock();
            told.senders.as_ref().map_or_else(|| broadcast::channel(1).1, |senders| senders.passing.subscribe())
        };
        (receiver, self.0.audience.seat(caller.clone()))
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
