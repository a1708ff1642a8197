use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{Page, RoutingPolicyId, Timestamp, problem::Code};
use glaux_platform_kit::{Change, Context, Object, get, list, list_all};
use glaux_routing::document::{Policy, ProviderLimits};
use glaux_web::{Caller, FieldError, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    provider::is_name,
    routing_policy::{RoutingPolicy, RoutingPolicyState},
};

/// How calls of a feature, of all other features, or to a provider are routed.
#[derive(Serialize, ToSchema)]
#[schema(as = RoutingPolicy)]
pub(super) struct RoutingPolicyView {
    #[schema(value_type = String)]
    id: RoutingPolicyId,
    name: String,
    feature: Option<String>,
    provider: Option<String>,
    policy: Option<Policy>,
    limits: Option<ProviderLimits>,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Object<RoutingPolicy>> for RoutingPolicyView {
    fn from(object: Object<RoutingPolicy>) -> Self {
        let RoutingPolicyState { feature, provider, policy, limits } = object.state;
        Self { id: object.id, name: object.name, feature, provider, policy, limits, updated_at: object.updated_at }
    }
}

/// A new routing policy.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewRoutingPolicy {
    #[schema(example = "steady")]
    name: String,
    /// Whose calls it is for. With neither feature nor provider: those of every feature that has no policy.
    feature: Option<String>,
    /// To which provider the calls go that it is for.
    provider: Option<String>,
    /// Of features: order, retries, cache. An assignment that states a policy of its own keeps that.
    policy: Option<Policy>,
    /// Of a provider: concurrency, queue, timeouts. They replace the provider's own.
    limits: Option<ProviderLimits>,
}

/// What a routing policy says from now on. Whom it is for does not change.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RoutingPolicyChange {
    policy: Option<Policy>,
    limits: Option<ProviderLimits>,
}

fn check(state: &RoutingPolicyState) -> Result<(), Problem> {
    let errors = state.check();
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
}

/// Routing policies by name.
#[utoipa::path(get, path = "/api/platform/ai-management/routing-policies", operation_id = "list_routing_policies",
    tag = "models", params(PageParameters), responses((status = 200, body = PageSchema<RoutingPolicyView>)))]
pub(super) async fn list_routing_policies(
    State(context): State<Context>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<RoutingPolicyView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(list::<RoutingPolicy>(&mut tx, &page).await?.map(RoutingPolicyView::from)))
}

/// States how calls are routed. A feature, a provider and the organization have at most one policy each.
#[utoipa::path(post, path = "/api/platform/ai-management/routing-policies", operation_id = "create_routing_policy",
    tag = "models", request_body = NewRoutingPolicy, responses((status = 201, body = RoutingPolicyView)))]
pub(super) async fn create_routing_policy(
    State(context): State<Context>,
    write: Write,
    Json(new): Json<NewRoutingPolicy>,
) -> Result<Response, Problem> {
    let NewRoutingPolicy { name, feature, provider, policy, limits } = new;
    if !is_name(&name) {
        let detail = "a name has 1 to 64 lower-case letters, digits, hyphens, points and underscores";
        return Err(Problem::invalid(vec![FieldError::new("/name", detail)]));
    }
    let state = RoutingPolicyState { feature, provider, policy, limits };
    check(&state)?;
    let mut change = Change::begin(&context, write).await?;
    let others = list_all::<RoutingPolicy>(change.read()).await?;
    if let Some(other) = others.iter().find(|other| other.state.is_for_the_same(&state)) {
        return Err(Problem::new(Code::Conflict, format!("the routing policy `{}` is for the same calls", other.name)));
    }
    let policy = change.create::<RoutingPolicy>(&name, state).await?;
    let tag = policy.tag()?;
    change.answer(StatusCode::CREATED, RoutingPolicyView::from(policy), Some(tag)).await
}

/// A routing policy by name or id.
#[utoipa::path(get, path = "/api/platform/ai-management/routing-policies/{policy}", operation_id = "get_routing_policy",
    tag = "models", params(("policy" = String, Path)), responses((status = 200, body = RoutingPolicyView)))]
pub(super) async fn get_routing_policy(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<RoutingPolicyView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let policy = get::<RoutingPolicy>(&mut tx, &reference).await?;
    Ok(Tagged { tag: policy.tag()?, body: policy.into() })
}

/// Changes what a routing policy says.
#[utoipa::path(patch, path = "/api/platform/ai-management/routing-policies/{policy}",
    operation_id = "update_routing_policy", tag = "models", params(("policy" = String, Path)),
    request_body = RoutingPolicyChange, responses((status = 200, body = RoutingPolicyView)))]
pub(super) async fn update_routing_policy(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<RoutingPolicyChange>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let policy = get::<RoutingPolicy>(change.read(), &reference).await?;
    let now = policy.state.clone();
    let state = RoutingPolicyState { policy: asked.policy.or(now.policy), limits: asked.limits.or(now.limits), ..now };
    check(&state)?;
    let policy = change.replace(policy, state).await?;
    let tag = policy.tag()?;
    change.answer(StatusCode::OK, RoutingPolicyView::from(policy), Some(tag)).await
}

/// Removes a routing policy.
#[utoipa::path(delete, path = "/api/platform/ai-management/routing-policies/{policy}",
    operation_id = "delete_routing_policy", tag = "models", params(("policy" = String, Path)),
    responses((status = 200, body = RoutingPolicyView)))]
pub(super) async fn delete_routing_policy(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let policy = get::<RoutingPolicy>(change.read(), &reference).await?;
    change.delete(&policy).await?;
    change.answer(StatusCode::OK, RoutingPolicyView::from(policy), None).await
}
