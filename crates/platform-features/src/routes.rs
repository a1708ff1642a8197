use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{AssignmentId, Environment, FeatureId, Page, Permission, Timestamp};
use glaux_platform_kit::{Change, Context, Object, find, get, list};
use glaux_routing::document::{Candidate, FeatureStatus, Limits, Policy};
use glaux_web::{
    Caller, FieldError, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write, change, permit,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Assignment, AssignmentState, Feature, FeatureState, assignment_name, feature::check_name};

const READ: Permission = Permission("features.read");
const WRITE: Permission = Permission("features.write");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(permit(READ, routes!(list_features)))
        .routes(change(WRITE, routes!(create_feature)))
        .routes(permit(READ, routes!(get_feature)))
        .routes(change(WRITE, routes!(update_feature, delete_feature)))
        .routes(permit(READ, routes!(get_assignment)))
        .routes(change(WRITE, routes!(put_assignment, delete_assignment)))
}

/// An AI capability of an application.
#[derive(Serialize, ToSchema)]
#[schema(as = Feature)]
struct FeatureView {
    #[schema(value_type = String)]
    id: FeatureId,
    name: String,
    display_name: String,
    description: String,
    status: FeatureStatus,
    limits: Limits,
    user_limits: Limits,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Object<Feature>> for FeatureView {
    fn from(object: Object<Feature>) -> Self {
        let FeatureState { display_name, description, status, limits, user_limits } = object.state;
        Self {
            id: object.id,
            name: object.name,
            display_name,
            description,
            status,
            limits,
            user_limits,
            created_at: object.created_at,
            updated_at: object.updated_at,
        }
    }
}

/// A new feature.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewFeature {
    /// What clients write as `model`: lower-case letters, digits and hyphens.
    #[schema(example = "chatbot")]
    name: String,
    #[schema(example = "Chatbot")]
    display_name: String,
    #[serde(default)]
    description: String,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    user_limits: Limits,
}

/// What changes of a feature; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FeatureChange {
    display_name: Option<String>,
    description: Option<String>,
    status: Option<FeatureStatus>,
    limits: Option<Limits>,
    user_limits: Option<Limits>,
}

/// What serves a feature in an environment.
#[derive(Serialize, ToSchema)]
#[schema(as = Assignment)]
struct AssignmentView {
    #[schema(value_type = String)]
    id: AssignmentId,
    feature: String,
    #[schema(value_type = String, example = "production")]
    environment: Environment,
    models: Vec<Candidate>,
    fallbacks: Vec<String>,
    #[schema(value_type = Object)]
    config_overrides: serde_json::Map<String, serde_json::Value>,
    policy: Policy,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// The assignment of one model, or of several with weights.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAssignment {
    /// `provider/model`; short for `models` with one entry.
    #[schema(example = "sandbox/echo")]
    model: Option<String>,
    #[serde(default)]
    models: Vec<Candidate>,
    /// Tried in this order after all of `models`.
    #[serde(default)]
    fallbacks: Vec<String>,
    /// Fields set in each request, in OpenAI's names.
    #[serde(default)]
    #[schema(value_type = Object)]
    config_overrides: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    policy: Policy,
}

/// Features by name.
#[utoipa::path(get, path = "/api/platform/ai-management/features", operation_id = "list_features", tag = "features",
    params(PageParameters), responses((status = 200, body = PageSchema<FeatureView>)))]
async fn list_features(
    State(context): State<Context>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<FeatureView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(list::<Feature>(&mut tx, &page).await?.map(FeatureView::from)))
}

/// Makes a feature. It serves once a model is assigned.
#[utoipa::path(post, path = "/api/platform/ai-management/features", operation_id = "create_feature", tag = "features",
    request_body = NewFeature, responses((status = 201, body = FeatureView)))]
async fn create_feature(
    State(context): State<Context>,
    write: Write,
    Json(new): Json<NewFeature>,
) -> Result<Response, Problem> {
    check_name(&new.name)?;
    let NewFeature { name, display_name, description, limits, user_limits } = new;
    let state = FeatureState { display_name, description, status: FeatureStatus::Active, limits, user_limits };
    let mut change = Change::begin(&context, write).await?;
    let feature = change.create::<Feature>(&name, state).await?;
    let tag = feature.tag()?;
    change.answer(StatusCode::CREATED, FeatureView::from(feature), Some(tag)).await
}

/// A feature by name or id.
#[utoipa::path(get, path = "/api/platform/ai-management/features/{feature}", operation_id = "get_feature",
    tag = "features", params(("feature" = String, Path)), responses((status = 200, body = FeatureView)))]
async fn get_feature(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<FeatureView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let feature = get::<Feature>(&mut tx, &reference).await?;
    Ok(Tagged { tag: feature.tag()?, body: feature.into() })
}

/// Changes a feature: what it is called, whether it serves, its limits.
#[utoipa::path(patch, path = "/api/platform/ai-management/features/{feature}", operation_id = "update_feature",
    tag = "features", params(("feature" = String, Path)), request_body = FeatureChange,
    responses((status = 200, body = FeatureView)))]
async fn update_feature(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<FeatureChange>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let feature = get::<Feature>(change.read(), &reference).await?;
    let now = feature.state.clone();
    let state = FeatureState {
        display_name: asked.display_name.unwrap_or(now.display_name),
        description: asked.description.unwrap_or(now.description),
        status: asked.status.unwrap_or(now.status),
        limits: asked.limits.unwrap_or(now.limits),
        user_limits: asked.user_limits.unwrap_or(now.user_limits),
    };
    let feature = change.replace(feature, state).await?;
    let tag = feature.tag()?;
    change.answer(StatusCode::OK, FeatureView::from(feature), Some(tag)).await
}

/// Removes a feature and its assignments.
#[utoipa::path(delete, path = "/api/platform/ai-management/features/{feature}", operation_id = "delete_feature",
    tag = "features", params(("feature" = String, Path)), responses((status = 200, body = FeatureView)))]
async fn delete_feature(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let feature = get::<Feature>(change.read(), &reference).await?;
    for environment in Environment::ALL {
        let name = assignment_name(&feature.name, environment);
        if let Some(assignment) = find::<Assignment>(change.read(), &name).await? {
            change.delete_with_owner(&assignment).await?;
        }
    }
    change.delete(&feature).await?;
    change.answer(StatusCode::OK, FeatureView::from(feature), None).await
}

type AssignmentPath = (String, String);

fn environment(text: &str) -> Result<Environment, Problem> {
    text.parse().map_err(|_| Problem::not_found("environment", text))
}

fn view(feature: &str, assignment: Object<Assignment>) -> AssignmentView {
    let AssignmentState { feature: _, environment, models, fallbacks, config_overrides, policy } = assignment.state;
    AssignmentView {
        id: assignment.id,
        feature: feature.to_owned(),
        environment,
        models,
        fallbacks,
        config_overrides,
        policy,
        updated_at: assignment.updated_at,
    }
}

/// What serves a feature in an environment.
#[utoipa::path(get, path = "/api/platform/ai-management/features/{feature}/assignments/{environment}",
    operation_id = "get_assignment", tag = "features",
    params(("feature" = String, Path), ("environment" = String, Path)), responses((status = 200, body = AssignmentView)))]
async fn get_assignment(
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
async fn put_assignment(
    State(context): State<Context>,
    write: Write,
    Path((feature, place)): Path<AssignmentPath>,
    Json(new): Json<NewAssignment>,
) -> Result<Response, Problem> {
    let environment = environment(&place)?;
    let mut change = Change::begin(&context, write).await?;
    let feature = get::<Feature>(change.read(), &feature).await?;
    let state = state(&feature, environment, new)?;
    let name = assignment_name(&feature.name, environment);
    let assignment = match find::<Assignment>(change.read(), &name).await? {
        Some(assignment) => change.replace(assignment, state).await?,
        None => change.create::<Assignment>(&name, state).await?,
    };
    let tag = assignment.tag()?;
    change.answer(StatusCode::OK, view(&feature.name, assignment), Some(tag)).await
}

fn state(feature: &Object<Feature>, environment: Environment, new: NewAssignment) -> Result<AssignmentState, Problem> {
    let NewAssignment { model, mut models, fallbacks, config_overrides, policy } = new;
    models.extend(model.map(|model| Candidate { model, weight: 1 }));
    let mut errors = Vec::new();
    if models.is_empty() {
        errors.push(FieldError::new("/model", "a model is required"));
    }
    let named = models.iter().map(|candidate| &candidate.model).chain(&fallbacks);
    let malformed =
        named.filter(|name| !name.split_once('/').is_some_and(|(left, right)| !left.is_empty() && !right.is_empty()));
    errors
        .extend(malformed.map(|name| FieldError::new("/model", format!("`{name}` is not of the form provider/model"))));
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    Ok(AssignmentState { feature: feature.id, environment, models, fallbacks, config_overrides, policy })
}

/// Takes a feature out of service in an environment.
#[utoipa::path(delete, path = "/api/platform/ai-management/features/{feature}/assignments/{environment}",
    operation_id = "delete_assignment", tag = "features",
    params(("feature" = String, Path), ("environment" = String, Path)), responses((status = 200, body = AssignmentView)))]
async fn delete_assignment(
    State(context): State<Context>,
    write: Write,
    Path((feature, place)): Path<AssignmentPath>,
) -> Result<Response, Problem> {
    let environment = environment(&place)?;
    let mut change = Change::begin(&context, write).await?;
    let feature = get::<Feature>(change.read(), &feature).await?;
    let assignment = get::<Assignment>(change.read(), &assignment_name(&feature.name, environment)).await?;
    change.delete(&assignment).await?;
    change.answer(StatusCode::OK, view(&feature.name, assignment), None).await
}
