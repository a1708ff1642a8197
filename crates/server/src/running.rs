//! Shows the operations' pages what the serving path is doing.

use std::sync::Arc;

use glaux_gateway::Gateway;
use glaux_kernel::{ModelId, OrganizationId, ProviderId};
use glaux_ledger::{Ledger, LiveCall};
use glaux_ledger_store::{Progress, ProgressWatch};
use glaux_platform_operations::{Answering, Circuit, InFlight, Queue, Running};
use glaux_routing::Snapshot;

/// This process's gateway and ledger.
pub(crate) struct RunningHere {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) projection: ProgressWatch,
}

impl Running for RunningHere {
    fn in_flight(&self) -> Vec<InFlight> {
        let targets = self.ledger.live().targets.into_iter();
        let flights = targets.map(|target| InFlight {
            organization: target.organization,
            model: target.model,
            attempts: target.attempts,
            held_nanos: target.held_nanos,
            oldest_ms: u64::try_from(target.oldest.as_millis()).unwrap_or(u64::MAX),
        });
        flights.collect()
    }

    fn open_calls(&self, organization: OrganizationId, most: usize) -> Vec<LiveCall> {
        self.ledger.open_calls(organization, most)
    }

    fn models(&self) -> Vec<(ModelId, Answering)> {
        let statuses = self.gateway.model_statuses().into_iter();
        let answering = statuses.map(|(model, status)| {
            let circuit = match status.circuit {
                glaux_gateway::Circuit::Closed => Circuit::Closed,
                glaux_gateway::Circuit::Open => Circuit::Open,
                glaux_gateway::Circuit::HalfOpen => Circuit::HalfOpen,
            };
            let (answered, failed) = (status.answered, status.failed);
            (model, Answering { circuit, answered, failed, first_byte_micros: status.first_byte_micros })
        });
        answering.collect()
    }

    fn queues(&self) -> Vec<(ProviderId, Queue)> {
        let depths = self.gateway.queue_depths().into_iter();
        depths.map(|(provider, in_flight, waiting)| (provider, Queue { in_flight, waiting })).collect()
    }

    fn projection(&self) -> Progress {
        self.projection.get()
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.gateway.snapshot()
    }
}
