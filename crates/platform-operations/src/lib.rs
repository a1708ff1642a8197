//! What runs now: calls in flight, queues, health of providers and of the program itself.
//!
//! - Figures are of this process and of this moment; what was is in the ledger.
//! - An organization sees its own providers and calls, and nothing of another's.

mod calls;
mod health;
mod history;
mod metrics;
mod routes;
mod status;
mod watch;

use std::sync::Arc;

use glaux_kernel::{ModelId, OrganizationId, ProviderId};
use glaux_ledger::LiveCall;
use glaux_ledger_store::Progress;
use glaux_platform_kit::Module;
use glaux_routing::Snapshot;
use serde::Serialize;
use utoipa::ToSchema;

pub use history::History;
pub use metrics::{NamedModels, Tally, register};
pub use watch::watch;

/// The serving path as it runs in this process. Implemented by the composition root.
pub trait Running: Send + Sync + 'static {
    /// Attempts under way, of every organization.
    fn in_flight(&self) -> Vec<InFlight>;

    /// The `most` oldest calls of an organization that have an attempt under way; the oldest first.
    fn open_calls(&self, organization: OrganizationId, most: usize) -> Vec<LiveCall>;

    /// How each model that was tried has answered within the last minute.
    fn models(&self) -> Vec<(ModelId, Answering)>;

    /// The queue of each provider that has a bound.
    fn queues(&self) -> Vec<(ProviderId, Queue)>;

    /// How far the ledger is carried into the database.
    fn projection(&self) -> Progress;

    /// What calls are served by.
    fn snapshot(&self) -> Arc<Snapshot>;
}

/// A serving path at which nothing runs: for those who only describe the routes.
#[derive(Debug, Clone, Copy)]
pub struct Idle;

impl Running for Idle {
    fn in_flight(&self) -> Vec<InFlight> {
        Vec::new()
    }

    fn open_calls(&self, _: OrganizationId, _: usize) -> Vec<LiveCall> {
        Vec::new()
    }

    fn models(&self) -> Vec<(ModelId, Answering)> {
        Vec::new()
    }

    fn queues(&self) -> Vec<(ProviderId, Queue)> {
        Vec::new()
    }

    fn projection(&self) -> Progress {
        Progress::default()
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        Arc::default()
    }
}

/// The attempts under way at one model for one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InFlight {
    /// Who calls.
    pub organization: OrganizationId,
    /// What is called.
    pub model: ModelId,
    /// How many.
    pub attempts: u64,
    /// Nano-dollars reserved for them.
    pub held_nanos: i64,
    /// How long the oldest has been under way.
    pub oldest_ms: u64,
}

/// How a model has answered within the last minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answering {
    /// Whether attempts are let through.
    pub circuit: Circuit,
    /// Attempts that were answered.
    pub answered: u32,
    /// Attempts that failed.
    pub failed: u32,
    /// A moving average of the time to the first byte.
    pub first_byte_micros: Option<u64>,
}

/// Whether attempts at a model are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Circuit {
    /// All of them.
    Closed,
    /// None, for a while.
    Open,
    /// One, to see.
    HalfOpen,
}

/// The queue of a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct Queue {
    /// Attempts in flight.
    pub in_flight: u32,
    /// Attempts that wait for a place.
    pub waiting: u32,
}

/// The routes; `history` is what [`watch`] keeps.
pub fn module(running: Arc<dyn Running>, history: History) -> Module {
    Module { routes: routes::routes(running, history) }
}
