use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{Page, RoutingPolicyId, Timestamp};
use glaux_platform_kit::{Change, Context, Object, get, list, remove};
use glaux_routing::document::{Policy, ProviderLimits};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    RoutingPolicy, RoutingPolicyState,
    service::{self, NewRoutingPolicy, RoutingPolicyChange},
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
    let mut change = Change::begin(&context, write).await?;
    let policy = service::create_routing_policy(&mut change, new).await?;
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
    let policy = service::update_routing_policy(&mut change, policy, asked).await?;
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
    remove(&mut change, &policy).await?;
    change.answer(StatusCode::OK, RoutingPolicyView::from(policy), None).await
}
