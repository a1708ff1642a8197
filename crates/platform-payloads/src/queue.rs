use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use glaux_routing::payload::{KeepPayload, Payload};
use glaux_telemetry::Metrics;
use prometheus_client::metrics::counter::Counter;
use tokio::sync::mpsc;

use crate::Writer;

/// Calls whose payloads wait to be written.
const MAX_WAITING: usize = 1024;
/// Bytes of all of them together.
const MAX_WAITING_BYTES: usize = 64 << 20;

/// Where gateways leave payloads. Never waits.
pub struct Payloads {
    queue: mpsc::Sender<Payload>,
    counted: Counted,
}

/// What is known of the queue.
#[derive(Clone, Default)]
pub(crate) struct Counted {
    pub(crate) waiting_bytes: Arc<AtomicUsize>,
    pub(crate) kept: Counter,
    pub(crate) lost: Counter,
}

impl Payloads {
    /// An empty queue, and what carries it into the database.
    pub fn new() -> (Arc<Self>, Writer) {
        let (queue, waiting) = mpsc::channel(MAX_WAITING);
        let counted = Counted::default();
        (Arc::new(Self { queue, counted: counted.clone() }), Writer::new(waiting, counted))
    }

    /// Makes what is kept and lost part of the exposition.
    pub fn register(&self, metrics: &Metrics) {
        metrics.register("payloads_kept", "Payloads written", self.counted.kept.clone());
        let help = "Payloads that were not kept because too many waited or the database refused them";
        metrics.register("payloads_lost", help, self.counted.lost.clone());
    }
}

impl KeepPayload for Payloads {
    fn keep(&self, payload: Payload) {
        if !payload.policy.keeps() {
            return;
        }
        let bytes = size(&payload);
        let before = self.counted.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > MAX_WAITING_BYTES || self.queue.try_send(payload).is_err() {
            self.counted.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
            self.counted.lost.inc();
        }
    }
}

/// What a waiting payload holds in memory.
pub(crate) fn size(payload: &Payload) -> usize {
    payload.request.bytes.len() + payload.answer.bytes.len()
}
