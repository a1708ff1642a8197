use std::{
    collections::{HashMap, HashSet},
    hash::Hash,
};

use glaux_kernel::{CallId, Environment, FeatureId, Id, KeyId, Money, Timestamp};
use glaux_ledger::record::{Purpose, Status};
use glaux_ledger_store::ListedCall;
use glaux_llm::Usage;
use glaux_platform_kit::find_reference;
use glaux_store::OrgRead;
use glaux_web::{MoneySchema, Problem};
use serde::Serialize;
use utoipa::ToSchema;

/// One request of an application, with what its attempts add up to.
#[derive(Serialize, ToSchema)]
pub(super) struct CallEntry {
    #[schema(value_type = String)]
    id: CallId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    #[schema(value_type = String, example = "success")]
    status: Status,
    #[schema(value_type = String)]
    environment: Environment,
    /// Its name, or its id when it is gone.
    feature: Option<String>,
    /// `provider/model` of the last attempt.
    model: Option<String>,
    provider: Option<String>,
    /// Its name, or its id when it is gone.
    key: String,
    user: Option<String>,
    session: Option<String>,
    attempts: u32,
    cached: bool,
    stream: bool,
    #[schema(value_type = MoneySchema)]
    cost: Money,
    /// An attempt used what has no price: `cost` is then only the known part.
    unpriced: bool,
    /// From the first byte in to the last byte out.
    duration_ms: f64,
    first_byte_ms: Option<f64>,
    #[schema(value_type = Object, example = json!({"input_tokens": 19, "output_tokens": 10}))]
    usage: Usage,
    http_status: u16,
    error_code: Option<String>,
    /// What stood in the way of a blocked call.
    blocked_by: Option<String>,
    #[schema(value_type = String)]
    purpose: Purpose,
}

/// The names of what calls belong to.
pub(super) struct Names {
    features: HashMap<FeatureId, String>,
    keys: HashMap<KeyId, String>,
}

impl Names {
    /// Those that `calls` need.
    pub(super) async fn read(tx: &mut OrgRead, calls: &[ListedCall]) -> Result<Self, Problem> {
        let belongings = || calls.iter().map(|listed| &listed.served.call.attribution);
        Ok(Self {
            features: names_of(tx, "feature", belongings().filter_map(|attribution| attribution.feature)).await?,
            keys: names_of(tx, "key", belongings().map(|attribution| attribution.key)).await?,
        })
    }

    pub(super) fn entry(&self, listed: ListedCall) -> CallEntry {
        let ListedCall { served, attempts } = listed;
        let call = served.call;
        let attribution = call.attribution;
        let model = served.target.map(|target| target.model_name);
        let mut usage = Usage::default();
        attempts.iter().for_each(|adjusted| usage.merge(&adjusted.figure().usage));
        let feature = attribution.feature.map(|id| self.features.get(&id).cloned().unwrap_or_else(|| id.to_string()));
        CallEntry {
            id: call.call,
            at: call.at,
            status: call.status,
            environment: attribution.environment,
            feature,
            provider: model.as_deref().and_then(|name| name.split_once('/')).map(|(provider, _)| provider.to_owned()),
            model,
            key: self.keys.get(&attribution.key).cloned().unwrap_or_else(|| attribution.key.to_string()),
            user: attribution.user,
            session: attribution.session,
            attempts: call.attempts,
            cached: call.cached,
            stream: call.stream,
            cost: Money::usd_nanos(call.cost_nanos),
            unpriced: attempts.iter().any(|adjusted| adjusted.figure().cost.unpriced.is_some()),
            duration_ms: millis(call.duration_micros),
            first_byte_ms: call.first_byte_micros.map(millis),
            usage,
            http_status: call.http_status,
            error_code: call.error_code,
            blocked_by: call.blocked_by,
            purpose: attribution.purpose,
        }
    }
}

/// Names of what is still there. The calls of a page belong to few things, of which an organization may have many.
async fn names_of<I: Id + Hash + Eq>(
    tx: &mut OrgRead,
    kind: &str,
    ids: impl Iterator<Item = I>,
) -> Result<HashMap<I, String>, Problem> {
    let mut names = HashMap::new();
    for id in ids.collect::<HashSet<_>>() {
        let found = find_reference::<I>(tx, kind, &id.to_string()).await?;
        names.extend(found.map(|reference| (id, reference.name)));
    }
    Ok(names)
}

fn millis(micros: u64) -> f64 {
    micros as f64 / 1000.0
}
