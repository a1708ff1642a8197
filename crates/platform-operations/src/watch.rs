//! Tells those who watch what has changed in the live figures, and keeps how well things work.

use std::{collections::HashMap, sync::Arc, time::Duration};

use glaux_kernel::{ModelId, OrganizationId};
use glaux_platform_kit::Context;
use glaux_web::{
    Problem,
    live::{Event, EventKind},
};
use serde::Serialize;

use crate::{
    Circuit, History, Running, health,
    routes::READ,
    status::{AttemptRates, AttemptsInFlight, Figures, Health, Status},
};

/// How often the figures are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// How often the program itself is checked.
const CHECK: Duration = Duration::from_secs(10);

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

/// A check of the program itself that finds something else than before.
#[derive(Serialize)]
struct CheckChange {
    check: &'static str,
    status: Health,
    before: Health,
}

/// What was told last.
#[derive(Default)]
struct Told {
    metrics: HashMap<OrganizationId, Metrics>,
    circuits: HashMap<ModelId, Circuit>,
}

/// Sends `metrics.updated` where figures moved and `health.changed` where a circuit did, once a second, and
/// `health.changed` also where a check of the program itself found something else; keeps in `history` how well providers
/// and the program itself work, until dropped.
pub async fn watch(context: Context, running: Arc<dyn Running>, history: History) {
    // The database may take its time to answer; figures don't wait for it.
    tokio::join!(watch_figures(&context, &*running, &history), watch_program(&context, &*running, &history));
}

async fn watch_figures(context: &Context, running: &dyn Running, history: &History) {
    let mut told = Told::default();
    loop {
        tokio::time::sleep(LOOK).await;
        let (figures, at) = (Figures::take(running), context.clock.now());
        for organization in figures.organizations() {
            let status = figures.of(organization, at);
            history.note_providers(organization, &status);
            match told.news(organization, status) {
                Ok(news) => news.into_iter().for_each(|event| context.events.send(event)),
                Err(problem) => tracing::error!(problem = problem.detail(), "an event can't be written"),
            }
        }
        history.forget(at);
    }
}

async fn watch_program(context: &Context, running: &dyn Running, history: &History) {
    let mut told = HashMap::new();
    loop {
        for check in health::check(context, running).await {
            history.note_check(check.name, check.status, context.clock.now());
            let before = told.insert(check.name, check.status).unwrap_or(Health::Healthy);
            if before != check.status {
                tell(context, running, &CheckChange { check: check.name, status: check.status, before });
            }
        }
        tokio::time::sleep(CHECK).await;
    }
}

/// Tells every organization: the program is all of theirs.
fn tell(context: &Context, running: &dyn Running, change: &CheckChange) {
    for organization in running.snapshot().organizations().map(|organization| organization.id) {
        match Event::new(EventKind::HealthChanged, organization, READ, context.clock.now(), change) {
            Ok(event) => context.events.send(event),
            Err(problem) => tracing::error!(problem = problem.detail(), "an event can't be written"),
        }
    }
}

impl Told {
    /// What is new in `status`.
    fn news(&mut self, organization: OrganizationId, status: Status) -> Result<Vec<Event>, Problem> {
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
