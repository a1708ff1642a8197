use std::time::Duration;

use axum::http::{Method, StatusCode};
use glaux_telemetry::{LATENCY_BUCKETS_SECONDS, Metrics};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, histogram::Histogram},
};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Served {
    route: String,
}

/// Requests to the management API, by path template.
pub(super) struct Traffic {
    answered: Family<Answered, Counter>,
    seconds: Family<Served, Histogram, fn() -> Histogram>,
}

impl Traffic {
    pub(super) fn new(metrics: &Metrics) -> Self {
        let seconds: fn() -> Histogram = || Histogram::new(LATENCY_BUCKETS_SECONDS);
        let traffic = Self { answered: Family::default(), seconds: Family::new_with_constructor(seconds) };
        metrics.register("management_requests", "Requests to the management API", traffic.answered.clone());
        metrics.register(
            "management_request_seconds",
            "Time from a request of the management API to the headers of its answer",
            traffic.seconds.clone(),
        );
        traffic
    }

    pub(super) fn count(&self, method: &Method, route: &str, status: StatusCode, elapsed: Duration) {
        let answered = Answered { method: method.to_string(), route: route.to_owned(), status: status.as_u16() };
        self.answered.get_or_create(&answered).inc();
        self.seconds.get_or_create(&Served { route: route.to_owned() }).observe(elapsed.as_secs_f64());
    }
}
