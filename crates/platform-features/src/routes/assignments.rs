use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{AssignmentId, Environment, Page, Timestamp};
use glaux_platform_kit::{Change, Context, Object, find, get, list_all, list_matching};
use glaux_platform_models::{RoutingPolicy, policy_of};
use glaux_routing::document::{Candidate, Policy};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Query, Tagged, Write};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::environment;
use crate::{
    Assignment, AssignmentState, Feature, assignment_name,
    service::{self, NewAssignment},
};

/// What serves a feature in an environment.
#[derive(Serialize, ToSchema)]
#[schema(as = Assignment)]
pub(super) struct AssignmentView {
    #[schema(value_type = String, example = "asg_01890000000070008000000000000000")]
    id: AssignmentId,
    feature: String,
    #[schema(value_type = String, example = "production")]
    environment: Environment,
    /// The one model, where there is one.
    model: Option<String>,
    models: Vec<Candidate>,
    fallbacks: Vec<String>,
    #[schema(value_type = Object)]
    config_overrides: Map<String, Value>,
    policy: Option<Policy>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// What serves a feature in an environment, and how it is routed in the end.
#[derive(Serialize, ToSchema)]
pub(super) struct EffectiveAssignment {
    #[serde(flatten)]
    assignment: AssignmentView,
    /// How calls are routed: by the assignment, else by the routing policy of the feature or of the organization, else as
    /// by default.
    effective_policy: Policy,
}

/// Which assignments are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// development, staging or production.
    #[param(value_type = Option<String>)]
    environment: Option<Environment>,
    /// That name this model, `provider/model`, also as a fallback.
    model: Option<String>,
}

type AssignmentPath = (String, String);

fn view(feature: &str, assignment: Object<Assignment>) -> AssignmentView {
    let AssignmentState { feature: _, environment, models, fallbacks, config_overrides, policy } = assignment.state;
    AssignmentView {
        id: assignment.id,
        feature: feature.to_owned(),
        environment,
        model: match models.as_slice() {
            [only] => Some(only.model.clone()),
            _ => None,
        },
        models,
        fallbacks,
        config_overrides,
        policy,
        created_at: assignment.created_at,
        updated_at: assignment.updated_at,
    }
}

/// What serves each feature in each environment, by feature.
#[utoipa::path(get, path = "/api/platform/ai-management/features/assignments", operation_id = "list_all_assignments",
    tag = "features", params(Asked, PageParameters), responses((status = 200, body = PageSchema<EffectiveAssignment>)))]
pub(super) async fn list_all_assignments(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Paging(page): Paging,
) -> Result<Json<Page<EffectiveAssignment>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let found = list_matching::<Assignment>(&mut tx, &page, |assignment| {
        asked.environment.is_none_or(|environment| assignment.state.environment == environment)
            && asked.model.as_deref().is_none_or(|model| assignment.state.named().any(|(_, named)| named == model))
    });
    let (found, policies) = (found.await?, list_all::<RoutingPolicy>(&mut tx).await?);
    Ok(Json(found.map(|assignment| {
        let feature =
            assignment.name.split_once('/').map_or(assignment.name.as_str(), |(feature, _)| feature).to_owned();
        let stated = assignment.state.policy.as_ref().or_else(|| policy_of(&policies, &feature));
        let effective_policy = stated.cloned().unwrap_or_default();
        EffectiveAssignment { assignment: view(&feature, assignment), effective_policy }
    })))
}

/// What serves a feature, in each environment in which something does.
#[utoipa::path(get, path = "/api/platform/ai-management/features/{feature}/assignments",
    operation_id = "list_assignments", tag = "features", params(("feature" = String, Path)),
    responses((status = 200, body = PageSchema<AssignmentView>)))]
pub(super) async fn list_assignments(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Json<Page<AssignmentView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let feature = get::<Feature>(&mut tx, &reference).await?;
    let mut items = Vec::new();
    for environment in Environment::ALL {
        let found = find::<Assignment>(&mut tx, &assignment_name(&feature.name, environment)).await?;
        items.extend(found.map(|assignment| view(&feature.name, assignment)));
    }
    Ok(Json(Page { items, next_cursor: None }))
}

/// What serves a feature in an environment.
#[utoipa::path(get, path = "/api/platform/ai-management/features/{feature}/assignments/{environment}",
    operation_id = "get_assignment", tag = "features",
    params(("feature" = String, Path), ("environment" = String, Path)), responses((status = 200, body = AssignmentView)))]
pub(super) async fn get_assignment(
    State(context): State<Context>,
    caller: Caller,
    Path((feature, place)): Path<AssignmentPath>,
) -> Result<Tagged<AssignmentView>, Problem> {
    let environment = environment(&place)?;
    let mut tx = context.db.organization(caller.organization).read().await?;
    let feature = get::<Feature>(&mut tx, &feature).await?;
    let assignment = get::<Assignment>(&mut tx, &assignment_name(&feature.name, environment)).await?;
    Ok(Tagged { tag: assignment.tag()?, body: view(&feature.name, assignment) })
}

/// Decides what serves a feature in an environment, from the next call on.
#[utoipa::path(put, path = "/api/platform/ai-management/features/{feature}/assignments/{environment}",
    operation_id = "put_assignment", tag = "features", request_body = NewAssignment,
    params(("feature" = String, Path), ("environment" = String, Path)), responses((status = 200, body = AssignmentView)))]
pub(super) async fn put_assignment(
    State(context): State<Context>,
    write: Write,
    Path((feature, place)): Path<AssignmentPath>,
    Json(new): Json<NewAssignment>,
) -> Result<Response, Problem> {
    let environment = environment(&place)?;
    let mut change = Change::begin(&context, write).await?;
    let feature = get::<Feature>(change.read(), &feature).await?;
    let assignment = service::assign(&mut change, &feature, environment, new).await?;
    let tag = assignment.tag()?;
    change.answer(StatusCode::OK, view(&feature.name, assignment), Some(tag)).await
}

/// Takes a feature out of service in an environment.
#[utoipa::path(delete, path = "/api/platform/ai-management/features/{feature}/assignments/{environment}",
    operation_id = "delete_assignment", tag = "features",
    params(("feature" = String, Path), ("environment" = String, Path)), responses((status = 200, body = AssignmentView)))]
pub(super) async fn delete_assignment(
    State(context): State<Context>,
    write: Write,
    Path((feature, place)): Path<AssignmentPath>,
) -> Result<Response, Problem> {
    let environment = environment(&place)?;
    let mut change = Change::begin(&context, write).await?;
    let feature = get::<Feature>(change.read(), &feature).await?;
    let assignment = service::unassign(&mut change, &feature, environment).await?;
    change.answer(StatusCode::OK, view(&feature.name, assignment), None).await
}
