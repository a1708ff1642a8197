use std::sync::Arc;

use axum::{Extension, extract::State};
use glaux_platform_kit::{Context, get, list_all};
use glaux_web::{Caller, FieldError, Json, Path, Problem, permit};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::WRITE_PROVIDERS;
use crate::{
    Model, Provider,
    catalogue::ModelType,
    probe::{Probe, ProbeOutcome},
};

/// What to test a provider with.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
struct ProbeRequest {
    /// One of the provider's models, `provider/model`; absent: the first that writes text.
    model: Option<String>,
}

/// What came of a test call.
#[derive(Serialize, ToSchema)]
#[schema(as = ProviderTest)]
struct ProbeView {
    /// ok or failed.
    status: &'static str,
    model: String,
    latency_ms: u64,
    /// The provider's HTTP status, if it answered.
    upstream_status: Option<u16>,
    /// What was wrong.
    problem: Option<String>,
}

pub(super) fn routes(probe: Arc<dyn Probe>) -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(permit(WRITE_PROVIDERS, routes!(test_provider))).layer(Extension(probe))
}

/// Sends one short call through the gateway and says whether the provider answers. It costs what such a call costs.
#[utoipa::path(post, path = "/api/platform/ai-management/models/providers/{provider}/test",
    operation_id = "test_provider", tag = "models", params(("provider" = String, Path)), request_body = ProbeRequest,
    responses((status = 200, body = ProbeView)))]
async fn test_provider(
    State(context): State<Context>,
    Extension(probe): Extension<Arc<dyn Probe>>,
    caller: Caller,
    Path(reference): Path<String>,
    Json(asked): Json<ProbeRequest>,
) -> Result<Json<ProbeView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let provider = get::<Provider>(&mut tx, &reference).await?;
    let models = list_all::<Model>(&mut tx).await?;
    drop(tx);
    let mut own = models.iter().filter(|model| model.state.provider == provider.id);
    let found = match &asked.model {
        Some(name) => own.find(|model| model.name == *name),
        None => own.find(|model| matches!(model.state.model_type, ModelType::Llm | ModelType::Vision)),
    };
    let Some(model) = found else {
        let detail = "the provider has no such model; add one, or name one that it has";
        return Err(Problem::invalid(vec![FieldError::new("/model", detail)]));
    };
    let ProbeOutcome { problem, status, latency } = probe.probe(caller.organization, &model.name).await;
    Ok(Json(ProbeView {
        status: if problem.is_none() { "ok" } else { "failed" },
        model: model.name.clone(),
        latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
        upstream_status: status,
        problem,
    }))
}
