use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::Environment;
use glaux_platform_kit::{Change, Context, Object, get};
use glaux_routing::payload::PayloadPolicy;
use glaux_web::{Caller, Json, Path, Problem, Tagged, Write};
use serde::Serialize;
use utoipa::ToSchema;

use super::environment;
use crate::{Feature, payloads};

/// What is kept of what a feature's calls say and are answered.
#[derive(Serialize, ToSchema)]
#[schema(as = FeaturePayloads)]
pub(super) struct View {
    feature: String,
    #[schema(value_type = String, example = "production")]
    environment: Environment,
    /// Nobody has said anything: this is what holds then.
    is_default: bool,
    #[serde(flatten)]
    policy: PayloadPolicy,
}

fn view(feature: Object<Feature>, environment: Environment) -> View {
    let stated = feature.state.payloads.get(&environment).cloned();
    let is_default = stated.is_none();
    let policy = stated.unwrap_or_else(|| PayloadPolicy::default_in(environment));
    View { feature: feature.name, environment, is_default, policy }
}

/// What is kept of a feature's calls in an environment.
#[utoipa::path(get, path = "/api/platform/ai-management/features/{feature}/payloads/{environment}",
    operation_id = "get_feature_payloads", tag = "features",
    params(("feature" = String, Path), ("environment" = String, Path)), responses((status = 200, body = View)))]
pub(super) async fn get_payloads(
    State(context): State<Context>,
    caller: Caller,
    Path((feature, place)): Path<(String, String)>,
) -> Result<Tagged<View>, Problem> {
    let environment = environment(&place)?;
    let mut tx = context.db.organization(caller.organization).read().await?;
    let feature = get::<Feature>(&mut tx, &feature).await?;
    Ok(Tagged { tag: feature.tag()?, body: view(feature, environment) })
}

/// Decides what is kept of a feature's calls in an environment, from the next call on. What was kept stays as long as
/// was said when it was kept.
#[utoipa::path(put, path = "/api/platform/ai-management/features/{feature}/payloads/{environment}",
    operation_id = "set_feature_payloads", tag = "features", request_body = PayloadPolicy,
    params(("feature" = String, Path), ("environment" = String, Path)), responses((status = 200, body = View)))]
pub(super) async fn put_payloads(
    State(context): State<Context>,
    write: Write,
    Path((feature, place)): Path<(String, String)>,
    Json(policy): Json<PayloadPolicy>,
) -> Result<Response, Problem> {
    set(&context, write, &feature, &place, Some(policy)).await
}

/// Goes back to what holds where nobody has said anything: 7 days in development and staging, nothing in production.
#[utoipa::path(delete, path = "/api/platform/ai-management/features/{feature}/payloads/{environment}",
    operation_id = "reset_feature_payloads", tag = "features",
    params(("feature" = String, Path), ("environment" = String, Path)), responses((status = 200, body = View)))]
pub(super) async fn delete_payloads(
    State(context): State<Context>,
    write: Write,
    Path((feature, place)): Path<(String, String)>,
) -> Result<Response, Problem> {
    set(&context, write, &feature, &place, None).await
}

async fn set(
    context: &Context,
    write: Write,
    feature: &str,
    place: &str,
    policy: Option<PayloadPolicy>,
) -> Result<Response, Problem> {
    let environment = environment(place)?;
    let mut change = Change::begin(context, write).await?;
    let feature = get::<Feature>(change.read(), feature).await?;
    let feature = payloads::set(&mut change, feature, environment, policy).await?;
    let tag = feature.tag()?;
    change.answer(StatusCode::OK, view(feature, environment), Some(tag)).await
}
