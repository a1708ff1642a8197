use axum::{
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use glaux_kernel::{CallId, FeatureId, Permission, Timestamp};
use glaux_platform_kit::{Change, Context, find_id};
use glaux_web::{Caller, Expected, FieldError, Json, Path, Problem, Query, Run, Write, change, permit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    model::{Content, Erasure, KeptText},
    service::{self, Opened},
};

const READ: Permission = Permission("payloads.read");
const ERASE: Permission = Permission("payloads.erase");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(permit(READ, routes!(read_payload)))
        .routes(change(ERASE, routes!(erase_payload)))
        .routes(change(ERASE, routes!(erase_payloads)))
}

/// What a call said and was answered, redacted.
#[derive(Serialize, ToSchema)]
#[schema(as = Payload)]
struct PayloadView {
    #[schema(value_type = String)]
    call_id: CallId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// When it is deleted.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// As the client sent it; absent where it was no text.
    request: Option<KeptText>,
    /// As the client was answered, an event stream as it was streamed; absent where it was no text.
    answer: Option<KeptText>,
}

/// What was erased.
#[derive(Serialize, ToSchema)]
struct Erased {
    /// How many payloads.
    erased: u64,
}

/// Which payloads are erased; several conditions must all hold.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Asked {
    /// A feature, by name or id.
    feature: Option<String>,
    /// An end user, as the application names him.
    user: Option<String>,
    /// Of calls before this moment.
    #[param(value_type = Option<String>, format = DateTime)]
    before: Option<Timestamp>,
}

/// What a call said and was answered. The reading is recorded in the journal.
#[utoipa::path(get, path = "/api/platform/ai-management/usage/{id}/payload", operation_id = "read_payload",
    tag = "usage", params(("id" = String, Path, description = "use_… or call_…")),
    responses((status = 200, body = PayloadView)))]
async fn read_payload(
    State(context): State<Context>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let write = Write { caller, reason: None, run: Run::Real, expected: Expected::Anything, once: None };
    let mut change = Change::begin(&context, write).await?;
    let Opened { call, at, expires_at, content: Content { request, answer } } = service::read(&mut change, &id).await?;
    change.commit().await?;
    let no_store = [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))];
    Ok((no_store, Json(PayloadView { call_id: call, at, expires_at, request, answer })).into_response())
}

/// Erases what a call said and was answered.
#[utoipa::path(delete, path = "/api/platform/ai-management/usage/{id}/payload", operation_id = "erase_payload",
    tag = "usage", params(("id" = String, Path, description = "use_… or call_…")),
    responses((status = 200, body = Erased)))]
async fn erase_payload(
    State(context): State<Context>,
    write: Write,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    service::erase(&mut change, &id).await?;
    change.answer(StatusCode::OK, Erased { erased: 1 }, None).await
}

/// Erases what calls of a feature, for a user, or before a moment said and were answered.
#[utoipa::path(delete, path = "/api/platform/ai-management/usage/payloads", operation_id = "erase_payloads",
    tag = "usage", params(Asked), responses((status = 200, body = Erased)))]
async fn erase_payloads(
    State(context): State<Context>,
    write: Write,
    Query(Asked { feature, user, before }): Query<Asked>,
) -> Result<Response, Problem> {
    if feature.is_none() && user.is_none() && before.is_none() {
        return Err(Problem::invalid(vec![FieldError::new("", "say which: by `feature`, `user` or `before`")]));
    }
    let mut change = Change::begin(&context, write).await?;
    let feature = find_id::<FeatureId>(change.read(), "feature", feature.as_deref()).await?;
    let erased = service::erase_matching(&mut change, &Erasure { feature, user, before }).await?;
    change.answer(StatusCode::OK, Erased { erased }, None).await
}
