//! What Prometheus reads of calls: counters from the ledger, gauges from what runs now.
//!
//! No label takes a text of a caller's, and models beyond a bound are counted together.

mod live;
mod tally;

use std::{collections::HashSet, sync::Arc};

use glaux_telemetry::Metrics;
use parking_lot::Mutex;

pub use self::tally::Tally;
use crate::Running;

/// Models with series of their own; the name of the others.
const MOST_MODELS: usize = 500;
const OTHER: &str = "other";

/// Shows `running` in `metrics`, as it is at each exposition.
pub fn register(running: Arc<dyn Running>, models: NamedModels, metrics: &Metrics) {
    metrics.register_collector(live::Live { running, models });
}

/// The models that have series of their own, in counters and gauges alike: those that were seen first.
#[derive(Debug, Clone, Default)]
pub struct NamedModels(Arc<Mutex<HashSet<String>>>);

impl NamedModels {
    /// The name to count it by.
    fn label<'a>(&self, name: &'a str) -> &'a str {
        let mut named = self.0.lock();
        if named.contains(name) {
            return name;
        }
        if named.len() == MOST_MODELS {
            return OTHER;
        }
        named.insert(name.to_owned());
        name
    }
}

/// What stands before the slash of a model's name.
fn provider_of(model: &str) -> &str {
    model.split_once('/').map_or(model, |(provider, _)| provider)
}

#[cfg(test)]
mod tests {
    use glaux_kernel::{ModelId, OrganizationId, ProviderId};
    use glaux_ledger_store::Progress;
    use glaux_llm::{Credentials, ProviderKind};
    use glaux_routing::{Document, Snapshot, document};

    use super::*;
    use crate::{Answering, Circuit, InFlight, Queue};

    /// Each model of the snapshot has an attempt under way and an open circuit.
    struct AllBusy(Arc<Snapshot>);

    impl AllBusy {
        fn with(models: usize) -> Self {
            let organization: OrganizationId = "org_01890000000070008000000000000000".parse().unwrap();
            let provider: ProviderId = "prov_01890000000070008000000000000000".parse().unwrap();
            let model = |number| document::Model {
                id: format!("mod_018900000000700080000000{number:08x}").parse().unwrap(),
                provider,
                name: format!("echo-{number}"),
                upstream_name: None,
                max_output_tokens: None,
                context_window: None,
                prices: Vec::new(),
            };
            let provider = document::Provider {
                organization,
                id: provider,
                name: "sandbox".to_owned(),
                kind: ProviderKind::Sandbox,
                base_url: None,
                api_version: None,
                region: None,
                secret: None,
                sealed_credentials: None,
                limits: document::ProviderLimits::default(),
            };
            let document = Document {
                organizations: vec![document::Organization { id: organization, time_zone: "UTC".to_owned() }],
                providers: vec![provider],
                models: (0..models).map(model).collect(),
                ..Document::default()
            };
            let (snapshot, findings) = Snapshot::build(document, |_| Ok(Credentials::None));
            assert_eq!(findings, []);
            Self(Arc::new(snapshot))
        }

        fn ids(&self) -> Vec<(OrganizationId, ModelId)> {
            let all = self.0.organizations().flat_map(|of| of.models.values().map(|model| (of.id, model.id)));
            all.collect()
        }
    }

    impl Running for AllBusy {
        fn in_flight(&self) -> Vec<InFlight> {
            let flight =
                |(organization, model)| InFlight { organization, model, attempts: 1, held_nanos: 0, oldest_ms: 0 };
            self.ids().into_iter().map(flight).collect()
        }

        fn open_calls(&self, _: OrganizationId, _: usize) -> Vec<glaux_ledger::LiveCall> {
            Vec::new()
        }

        fn models(&self) -> Vec<(ModelId, Answering)> {
            let open = Answering { circuit: Circuit::Open, answered: 0, failed: 1, first_byte_micros: None };
            self.ids().into_iter().map(|(_, model)| (model, open)).collect()
        }

        fn queues(&self) -> Vec<(ProviderId, Queue)> {
            Vec::new()
        }

        fn projection(&self) -> Progress {
            Progress::default()
        }

        fn snapshot(&self) -> Arc<Snapshot> {
            Arc::clone(&self.0)
        }
    }

    #[test]
    fn models_beyond_the_bound_are_counted_together() {
        let (metrics, named) = (Metrics::default(), NamedModels::default());
        named.label("acme/seen-before");
        register(Arc::new(AllBusy::with(MOST_MODELS + 2)), named, &metrics);
        for _ in 0..2 {
            let text = metrics.expose().unwrap();
            let lines = |start: &str| text.lines().filter(|line| line.starts_with(start)).count();
            assert_eq!(lines("glaux_attempts_in_flight{"), MOST_MODELS);
            assert_eq!(lines("glaux_circuits{"), 3 * MOST_MODELS);
            for line in [
                r#"glaux_attempts_in_flight{provider="other",model="other"} 3"#,
                r#"glaux_circuits{provider="other",model="other",state="open"} 3"#,
                r#"glaux_circuits{provider="other",model="other",state="closed"} 0"#,
            ] {
                assert!(text.lines().any(|found| found == line), "{line}");
            }
        }
    }
}
