//! A serving path at which something runs.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use glaux_kernel::{ModelId, OrganizationId, ProviderId};
use glaux_ledger::{LiveCall, record::HoldOpened};
use glaux_ledger_store::Progress;
use glaux_llm::Credentials;
use glaux_platform_operations::{Answering, Circuit, History, InFlight, Queue, Running};
use glaux_routing::Snapshot;
use glaux_testkit::{database::TestDatabase, management::Management};
use serde_json::json;

pub(crate) const PROVIDER: &str = "prov_01890000000070008000000000000001";
pub(crate) const MODEL: &str = "mod_01890000000070008000000000000002";
pub(crate) const FEATURE: &str = "feat_01890000000070008000000000000003";

/// The model `acme/slow` fails; the organization that is set has calls open, each ten seconds older than the next.
#[derive(Default)]
pub(crate) struct Busy {
    pub(crate) configured: OnceLock<(OrganizationId, Arc<Snapshot>)>,
    pub(crate) calls: OnceLock<Vec<HoldOpened>>,
    /// Records of the ledger that the database refuses.
    pub(crate) set_aside: OnceLock<u64>,
}

impl Running for Busy {
    fn in_flight(&self) -> Vec<InFlight> {
        Vec::new()
    }

    fn open_calls(&self, organization: OrganizationId, most: usize) -> Vec<LiveCall> {
        let all = self.calls.get().into_iter().flatten().rev().enumerate();
        let calls = all.map(|(place, opened)| LiveCall {
            opened: Arc::new(opened.clone()),
            held_nanos: 1500 + opened.nanos,
            age: Duration::from_secs(10 * (place as u64 + 1)),
        });
        let mut own: Vec<_> = calls.filter(|call| call.opened.attribution.organization == organization).collect();
        own.reverse();
        own.truncate(most);
        own
    }

    fn models(&self) -> Vec<(ModelId, Answering)> {
        let failing = Answering { circuit: Circuit::Open, answered: 0, failed: 3, first_byte_micros: None };
        vec![(MODEL.parse().unwrap(), failing)]
    }

    fn queues(&self) -> Vec<(ProviderId, Queue)> {
        Vec::new()
    }

    fn projection(&self) -> Progress {
        let set_aside = self.set_aside.get().copied().unwrap_or_default();
        Progress { set_aside, ..Progress::default() }
    }

    fn snapshot(&self) -> Arc<Snapshot> {
        self.configured.get().map(|(_, snapshot)| Arc::clone(snapshot)).unwrap_or_default()
    }
}

pub(crate) struct World {
    pub(crate) api: Management,
    pub(crate) running: Arc<Busy>,
    pub(crate) history: History,
}

pub(crate) async fn start(database: TestDatabase) -> World {
    let (running, history) = (Arc::new(Busy::default()), History::default());
    let module = glaux_platform_operations::module(Arc::clone(&running) as _, history.clone());
    let api = Management::start(database, vec![module]).await;
    let organization = api.acme();
    let document = json!({
        "journal_seq": 0,
        "organizations": [{ "id": organization, "time_zone": "UTC" }],
        "providers": [{ "organization": organization, "id": PROVIDER, "name": "acme", "kind": "sandbox",
            "base_url": null, "api_version": null, "region": null, "secret": null, "sealed_credentials": null,
            "limits": {} }],
        "models": [{ "id": MODEL, "provider": PROVIDER, "name": "slow", "upstream_name": null,
            "max_output_tokens": null, "context_window": null, "prices": [] }],
        "aliases": [], "keys": [], "budgets": [],
        "features": [{ "organization": organization, "id": FEATURE, "name": "chatbot", "status": "active",
            "assignments": [] }],
    });
    let (snapshot, findings) = Snapshot::build(serde_json::from_value(document).unwrap(), |_| Ok(Credentials::None));
    assert_eq!(findings, []);
    assert!(running.configured.set((organization, Arc::new(snapshot))).is_ok());
    World { api, running, history }
}

/// Number `number` of the calls of an organization.
pub(crate) fn call(organization: OrganizationId, number: u128) -> HoldOpened {
    use glaux_kernel::{ApplicationId, AttemptId, CallId, Environment, HoldId, KeyId, Timestamp};
    use glaux_ledger::record::{Attribution, Purpose, Target};
    let uuid = sqlx::types::Uuid::from_u128;
    HoldOpened {
        hold: HoldId::from_uuid(uuid(number)),
        attempt: AttemptId::from_uuid(uuid(number)),
        call: CallId::from_uuid(uuid(number)),
        number: 1,
        at: Timestamp::default(),
        nanos: number as i64,
        charges: Vec::new(),
        attribution: Attribution {
            organization,
            application: ApplicationId::from_uuid(uuid(0)),
            key: KeyId::from_uuid(uuid(7)),
            environment: Environment::Staging,
            feature: (number > 1).then(|| FEATURE.parse().unwrap()),
            user: None,
            session: None,
            tags: Vec::new(),
            purpose: Purpose::Call,
        },
        target: Target {
            provider: PROVIDER.parse().unwrap(),
            model: MODEL.parse().unwrap(),
            model_name: "acme/slow".to_owned(),
        },
        bound: Default::default(),
        journal_seq: 0,
        unpriced: None,
        call_at: Timestamp::default(),
        requested_model: "chatbot".to_owned(),
        path: "/v1/chat/completions".to_owned(),
        stream: number > 1,
    }
}
