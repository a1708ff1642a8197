use std::sync::Arc;

use axum::{Extension, extract::State};
use glaux_kernel::Permission;
use glaux_platform_kit::Context;
use glaux_web::{Caller, Json, permit};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    History, Running,
    calls::{self, LiveStatus},
    health,
    status::{Figures, ProviderHealth},
};

/// What live figures are read with.
pub(crate) const READ: Permission = Permission("operations.read");

pub(crate) fn routes(running: Arc<dyn Running>, history: History) -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(permit(READ, routes!(get_live_status)))
        .routes(permit(READ, routes!(list_provider_health)))
        .routes(permit(READ, routes!(health::get_health)))
        .layer(Extension(history))
        .layer(Extension(running))
}

/// Every provider.
#[derive(Serialize, ToSchema)]
struct ProviderHealths {
    items: Vec<ProviderHealth>,
}

/// Calls in flight, rates of the last minute, queues and health of providers, in this process and now.
#[utoipa::path(get, path = "/api/ai/dashboard/live-status", operation_id = "get_live_status", tag = "operation",
    responses((status = 200, body = LiveStatus)))]
async fn get_live_status(
    State(context): State<Context>,
    Extension(running): Extension<Arc<dyn Running>>,
    Extension(history): Extension<History>,
    caller: Caller,
) -> Json<LiveStatus> {
    let status = Figures::take(&*running).with_history(caller.organization, context.clock.now(), &history);
    Json(LiveStatus { status, calls: calls::list(&*running, caller.organization) })
}

/// How each provider has answered within the last minute.
#[utoipa::path(get, path = "/api/ai/providers/health", operation_id = "list_provider_health", tag = "operation",
    responses((status = 200, body = ProviderHealths)))]
async fn list_provider_health(
    State(context): State<Context>,
    Extension(running): Extension<Arc<dyn Running>>,
    Extension(history): Extension<History>,
    caller: Caller,
) -> Json<ProviderHealths> {
    let status = Figures::take(&*running).with_history(caller.organization, context.clock.now(), &history);
    Json(ProviderHealths { items: status.providers })
}
