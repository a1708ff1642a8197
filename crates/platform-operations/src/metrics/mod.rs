//! What Prometheus reads of calls: counters from the ledger, gauges from what runs now.
//!
//! No label takes a text of a caller's, and models beyond a bound are counted together.

mod live;
mod tally;

use std::sync::Arc;

use glaux_telemetry::Metrics;

pub use self::tally::Tally;
use crate::Running;

/// Shows `running` in `metrics`, as it is at each exposition.
pub fn register(running: Arc<dyn Running>, metrics: &Metrics) {
    metrics.register_collector(live::Live(running));
}

/// What stands before the slash of a model's name.
fn provider_of(model: &str) -> &str {
    model.split_once('/').map_or(model, |(provider, _)| provider)
}
