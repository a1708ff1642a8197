//! The calls under way, one by one.

use std::{collections::HashMap, time::Duration};

use glaux_kernel::{CallId, Environment, FeatureId, KeyId, Money, OrganizationId};
use glaux_ledger::LiveCall;
use glaux_web::MoneySchema;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Running, status::Status};

/// More than a person reads.
const SHOWN: usize = 50;

/// What runs now, with the calls under way.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct LiveStatus {
    #[serde(flatten)]
    pub(crate) status: Status,
    /// Those with an attempt under way, the oldest first; at most 50.
    pub(crate) calls: Vec<CallInFlight>,
}

/// A call with an attempt under way.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct CallInFlight {
    #[schema(value_type = String)]
    call_id: CallId,
    /// By name; its id where the feature is gone. Absent where the call named none.
    feature: Option<String>,
    /// `provider/model` of the attempt.
    model: String,
    provider: String,
    #[schema(value_type = String, example = "production")]
    environment: Environment,
    #[schema(value_type = String)]
    key: KeyId,
    /// Since its first byte came.
    age_ms: u64,
    /// Reserved for it.
    #[schema(value_type = MoneySchema)]
    held: Money,
    /// The client asked for a stream.
    stream: bool,
}

/// The oldest calls of an organization.
pub(crate) fn list(running: &dyn Running, organization: OrganizationId) -> Vec<CallInFlight> {
    let snapshot = running.snapshot();
    let features = snapshot.organization(organization).map(|own| own.features.values());
    let names = features.into_iter().flatten().map(|feature| (feature.id, &*feature.name));
    let names: HashMap<FeatureId, &str> = names.collect();
    running.open_calls(organization, SHOWN).into_iter().map(|call| view(call, &names)).collect()
}

fn view(LiveCall { opened, held_nanos, age }: LiveCall, names: &HashMap<FeatureId, &str>) -> CallInFlight {
    let (attribution, model) = (&opened.attribution, &opened.target.model_name);
    let name = |id: FeatureId| names.get(&id).map_or_else(|| id.to_string(), |name| (*name).to_owned());
    CallInFlight {
        call_id: opened.call,
        feature: attribution.feature.map(name),
        provider: model.split_once('/').map_or(model.as_str(), |(provider, _)| provider).to_owned(),
        model: model.clone(),
        environment: attribution.environment,
        key: attribution.key,
        age_ms: milliseconds(age),
        held: Money::usd_nanos(held_nanos),
        stream: opened.stream,
    }
}

pub(crate) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
