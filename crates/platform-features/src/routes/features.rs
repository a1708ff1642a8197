use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{ApplicationId, FeatureId, Page, Timestamp};
use glaux_platform_kit::{Change, Context, Object, find_reference, get, has_text, list_matching};
use glaux_routing::document::{FeatureStatus, Limits};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Query, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    Feature, FeatureState,
    service::{self, FeatureChange, NewFeature},
};

/// An AI capability of an application.
#[derive(Serialize, ToSchema)]
#[schema(as = Feature)]
pub(super) struct FeatureView {
    #[schema(value_type = String, example = "feat_01890000000070008000000000000000")]
    id: FeatureId,
    #[schema(example = "chatbot")]
    name: String,
    display_name: String,
    #[schema(value_type = String)]
    application: ApplicationId,
    description: String,
    status: FeatureStatus,
    limits: Limits,
    user_limits: Limits,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// Whether a feature serves.
#[derive(Serialize, ToSchema)]
#[schema(as = FeatureStatusView)]
pub(super) struct StatusView {
    feature: String,
    status: FeatureStatus,
}

/// Whether a feature is to serve.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStatus {
    status: FeatureStatus,
}

/// How much of a feature may be used.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FeatureConfig)]
pub(super) struct Config {
    /// All calls of the feature together.
    #[serde(default)]
    limits: Limits,
    /// Each end user's calls of the feature.
    #[serde(default)]
    user_limits: Limits,
}

/// Which features are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// active, inactive or maintenance.
    #[param(value_type = Option<String>)]
    status: Option<FeatureStatus>,
    /// Of this application, by name or id.
    application: Option<String>,
    /// With this text in the name or the display name; upper and lower case are one.
    q: Option<String>,
}

impl From<Object<Feature>> for FeatureView {
    fn from(object: Object<Feature>) -> Self {
        let FeatureState { application, display_name, description, status, limits, user_limits, payloads: _ } =
            object.state;
        Self {
            id: object.id,
            name: object.name,
            display_name,
            application,
            description,
            status,
            limits,
            user_limits,
            created_at: object.created_at,
            updated_at: object.updated_at,
        }
    }
}

impl From<Object<Feature>> for StatusView {
    fn from(object: Object<Feature>) -> Self {
        Self { feature: object.name, status: object.state.status }
    }
}

impl From<Object<Feature>> for Config {
    fn from(object: Object<Feature>) -> Self {
        Self { limits: object.state.limits, user_limits: object.state.user_limits }
    }
}

async fn read<T: From<Object<Feature>>>(
    context: &Context,
    caller: &Caller,
    reference: &str,
) -> Result<Tagged<T>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let feature = get::<Feature>(&mut tx, reference).await?;
    Ok(Tagged { tag: feature.tag()?, body: feature.into() })
}

async fn write_and_answer<T: From<Object<Feature>> + Serialize>(
    context: &Context,
    write: Write,
    reference: &str,
    asked: FeatureChange,
) -> Result<Response, Problem> {
    let mut change = Change::begin(context, write).await?;
    let feature = get::<Feature>(change.read(), reference).await?;
    let feature = service::update(&mut change, feature, asked).await?;
    let tag = feature.tag()?;
    change.answer(StatusCode::OK, T::from(feature), Some(tag)).await
}

/// Features by name.
#[utoipa::path(get, path = "/api/platform/ai-management/features", operation_id = "list_features", tag = "features",
    params(Asked, PageParameters), responses((status = 200, body = PageSchema<FeatureView>)))]
pub(super) async fn list_features(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Paging(page): Paging,
) -> Result<Json<Page<FeatureView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let application = match &asked.application {
        Some(reference) => {
            let found = find_reference::<ApplicationId>(&mut tx, "application", reference).await?;
            Some(found.ok_or_else(|| Problem::not_found("application", reference))?.id)
        }
        None => None,
    };
    let features = list_matching::<Feature>(&mut tx, &page, |feature| {
        asked.status.is_none_or(|status| feature.state.status == status)
            && application.is_none_or(|application| feature.state.application == application)
            && [&feature.name, &feature.state.display_name].iter().any(|name| has_text(name, asked.q.as_deref()))
    });
    Ok(Json(features.await?.map(FeatureView::from)))
}

/// Makes a feature. It serves once a model is assigned.
#[utoipa::path(post, path = "/api/platform/ai-management/features", operation_id = "create_feature", tag = "features",
    request_body = NewFeature, responses((status = 201, body = FeatureView)))]
pub(super) async fn create_feature(
    State(context): State<Context>,
    write: Write,
    Json(new): Json<NewFeature>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let feature = service::create(&mut change, new).await?;
    let tag = feature.tag()?;
    change.answer(StatusCode::CREATED, FeatureView::from(feature), Some(tag)).await
}

/// A feature by name or id.
#[utoipa::path(get, path = "/api/platform/ai-management/features/{feature}", operation_id = "get_feature",
    tag = "features", params(("feature" = String, Path)), responses((status = 200, body = FeatureView)))]
pub(super) async fn get_feature(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<FeatureView>, Problem> {
    read(&context, &caller, &reference).await
}

/// Changes a feature: what it is called, whether it serves, its limits.
#[utoipa::path(patch, path = "/api/platform/ai-management/features/{feature}", operation_id = "update_feature",
    tag = "features", params(("feature" = String, Path)), request_body = FeatureChange,
    responses((status = 200, body = FeatureView)))]
pub(super) async fn update_feature(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<FeatureChange>,
) -> Result<Response, Problem> {
    write_and_answer::<FeatureView>(&context, write, &reference, asked).await
}

/// Removes a feature and its assignments.
#[utoipa::path(delete, path = "/api/platform/ai-management/features/{feature}", operation_id = "delete_feature",
    tag = "features", params(("feature" = String, Path)), responses((status = 200, body = FeatureView)))]
pub(super) async fn delete_feature(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin_set(&context, write).await?;
    let feature = get::<Feature>(change.read(), &reference).await?;
    service::delete(&mut change, &feature).await?;
    change.answer(StatusCode::OK, FeatureView::from(feature), None).await
}

/// Whether a feature serves.
#[utoipa::path(get, path = "/api/platform/ai-management/features/{feature}/status", operation_id = "get_feature_status",
    tag = "features", params(("feature" = String, Path)), responses((status = 200, body = StatusView)))]
pub(super) async fn get_status(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<StatusView>, Problem> {
    read(&context, &caller, &reference).await
}

/// Lets a feature serve, or stops it: from the next call on.
#[utoipa::path(put, path = "/api/platform/ai-management/features/{feature}/status", operation_id = "set_feature_status",
    tag = "features", params(("feature" = String, Path)), request_body = NewStatus,
    responses((status = 200, body = StatusView)))]
pub(super) async fn set_status(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(NewStatus { status }): Json<NewStatus>,
) -> Result<Response, Problem> {
    let asked = FeatureChange { status: Some(status), ..FeatureChange::default() };
    write_and_answer::<StatusView>(&context, write, &reference, asked).await
}

/// How much of a feature may be used.
#[utoipa::path(get, path = "/api/platform/ai-management/features/{feature}/config", operation_id = "get_feature_config",
    tag = "features", params(("feature" = String, Path)), responses((status = 200, body = Config)))]
pub(super) async fn get_config(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<Config>, Problem> {
    read(&context, &caller, &reference).await
}

/// Decides how much of a feature may be used: what is left out has no bound.
#[utoipa::path(put, path = "/api/platform/ai-management/features/{feature}/config", operation_id = "set_feature_config",
    tag = "features", params(("feature" = String, Path)), request_body = Config, responses((status = 200, body = Config)))]
pub(super) async fn set_config(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(Config { limits, user_limits }): Json<Config>,
) -> Result<Response, Problem> {
    let asked = FeatureChange { limits: Some(limits), user_limits: Some(user_limits), ..FeatureChange::default() };
    write_and_answer::<Config>(&context, write, &reference, asked).await
}
