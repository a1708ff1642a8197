use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{AttemptId, CallId, Permission};
use glaux_platform_kit::{Change, Context};
use glaux_web::{Json, Path, Problem, Write, change};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    AdjustmentView,
    re_rating::{self, ReRated, ReRating},
    settlement::{self, NewSettlement},
};

const ADJUST: Permission = Permission("usage.adjust");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(change(ADJUST, routes!(settle_attempt))).routes(change(ADJUST, routes!(re_rate_usage)))
}

/// What was ordered.
#[derive(Serialize, ToSchema)]
struct OrderedAdjustment {
    adjustment: AdjustmentView,
}

/// Settles an attempt again, at what its provider counted or billed. It counts as soon as it has reached the ledger.
///
/// What was counted is rated at the prices of the time when the attempt opened, for the region that the provider has now:
/// where the provider has moved since and prices depend on the region, give the bill.
#[utoipa::path(post, path = "/api/platform/ai-management/usage/{call}/attempts/{attempt}/settlement",
    operation_id = "settle_attempt", tag = "usage",
    params(("call" = String, Path, description = "call_…"), ("attempt" = String, Path, description = "use_…")),
    request_body = NewSettlement, responses((status = 202, body = OrderedAdjustment)))]
async fn settle_attempt(
    State(context): State<Context>,
    write: Write,
    Path((call, attempt)): Path<(String, String)>,
    Json(new): Json<NewSettlement>,
) -> Result<Response, Problem> {
    let call = call.parse::<CallId>().map_err(|_| Problem::not_found("call", &call))?;
    let attempt = attempt.parse::<AttemptId>().map_err(|_| Problem::not_found("use", &attempt))?;
    let mut change = Change::begin(&context, write).await?;
    let ordered = settlement::settle(&mut change, (call, attempt), new).await?;
    let adjustment = AdjustmentView::from(&ordered);
    change.answer(StatusCode::ACCEPTED, OrderedAdjustment { adjustment }, None).await
}

/// Rates the attempts of a span anew, each at the prices of the time when it opened, as they are known now.
///
/// Where a price depends on the region, it is the region that the provider has now: where one has moved, begin the span
/// after its move. What would lose its price keeps its cost.
#[utoipa::path(post, path = "/api/platform/ai-management/spending/re-rate", operation_id = "re_rate_usage",
    tag = "spending", request_body = ReRating, responses((status = 202, body = ReRated)))]
async fn re_rate_usage(
    State(context): State<Context>,
    write: Write,
    Json(asked): Json<ReRating>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let found = re_rating::re_rate(&mut change, &asked).await?;
    change.answer(StatusCode::ACCEPTED, found, None).await
}
