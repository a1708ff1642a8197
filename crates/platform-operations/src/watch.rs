//! Tells those who watch what has changed in the live figures.

use std::{collections::HashMap, sync::Arc, time::Duration};

use glaux_kernel::{ModelId, OrganizationId};
use glaux_platform_kit::Context;
use glaux_web::{
    Problem,
    live::{Event, EventKind},
};
use serde::Serialize;

use crate::{
    Circuit, Running,
    routes::READ,
    status::{AttemptRates, AttemptsInFlight, Figures, LiveStatus},
};

/// How often the figures are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Figures of the dashboard.
#[derive(Clone, PartialEq, Eq, Serialize)]
struct Metrics {
    in_flight: AttemptsInFlight,
    rates: AttemptRates,
}

/// A circuit that opened or closed.
#[derive(Serialize)]
struct CircuitChange<'a> {
    model: &'a str,
    circuit: Circuit,
    before: Circuit,
}

/// What was told last.
#[derive(Default)]
struct Told {
    metrics: HashMap<OrganizationId, Metrics>,
    circuits: HashMap<ModelId, Circuit>,
}

/// Sends `metrics.updated` where figures moved and `health.changed` where a circuit did, once a second, until dropped.
pub async fn watch(context: Context, running: Arc<dyn Running>) {
    let mut told = Told::default();
    loop {
        tokio::time::sleep(LOOK).await;
        let (figures, at) = (Figures::take(&*running), context.clock.now());
        for organization in figures.organizations() {
            match told.news(organization, figures.of(organization, at)) {
                Ok(news) => news.into_iter().for_each(|event| context.events.send(event)),
                Err(problem) => tracing::error!(problem = problem.detail(), "an event can't be written"),
            }
        }
    }
}

impl Told {
    /// What is new in `status`.
    fn news(&mut self, organization: OrganizationId, status: LiveStatus) -> Result<Vec<Event>, Problem> {
        let mut news = Vec::new();
        for model in status.providers.iter().flat_map(|provider| &provider.models) {
            let before = self.circuits.insert(model.id, model.circuit).unwrap_or(Circuit::Closed);
            if before != model.circuit {
                let change = CircuitChange { model: &model.name, circuit: model.circuit, before };
                news.push(Event::new(EventKind::HealthChanged, organization, READ, status.at, &change)?);
            }
        }
        let metrics = Metrics { in_flight: status.in_flight, rates: status.rates };
        if self.metrics.get(&organization) != Some(&metrics) {
            news.push(Event::new(EventKind::MetricsUpdated, organization, READ, status.at, &metrics)?);
            self.metrics.insert(organization, metrics);
        }
        Ok(news)
    }
}
