use std::time::Duration;

use axum::{
    extract::ws::{self, CloseFrame, WebSocket, WebSocketUpgrade, close_code},
    response::Response,
};
use glaux_kernel::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::time::{Instant, interval, sleep_until, timeout};

use super::{Message, Subscription, Topics, sse::LIFETIME};
use crate::Problem;

/// How often one hears from us. A ping of the protocol would not do: no browser shows it to a page.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long a watcher may take nothing before he is left.
const PATIENCE: Duration = Duration::from_secs(30);

/// Nobody sends us more than his topics.
const MAX_INCOMING_BYTES: usize = 4096;

#[derive(Serialize)]
struct Frame<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
}

/// What a watcher may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    topics: Vec<String>,
}

/// Sends the events as text frames `{"id","type","at","data"}`; `{"type":"gap"}` where some were lost, and
/// `{"type":"heartbeat"}` at the start and every fifteen seconds.
///
/// Takes `{"topics":["…"]}`: what is told from then on. Whoever says anything else is left with code 1008 and the reason.
pub fn serve_socket(upgrade: WebSocketUpgrade, subscription: Subscription) -> Response {
    upgrade
        .max_message_size(MAX_INCOMING_BYTES)
        .max_frame_size(MAX_INCOMING_BYTES)
        .on_upgrade(move |socket| converse(socket, subscription))
}

/// Until either side closes, fails, or the time is up.
async fn converse(mut socket: WebSocket, mut subscription: Subscription) {
    let end = Instant::now() + LIFETIME;
    let mut heartbeat = interval(HEARTBEAT);
    loop {
        let outgoing = tokio::select! {
            incoming = socket.recv() => match incoming {
                Some(Ok(ws::Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(ws::Message::Ping(_) | ws::Message::Pong(_))) => continue,
                Some(Ok(ws::Message::Text(text))) => match topics(&text) {
                    Ok(topics) => {
                        subscription.turn_to(topics);
                        continue;
                    }
                    Err(problem) => refusal(problem.detail()),
                },
                Some(Ok(ws::Message::Binary(_))) => refusal("send text"),
            },
            message = subscription.next() => match message.map(|message| text(&message)) {
                Some(Ok(text)) => ws::Message::Text(text.into()),
                Some(Err(error)) => {
                    tracing::error!(error = %error, "An event could not be written out");
                    continue;
                }
                None => ws::Message::Close(None),
            },
            _ = heartbeat.tick() => ws::Message::Text(r#"{"type":"heartbeat"}"#.into()),
            () = sleep_until(end) => ws::Message::Close(None),
        };
        let closes = matches!(outgoing, ws::Message::Close(_));
        if !matches!(timeout(PATIENCE, socket.send(outgoing)).await, Ok(Ok(()))) || closes {
            return;
        }
    }
}

fn topics(text: &str) -> Result<Topics, Problem> {
    let wish: Wish = serde_json::from_str(text)
        .map_err(|_| Problem::malformed("", r#"send {"topics":["journal.appended"]} or nothing"#))?;
    Topics::named(wish.topics.iter().map(String::as_str))
}

/// A reason may have 123 bytes (RFC 6455, section 5.5).
fn refusal(why: &str) -> ws::Message {
    let reason = &why[..why.floor_char_boundary(123)];
    ws::Message::Close(Some(CloseFrame { code: close_code::POLICY, reason: reason.into() }))
}

fn text(message: &Message) -> serde_json::Result<String> {
    match message {
        Message::Gap => serde_json::to_string(&Frame { id: None, kind: "gap", at: None, data: None }),
        Message::Event { id, event } => serde_json::to_string(&Frame {
            id: id.as_deref(),
            kind: event.kind.as_str(),
            at: Some(event.at),
            data: Some(serde_json::from_str(&event.data)?),
        }),
    }
}
