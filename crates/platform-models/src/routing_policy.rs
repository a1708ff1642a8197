use glaux_kernel::RoutingPolicyId;
use glaux_platform_kit::{Kind, Object};
use glaux_routing::document::{Policy, ProviderLimits};
use glaux_web::FieldError;
use serde::{Deserialize, Serialize};

/// How calls are routed, under a name: of a feature, of all features that have none, or of a provider.
pub struct RoutingPolicy;

impl Kind for RoutingPolicy {
    const KIND: &'static str = "routing_policy";
    const SCHEMA_VERSION: u32 = 1;
    type Id = RoutingPolicyId;
    type State = RoutingPolicyState;
}

/// What a routing policy says. Either `policy`, of a feature or of the organization, or `limits`, of a provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoutingPolicyState {
    /// The feature whose calls it is for, by name.
    pub feature: Option<String>,
    /// The provider whose calls it is for, by name.
    pub provider: Option<String>,
    /// Order, retries, cache.
    pub policy: Option<Policy>,
    /// Concurrency, queue, timeouts.
    pub limits: Option<ProviderLimits>,
}

impl RoutingPolicyState {
    /// The rules that are not kept.
    pub(crate) fn check(&self) -> Vec<FieldError> {
        let says = (self.policy.is_some(), self.limits.is_some());
        match (&self.feature, &self.provider) {
            (Some(_), Some(_)) => vec![FieldError::new("/provider", "a policy is for a feature or for a provider")],
            (None, Some(_)) if says != (false, true) => {
                vec![FieldError::new("/limits", "of a provider a policy states limits, and nothing else")]
            }
            (_, None) if says != (true, false) => {
                vec![FieldError::new("/policy", "of features a policy states the policy, and nothing else")]
            }
            _ => Vec::new(),
        }
    }

    /// Both are for the same feature, provider, or whole organization.
    pub(crate) fn is_for_the_same(&self, other: &Self) -> bool {
        (&self.feature, &self.provider) == (&other.feature, &other.provider)
    }
}

/// The policy of a feature: its own, else that of the organization.
pub fn policy_of<'a>(policies: &'a [Object<RoutingPolicy>], feature: &str) -> Option<&'a Policy> {
    let of_features = || policies.iter().filter(|policy| policy.state.provider.is_none());
    let own = of_features().find(|policy| policy.state.feature.as_deref() == Some(feature));
    own.or_else(|| of_features().find(|policy| policy.state.feature.is_none()))?.state.policy.as_ref()
}

/// The limits that a policy states for a provider.
pub fn limits_of(policies: &[Object<RoutingPolicy>], provider: &str) -> Option<ProviderLimits> {
    policies.iter().find(|policy| policy.state.provider.as_deref() == Some(provider))?.state.limits
}
