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
    live::{Subscription, Topics, serve_socket, stream_events},
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

/// What a stream tells.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Wanted {
    /// The types to be told of, with commas between them; without it all but `usage.appended`.
    topics: Option<String>,
}

/// Where a WebSocket goes on, and what it tells; a browser can't set its headers.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Resume {
    /// The `id` of the last event that was seen.
    last_event_id: Option<String>,
    /// The types to be told of, with commas between them; without it all but `usage.appended`.
    topics: Option<String>,
}

/// What happens, as `text/event-stream`.
///
/// `event:` is a type such as `feature.status_changed`, `data:` is JSON. A stream goes on after `Last-Event-ID`; where
/// that is no longer known, the first event is `gap` and the client reads again what it shows. It ends after a quarter
/// of an hour and is opened again. `usage.appended` has no id and is not kept: where it begins to be told, `gap` comes
/// first, and what is read after that has all that was before.
#[utoipa::path(get, path = "/api/platform/ai-management/events", operation_id = "watch_events", tag = "live",
    params(Wanted, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was seen")),
    responses((status = 200, content_type = "text/event-stream", body = String)))]
async fn watch_events(
    State(context): State<Context>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let topics = Topics::from_query(wanted.topics.as_deref())?;
    Ok(stream_events(Subscription::new(context.events, caller, topics, last)))
}

/// What happens, as text frames `{"id","type","at","data"}` of a WebSocket.
///
/// As the stream, with `{"type":"gap"}` where events were lost and `{"type":"heartbeat"}` every fifteen seconds. The
/// client may send `{"topics":["usage.appended","journal.appended"]}`: from then on it is told of these only.
#[utoipa::path(get, path = "/api/platform/ai-management/ws", operation_id = "open_socket", tag = "live",
    params(Resume, ("organization" = Option<String>, Query,
        description = "Whose events, by id or name: `x-glaux-organization` for those who can't set headers")),
    responses((status = 101, description = "Events follow")))]
async fn open_socket(
    State(context): State<Context>,
    caller: Caller,
    Query(resume): Query<Resume>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let upgrade = upgrade.map_err(|rejection| Problem::new(Code::InvalidRequest, rejection.body_text()))?;
    let topics = Topics::from_query(resume.topics.as_deref())?;
    let last = resume.last_event_id.as_deref();
    Ok(serve_socket(upgrade, Subscription::new(context.events, caller, topics, last)))
}
