use std::{sync::Arc, time::Duration};

use glaux_kernel::problem::Code;
use glaux_ledger::{
    Error, Position, Tail,
    record::{Attempt, Call, Record},
};
use glaux_telemetry::{LATENCY_BUCKETS_SECONDS, Metrics};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
};

use super::{NamedModels, OTHER, provider_of};
use crate::Running;

/// How often the ledger is read on.
const LOOK: Duration = Duration::from_secs(1);
/// Records that are read at once.
const BATCH: usize = 512;

/// Counts what the ledger of this node says. Calls do not wait for it: it reads the segments behind them.
#[derive(Debug)]
pub struct Tally {
    tail: Tail,
    /// Everything before this is counted.
    position: Position,
    models: NamedModels,
    counts: Counts,
    is_failing: bool,
}

impl Tally {
    /// Counts from `position` on, in `metrics`.
    pub fn new(tail: Tail, position: Position, models: NamedModels, metrics: &Metrics) -> Self {
        Self { tail, position, models, counts: Counts::registered(metrics), is_failing: false }
    }

    /// Reads on, until dropped. `running` says how far the database is.
    pub async fn run(mut self, running: Arc<dyn Running>) {
        loop {
            tokio::time::sleep(LOOK).await;
            let carried = running.projection().position;
            let looked = tokio::task::spawn_blocking(move || {
                self.look(carried);
                self
            });
            self = match looked.await {
                Ok(tally) => tally,
                Err(error) => return tracing::error!(%error, "calls are not counted for the metrics any more"),
            };
        }
    }

    fn look(&mut self, carried: Position) {
        let read = self.catch_up().and_then(|()| self.tail.bytes_from(carried));
        match read {
            Ok(behind) => {
                self.counts.behind.set(i64::try_from(behind).unwrap_or(i64::MAX));
            }
            Err(ref error) if !self.is_failing => {
                tracing::warn!(%error, "the ledger can't be read; the metrics of calls stand still");
            }
            Err(_) => {}
        }
        self.is_failing = read.is_err();
    }

    fn catch_up(&mut self) -> Result<(), Error> {
        loop {
            let batch = self.tail.read(self.position, BATCH)?;
            for entry in &batch.entries {
                match &entry.record {
                    Record::Attempt(attempt) => self.count_attempt(attempt),
                    Record::Call(call) => self.counts.add_call(call),
                    Record::HoldOpened(_) | Record::HoldExtended(_) | Record::Adjustment(_) => {}
                }
            }
            if batch.next == self.position {
                return Ok(());
            }
            self.position = batch.next;
        }
    }

    fn count_attempt(&mut self, attempt: &Attempt) {
        let name = self.models.label(&attempt.target.model_name);
        let model = OfModel { provider: provider_of(name).to_owned(), model: name.to_owned() };
        self.counts.add_attempt(model, attempt);
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallEnd {
    status: &'static str,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfModel {
    provider: String,
    model: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AttemptEnd {
    #[prometheus(flatten)]
    of: OfModel,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Metered {
    #[prometheus(flatten)]
    of: OfModel,
    meter: &'static str,
}

#[derive(Debug)]
struct Counts {
    calls: Family<CallEnd, Counter>,
    cached: Counter,
    attempts: Family<AttemptEnd, Counter>,
    first_byte: Family<OfModel, Histogram, fn() -> Histogram>,
    usage: Family<Metered, Counter>,
    cost: Family<OfModel, Counter>,
    behind: Gauge,
}

impl Counts {
    fn registered(metrics: &Metrics) -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(LATENCY_BUCKETS_SECONDS);
        let counts = Self {
            calls: Family::default(),
            cached: Counter::default(),
            attempts: Family::default(),
            first_byte: Family::new_with_constructor(seconds),
            usage: Family::default(),
            cost: Family::default(),
            behind: Gauge::default(),
        };
        metrics.register("calls", "Calls, by how they ended and the code of their refusal", counts.calls.clone());
        metrics.register("calls_cached", "Calls that the response cache answered", counts.cached.clone());
        metrics.register("attempts", "Attempts at models, by how they ended", counts.attempts.clone());
        let help = "Time from sending an attempt to the first byte of its answer";
        metrics.register("attempt_first_byte_seconds", help, counts.first_byte.clone());
        metrics.register("usage", "What attempts used, by the meter that prices it", counts.usage.clone());
        metrics.register("cost_nanodollars", "What attempts cost, in billionths of a dollar", counts.cost.clone());
        let help = "Bytes of the ledger that are not in the database yet";
        metrics.register("projection_lag_bytes", help, counts.behind.clone());
        counts
    }

    fn add_call(&self, call: &Call) {
        let known =
            |text: &str| Code::ALL.iter().find(|code| code.as_str() == text).map_or(OTHER, |code| code.as_str());
        let code = call.error_code.as_deref().map_or("", known);
        self.calls.get_or_create(&CallEnd { status: call.status.as_str(), code }).inc();
        self.cached.inc_by(u64::from(call.cached));
    }

    fn add_attempt(&self, of: OfModel, attempt: &Attempt) {
        if let Some(micros) = attempt.first_byte_micros {
            self.first_byte.get_or_create(&of).observe(Duration::from_micros(micros).as_secs_f64());
        }
        self.cost.get_or_create(&of).inc_by(u64::try_from(attempt.cost.nanos).unwrap_or_default());
        for (meter, quantity) in attempt.usage.iter() {
            let metered = Metered { of: of.clone(), meter: meter.as_str() };
            self.usage.get_or_create(&metered).inc_by(quantity);
        }
        self.attempts.get_or_create(&AttemptEnd { of, status: attempt.status.as_str() }).inc();
    }
}
