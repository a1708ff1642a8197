//! The routes on which one watches what happens.

use axum::{
    extract::{
        State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::HeaderMap,
    response::Response,
};
use glaux_kernel::{Permission, problem::Code};
use glaux_web::{
    Caller, Problem, Query,
    live::{serve_socket, stream_events},
    permit,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{Context, Module};

const WATCH: Permission = Permission("events.read");

/// Live events, as Server-Sent Events and over a WebSocket.
pub fn live_module() -> Module {
    let routes =
        OpenApiRouter::new().routes(permit(WATCH, routes!(watch_events))).routes(permit(WATCH, routes!(open_socket)));
    Module { routes }
}

/// Where a WebSocket goes on; a browser can't set its headers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Resume {
    /// The `id` of the last event that was seen.
    last_event_id: Option<String>,
}

/// What happens, as `text/event-stream`.
///
/// `event:` is a type such as `feature.status_changed`, `data:` is JSON. A stream goes on after `Last-Event-ID`; where
/// that is no longer known, the first event is `gap` and the client reads again what it shows. It ends after a quarter
/// of an hour and is opened again.
#[utoipa::path(get, path = "/api/platform/ai-management/events", operation_id = "watch_events", tag = "live",
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn watch_events(State(context): State<Context>, caller: Caller, headers: HeaderMap) -> Response {
    stream_events(context.events, caller, &headers)
}

/// What happens, as text frames `{"id","type","at","data"}` of a WebSocket.
#[utoipa::path(get, path = "/api/platform/ai-management/ws", operation_id = "open_socket", tag = "live",
    params(Resume), responses((status = 101, description = "Events follow")))]
async fn open_socket(
    State(context): State<Context>,
    caller: Caller,
    Query(resume): Query<Resume>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| Problem::new(Code::InvalidRequest, rejection.body_text()))?;
    Ok(serve_socket(upgrade, context.events, caller, resume.last_event_id.as_deref()))
}
