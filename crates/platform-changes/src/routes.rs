use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::Permission;
use glaux_platform_kit::{Change, Context};
use glaux_web::{Json, Problem, Write, change};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    PlatformFile,
    apply::{Stated, apply},
};

/// What a change set is applied with, besides the rights that each of its parts needs.
const APPLY: Permission = Permission("changesets.apply");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(change(APPLY, routes!(apply_file)))
}

/// What was stated. Beside it stands what changed, or would; the journal has it under one change set.
#[derive(Serialize, ToSchema)]
struct Applied {
    stated: Stated,
}

/// Brings configuration to what a file states: all of it or nothing. What the file does not state stays as it is.
#[utoipa::path(post, path = "/api/platform/ai-management/changesets/apply", operation_id = "apply_file", tag = "changes",
    request_body = PlatformFile, responses((status = 200, body = Applied)))]
async fn apply_file(
    State(context): State<Context>,
    write: Write,
    Json(file): Json<PlatformFile>,
) -> Result<Response, Problem> {
    file.permit(&write.caller)?;
    let stated = file.count();
    let mut change = Change::begin_set(&context, write).await?;
    apply(&mut change, file).await?;
    change.answer_with_changes(StatusCode::OK, Applied { stated }).await
}
