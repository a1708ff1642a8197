use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::Arc,
};

use glaux_kernel::{ModelId, ProviderId};
use glaux_ledger_store::Progress;
use glaux_routing::Snapshot;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
};

use super::{NamedModels, provider_of};
use crate::{Circuit, Queue, Running};

/// Figures that are taken when they are asked for. Names that several organizations use are summed.
pub(super) struct Live {
    pub(super) running: Arc<dyn Running>,
    pub(super) models: NamedModels,
}

impl fmt::Debug for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live").finish_non_exhaustive()
    }
}

impl Collector for Live {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let snapshot = self.running.snapshot();
        let names = Names::of(&snapshot);
        self.encode_attempts(&names, &mut encoder)?;
        self.encode_circuits(&names, &mut encoder)?;
        self.encode_queues(&names, &mut encoder)?;
        encode_projection(&self.running.projection(), &mut encoder)?;
        let help = "Position of the journal that calls are served by.";
        figure(&mut encoder, "journal_position_in_force", help, snapshot.journal_seq)?;
        let help = "The program that runs.";
        gauge(&mut encoder, "build_info", help, [([("version", env!("CARGO_PKG_VERSION"))], 1)])
    }
}

impl Live {
    fn encode_attempts(&self, names: &Names, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let (mut attempts, mut all, mut held) = (BTreeMap::new(), 0, 0_i64);
        for flight in self.running.in_flight() {
            all += flight.attempts;
            held = held.saturating_add(flight.held_nanos);
            if let Some(name) = names.models.get(&flight.model) {
                *attempts.entry(self.models.label(name)).or_insert(0) += flight.attempts;
            }
        }
        let attempts = attempts.into_iter().map(|(name, attempts)| (of_model(name), attempts));
        gauge(encoder, "attempts_in_flight", "Attempts under way at models.", attempts)?;
        figure(encoder, "holds_open", "Reservations of money that are not settled yet.", all)?;
        let help = "Billionths of a dollar that open holds reserve.";
        figure(encoder, "held_nanodollars", help, held.max(0).unsigned_abs())
    }

    fn encode_circuits(&self, names: &Names, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let mut circuits: BTreeMap<(&str, &str), u64> = BTreeMap::new();
        for (model, answering) in self.running.models() {
            let Some(name) = names.models.get(&model).map(|name| self.models.label(name)) else { continue };
            for circuit in [Circuit::Closed, Circuit::HalfOpen, Circuit::Open] {
                *circuits.entry((name, state(circuit))).or_default() += u64::from(answering.circuit == circuit);
            }
        }
        let circuits = circuits.into_iter().map(|((name, state), circuits)| {
            ([("provider", provider_of(name)), ("model", name), ("state", state)], circuits)
        });
        gauge(encoder, "circuits", "Circuits of models that were tried, by their state.", circuits)
    }

    fn encode_queues(&self, names: &Names, encoder: &mut DescriptorEncoder) -> fmt::Result {
        let mut queues: BTreeMap<&str, Queue> = BTreeMap::new();
        for (provider, queue) in self.running.queues() {
            let Some(name) = names.providers.get(&provider) else { continue };
            let sum = queues.entry(name).or_insert(Queue { in_flight: 0, waiting: 0 });
            (sum.in_flight, sum.waiting) = (sum.in_flight + queue.in_flight, sum.waiting + queue.waiting);
        }
        let in_flight = queues.iter().map(|(name, queue)| ([("provider", *name)], u64::from(queue.in_flight)));
        gauge(encoder, "provider_places_taken", "Places taken at providers that have a bound.", in_flight)?;
        let waiting = queues.iter().map(|(name, queue)| ([("provider", *name)], u64::from(queue.waiting)));
        gauge(encoder, "provider_queue_depth", "Attempts that wait for a place at their provider.", waiting)
    }
}

fn encode_projection(projection: &Progress, encoder: &mut DescriptorEncoder) -> fmt::Result {
    let help = "Calls and attempts that were carried from the ledger into the database.";
    counter(encoder, "projection_entries", help, projection.entries)?;
    let help = "Records that the database refuses and the segments keep.";
    counter(encoder, "projection_set_aside", help, projection.set_aside)?;
    let help = "1 while the ledger can't be carried into the database.";
    figure(encoder, "projection_failing", help, u64::from(projection.failing.is_some()))
}

/// What models and providers of the snapshot are called.
struct Names<'a> {
    models: HashMap<ModelId, &'a str>,
    providers: HashMap<ProviderId, &'a str>,
}

impl<'a> Names<'a> {
    fn of(snapshot: &'a Snapshot) -> Self {
        let models = || snapshot.organizations().flat_map(|organization| organization.models.values());
        Self {
            models: models().map(|model| (model.id, &*model.name)).collect(),
            providers: models().map(|model| (model.provider.id, &*model.provider.name)).collect(),
        }
    }
}

fn of_model(name: &str) -> [(&'static str, &str); 2] {
    [("provider", provider_of(name)), ("model", name)]
}

const fn state(circuit: Circuit) -> &'static str {
    match circuit {
        Circuit::Closed => "closed",
        Circuit::HalfOpen => "half_open",
        Circuit::Open => "open",
    }
}

fn counter(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstCounter::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Counter)?)
}

fn figure(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: u64) -> fmt::Result {
    ConstGauge::new(value).encode(encoder.encode_descriptor(name, help, None, MetricType::Gauge)?)
}

fn gauge<L: EncodeLabelSet>(
    encoder: &mut DescriptorEncoder,
    name: &str,
    help: &str,
    values: impl IntoIterator<Item = (L, u64)>,
) -> fmt::Result {
    let mut family = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
    for (labels, value) in values {
        ConstGauge::new(value).encode(family.encode_family(&labels)?)?;
    }
    Ok(())
}
