use std::sync::Arc;

use parking_lot::Mutex;
use prometheus_client::{
    collector::Collector,
    encoding::text,
    registry::{Metric, Registry},
};

use crate::Error;

/// What `/metrics` answers with (OpenMetrics 1.0, section "Content Type").
pub const EXPOSITION_CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Upper bounds of latency histograms, in seconds: fine where the gateway adds its share, coarse where models think.
pub const LATENCY_BUCKETS_SECONDS: [f64; 16] =
    [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 30.0, 120.0];

/// Every metric of the process. Cloning shares it.
///
/// The crate that counts keeps the metric itself (it is cheap to clone and lock-free to count on) and registers a clone
/// here under a name without prefix; `glaux_` is put before it.
#[derive(Debug, Clone)]
pub struct Metrics(Arc<Mutex<Registry>>);

impl Default for Metrics {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Registry::with_prefix("glaux"))))
    }
}

impl Metrics {
    /// Makes `metric` part of the exposition. A counter's name gets `_total` when it is written out.
    pub fn register(&self, name: &str, help: &str, metric: impl Metric) {
        self.0.lock().register(name, help, metric);
    }

    /// Has `collector` asked at every exposition, for figures that are kept elsewhere.
    pub fn register_collector(&self, collector: impl Collector) {
        self.0.lock().register_collector(Box::new(collector));
    }

    /// The text for Prometheus, of the type [`EXPOSITION_CONTENT_TYPE`].
    pub fn expose(&self) -> Result<String, Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.0.lock()).map_err(Error::Exposition)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use prometheus_client::metrics::counter::Counter;

    use super::*;

    #[test]
    fn a_registered_counter_is_exposed_with_prefix_and_suffix() {
        let metrics = Metrics::default();
        let calls = Counter::<u64>::default();
        metrics.register("calls", "Calls answered", calls.clone());
        calls.inc_by(3);
        assert_eq!(
            metrics.expose().unwrap(),
            "# HELP glaux_calls Calls answered.\n# TYPE glaux_calls counter\nglaux_calls_total 3\n# EOF\n"
        );
    }
}
