use std::time::Duration;

use axum::extract::State;
use glaux_kernel::{AttemptId, CallId, Page, Permission, Timestamp};
use glaux_ledger::record::Status;
use glaux_ledger_store::{
    ListedCall, PAGE_EFFORT, VolumeBar, VolumeQuery, count_calls, explain_attempt, find_calls, list_calls,
};
use glaux_platform_kit::Context;
use glaux_store::OrgRead;
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Problem, Query, permit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    asked::{Narrowing, Seeking},
    entry::{CallEntry, Names},
};
use crate::failed;

pub(super) const READ: Permission = Permission("usage.read");
const DEFAULT_BARS: u32 = 96;
const MAX_BARS: u32 = 200;

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(permit(READ, routes!(list))).routes(permit(READ, routes!(count)))
}

/// How many bars are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Bars {
    /// At most so many.
    #[param(minimum = 1, maximum = 200, default = 96)]
    bars: Option<u32>,
}

/// How many calls, over time.
#[derive(Serialize, ToSchema)]
#[schema(as = CallVolume)]
struct VolumeView {
    /// Where the first bar begins: the quarter of an hour that holds the moment asked for, or the first one with calls.
    #[schema(value_type = String, format = DateTime)]
    from: Timestamp,
    /// Where the last bar ends.
    #[schema(value_type = String, format = DateTime)]
    to: Timestamp,
    /// A multiple of 900.
    bucket_seconds: u64,
    items: Vec<BarView>,
    /// In all bars.
    calls: u64,
    /// Whatever the filters.
    of: u64,
}

/// The calls of a part of the span.
#[derive(Serialize, ToSchema)]
#[schema(as = CallVolumeBar)]
struct BarView {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    success: u64,
    error: u64,
    timeout: u64,
    cancelled: u64,
    blocked: u64,
    unknown: u64,
    /// Of the successful ones.
    cached: u64,
}

impl From<&VolumeBar> for BarView {
    fn from(bar: &VolumeBar) -> Self {
        Self {
            at: bar.at,
            success: bar.calls.get(Status::Success),
            error: bar.calls.get(Status::Error),
            timeout: bar.calls.get(Status::Timeout),
            cancelled: bar.calls.get(Status::Cancelled),
            blocked: bar.calls.get(Status::Blocked),
            unknown: bar.calls.get(Status::Unknown),
            cached: bar.cached,
        }
    }
}

/// Calls, the youngest first. A page that is short has a cursor when there is more to look through.
#[utoipa::path(get, path = "/api/platform/ai-management/usage/calls", operation_id = "list_calls", tag = "usage",
    params(Narrowing, Seeking, PageParameters), responses((status = 200, body = PageSchema<CallEntry>)))]
async fn list(
    State(context): State<Context>,
    caller: Caller,
    Query(narrowing): Query<Narrowing>,
    Query(seeking): Query<Seeking>,
    Paging(page): Paging,
) -> Result<Json<Page<CallEntry>>, Problem> {
    let is_cursor = |text: &str| text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if page.cursor.as_ref().is_some_and(|cursor| !is_cursor(&cursor.0)) {
        return Err(Problem::malformed("?cursor", "it is not the `next_cursor` of a page of calls"));
    }
    let mut tx = context.db.organization(caller.organization).read().await?;
    let named = match seeking.q.as_deref() {
        Some(q) => find_named(&mut tx, q).await?,
        None => None,
    };
    let calls = match named {
        Some(items) => Page { items, next_cursor: None },
        None => {
            let filter = narrowing.resolve(&mut tx, context.clock.now()).await?;
            let filter = seeking.narrow(&mut tx, filter).await?;
            list_calls(&mut tx, &filter, &page, PAGE_EFFORT).await.map_err(failed)?
        }
    };
    let names = Names::read(&mut tx, &calls.items).await?;
    Ok(Json(calls.map(|listed| names.entry(listed))))
}

/// The call that an id names, whatever else is asked for. `None`: the text is no id.
async fn find_named(tx: &mut OrgRead, q: &str) -> Result<Option<Vec<ListedCall>>, Problem> {
    let call = match (q.parse::<CallId>(), q.parse::<AttemptId>()) {
        (Ok(call), _) => Some(call),
        (_, Ok(attempt)) => {
            let found = explain_attempt(tx, attempt).await.map_err(failed)?;
            found.and_then(|found| found.call).map(|served| served.call.call)
        }
        (Err(_), Err(_)) => return Ok(None),
    };
    let calls: Vec<_> = call.into_iter().collect();
    find_calls(tx, &calls).await.map(Some).map_err(failed)
}

/// How many calls there are over time, by how they ended. Whole quarters of an hour are counted.
///
/// A span of more than 400 days is cut to where there are calls, and refused if that is still more.
#[utoipa::path(get, path = "/api/platform/ai-management/usage/calls/volume", operation_id = "count_calls", tag = "usage",
    params(Narrowing, Bars), responses((status = 200, body = VolumeView)))]
async fn count(
    State(context): State<Context>,
    caller: Caller,
    Query(narrowing): Query<Narrowing>,
    Query(asked): Query<Bars>,
) -> Result<Json<VolumeView>, Problem> {
    let bars = asked.bars.unwrap_or(DEFAULT_BARS);
    if !(1..=MAX_BARS).contains(&bars) {
        return Err(Problem::malformed("?bars", format!("there are 1 to {MAX_BARS} bars")));
    }
    let mut tx = context.db.organization(caller.organization).read().await?;
    let filter = narrowing.resolve(&mut tx, context.clock.now()).await?;
    let volume = count_calls(&mut tx, &VolumeQuery { filter, bars }).await.map_err(failed)?;
    let length = |bars: usize| u32::try_from(bars).unwrap_or(u32::MAX);
    let width: Duration = volume.width;
    Ok(Json(VolumeView {
        from: volume.from,
        to: volume.from.plus(width * length(volume.bars.len())),
        bucket_seconds: width.as_secs(),
        items: volume.bars.iter().map(BarView::from).collect(),
        calls: volume.bars.iter().map(|bar| bar.calls.total()).sum(),
        of: volume.of,
    }))
}
