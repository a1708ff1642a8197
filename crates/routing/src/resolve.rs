use std::{net::IpAddr, sync::Arc, time::Duration};

use glaux_kernel::{Environment, Timestamp, problem::Code};

use crate::{
    Assignment, Feature, Key, KeyHash, Model, Snapshot,
    document::{FeatureStatus, Policy},
    payload::PayloadPolicy,
};

/// Why a call is not served, in words for the one who called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The kind of refusal.
    pub code: Code,
    /// What is wrong and what to do.
    pub message: String,
    /// The field at fault, in the client's words.
    pub param: Option<String>,
    /// When it makes sense to try again.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal with this message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), param: None, retry_after: None }
    }
}

/// Where a call may go.
#[derive(Debug, Clone)]
pub enum Route {
    /// The client named a feature.
    Feature(Arc<Feature>, Arc<Assignment>),
    /// The client named a model, and perhaps a feature to charge.
    Model(Arc<Model>, Option<Arc<Feature>>),
}

/// How a model that was named directly is routed.
static DIRECT: std::sync::LazyLock<Policy> = std::sync::LazyLock::new(Policy::default);

/// What is kept of calls that are charged to no feature.
static WITHOUT_FEATURE: std::sync::LazyLock<[Arc<PayloadPolicy>; 3]> =
    std::sync::LazyLock::new(|| Environment::ALL.map(|environment| Arc::new(PayloadPolicy::default_in(environment))));

impl Route {
    /// The feature that is charged.
    pub fn feature(&self) -> Option<&Arc<Feature>> {
        match self {
            Self::Feature(feature, _) => Some(feature),
            Self::Model(_, feature) => feature.as_ref(),
        }
    }

    /// How it is routed.
    pub fn policy(&self) -> &Policy {
        match self {
            Self::Feature(_, assignment) => &assignment.policy,
            Self::Model(..) => &DIRECT,
        }
    }

    /// What is kept of its calls in `environment`.
    pub fn payloads(&self, environment: Environment) -> &Arc<PayloadPolicy> {
        self.feature().map_or(&WITHOUT_FEATURE[environment as usize], |feature| feature.payloads(environment))
    }

    /// How long an identical request may be answered from the cache. A cached answer is one that is kept: not where
    /// payloads are not kept, and no longer than they are.
    pub fn cache_time(&self, environment: Environment) -> Duration {
        let kept = u64::from(self.payloads(environment).days) * 24 * 3600;
        Duration::from_secs(kept.min(u64::from(self.policy().cache_ttl_seconds)))
    }

    /// Fields that the assignment sets in each request.
    pub fn config_overrides(&self) -> Option<&serde_json::Map<String, serde_json::Value>> {
        match self {
            Self::Feature(_, assignment) if !assignment.config_overrides.is_empty() => {
                Some(&assignment.config_overrides)
            }
            Self::Feature(..) | Self::Model(..) => None,
        }
    }

    /// At least as many bytes as those fields add to a request.
    pub fn override_bytes(&self) -> u64 {
        match self {
            Self::Feature(_, assignment) => assignment.override_bytes,
            Self::Model(..) => 0,
        }
    }
}

/// What a message repeats of a name that anyone may have written.
fn shown(name: &str) -> &str {
    name.char_indices().nth(120).map_or(name, |(end, _)| &name[..end])
}

impl Snapshot {
    /// Who calls: the key whose secret has this hash, if it may be used from here and now.
    pub fn authenticate(&self, hash: &KeyHash, address: IpAddr, now: Timestamp) -> Result<&Arc<Key>, Refusal> {
        let unknown = || Refusal::new(Code::Unauthenticated, "This key is not known. It may have been revoked.");
        let key = self.key(hash).ok_or_else(unknown)?;
        if key.is_expired(now) {
            return Err(Refusal::new(Code::Unauthenticated, "This key has expired."));
        }
        if !key.allows_address(address) {
            return Err(Refusal::new(Code::Forbidden, "This key may not be used from this address."));
        }
        Ok(key)
    }

    /// What `model` means for a key: a feature, else an alias, else a catalogue model.
    ///
    /// `charged` names the feature that a directly named model is charged to.
    pub fn resolve(&self, key: &Key, model: &str, charged: Option<&str>) -> Result<Route, Refusal> {
        let organization = &key.organization;
        if let Some(feature) = organization.features.get(model) {
            return serve_feature(key, feature);
        }
        let found = organization.aliases.get(model).or_else(|| organization.models.get(model));
        let Some(target) = found.filter(|target| key.allows_model(&target.name)) else {
            return Err(Refusal::new(
                Code::ModelNotFound,
                format!(
                    "`{}` is no feature, alias or model that this key may use. GET /v1/models lists them.",
                    shown(model)
                ),
            ));
        };
        let feature = charged.map(|name| charge_feature(key, name)).transpose()?;
        Ok(Route::Model(Arc::clone(target), feature))
    }

    /// The names that a key may write as `model`, sorted.
    pub fn names(&self, key: &Key) -> Vec<Box<str>> {
        let organization = &key.organization;
        let features = organization.features.values();
        let mut names: Vec<Box<str>> = features
            .filter(|feature| key.allows_feature(&feature.name) && feature.assignment(key.environment).is_some())
            .map(|feature| feature.name.clone())
            .chain(
                organization
                    .aliases
                    .iter()
                    .filter(|(_, model)| key.allows_model(&model.name))
                    .map(|(name, _)| name.clone()),
            )
            .chain(organization.models.keys().filter(|name| key.allows_model(name)).cloned())
            .collect();
        names.sort_unstable();
        names.dedup();
        names
    }
}

fn serve_feature(key: &Key, feature: &Arc<Feature>) -> Result<Route, Refusal> {
    charge_feature(key, &feature.name)?;
    let unavailable =
        |what: &str| Refusal::new(Code::FeatureUnavailable, format!("The feature {} {what}.", feature.name));
    match feature.status {
        FeatureStatus::Active => {}
        FeatureStatus::Inactive => return Err(unavailable("is inactive")),
        FeatureStatus::Maintenance => return Err(unavailable("is in maintenance; try again later")),
    }
    let assignment = feature
        .assignment(key.environment)
        .filter(|assignment| !assignment.models.is_empty() || !assignment.fallbacks.is_empty())
        .ok_or_else(|| unavailable(&format!("has no model assigned in {}", key.environment)))?;
    Ok(Route::Feature(Arc::clone(feature), Arc::clone(assignment)))
}

/// The feature of that name, if the key may charge it.
fn charge_feature(key: &Key, name: &str) -> Result<Arc<Feature>, Refusal> {
    match key.organization.features.get(name) {
        Some(feature) if key.allows_feature(name) => Ok(Arc::clone(feature)),
        Some(_) | None => {
            Err(Refusal::new(Code::ModelNotFound, format!("`{name}` is no feature that this key may use.")))
        }
    }
}
