use glaux_kernel::problem::Code;
use glaux_platform_kit::{Change, Object, find};
use glaux_routing::document::{Policy, ProviderLimits};
use glaux_web::{FieldError, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refuse;
use crate::{
    provider::is_name,
    routing_policy::{RoutingPolicy, RoutingPolicyState},
    undo::find_rival,
};

/// A new routing policy.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRoutingPolicy {
    /// By which it is found.
    #[schema(example = "steady")]
    pub name: String,
    /// Whose calls it is for. With neither feature nor provider: those of every feature that has no policy.
    pub feature: Option<String>,
    /// To which provider the calls go that it is for.
    pub provider: Option<String>,
    /// Of features: order, retries, cache. An assignment that states a policy of its own keeps that.
    pub policy: Option<Policy>,
    /// Of a provider: concurrency, queue, timeouts. They replace the provider's own.
    pub limits: Option<ProviderLimits>,
}

/// What a routing policy says from now on. Whom it is for does not change.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoutingPolicyChange {
    /// Of features: order, retries, cache.
    pub policy: Option<Policy>,
    /// Of a provider: concurrency, queue, timeouts.
    pub limits: Option<ProviderLimits>,
}

/// States how calls are routed. A feature, a provider and the organization have at most one policy each.
pub(crate) async fn create_routing_policy(
    change: &mut Change,
    new: NewRoutingPolicy,
) -> Result<Object<RoutingPolicy>, Problem> {
    let NewRoutingPolicy { name, feature, provider, policy, limits } = new;
    let state = RoutingPolicyState { feature, provider, policy, limits };
    let mut errors = state.check();
    if !is_name(&name) {
        let detail = "a name has 1 to 64 lower-case letters, digits, hyphens, points and underscores";
        errors.push(FieldError::new("/name", detail));
    }
    refuse(errors)?;
    if let Some(other) = find_rival(change.read(), &state).await? {
        return Err(Problem::new(Code::Conflict, format!("the routing policy `{}` is for the same calls", other.name)));
    }
    change.create::<RoutingPolicy>(&name, state).await
}

/// Changes what a routing policy says.
pub(crate) async fn update_routing_policy(
    change: &mut Change,
    policy: Object<RoutingPolicy>,
    asked: RoutingPolicyChange,
) -> Result<Object<RoutingPolicy>, Problem> {
    let now = policy.state.clone();
    let state = RoutingPolicyState { policy: asked.policy.or(now.policy), limits: asked.limits.or(now.limits), ..now };
    refuse(state.check())?;
    change.replace(policy, state).await
}

/// States it, or changes what it says.
///
/// # Errors
/// `conflict` when the policy of that name is for other calls.
pub async fn put_routing_policy(change: &mut Change, new: NewRoutingPolicy) -> Result<Object<RoutingPolicy>, Problem> {
    let Some(present) = find::<RoutingPolicy>(change.read(), &new.name).await? else {
        return create_routing_policy(change, new).await;
    };
    if (&present.state.feature, &present.state.provider) != (&new.feature, &new.provider) {
        return Err(Problem::new(Code::Conflict, format!("the routing policy `{}` is for other calls", new.name)));
    }
    update_routing_policy(change, present, RoutingPolicyChange { policy: new.policy, limits: new.limits }).await
}
