use std::time::Duration;

use axum::{
    extract::ws::{self, WebSocket, WebSocketUpgrade},
    response::Response,
};
use glaux_kernel::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::time::{Instant, interval, sleep_until};

use super::{Events, Message, Subscription, sse::LIFETIME};
use crate::Caller;

const PING: Duration = Duration::from_secs(15);

/// Nobody sends us more than a ping or a close.
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

/// Sends the events as text frames `{"id","type","at","data"}`; `{"type":"gap"}` where some were lost.
pub fn serve_socket(
    upgrade: WebSocketUpgrade,
    events: Events,
    caller: Caller,
    last_event_id: Option<&str>,
) -> Response {
    let subscription = Subscription::new(events, caller, last_event_id);
    upgrade
        .max_message_size(MAX_INCOMING_BYTES)
        .max_frame_size(MAX_INCOMING_BYTES)
        .on_upgrade(move |socket| converse(socket, subscription))
}

/// Until either side closes, fails, or the time is up.
async fn converse(mut socket: WebSocket, mut subscription: Subscription) {
    let end = Instant::now() + LIFETIME;
    let mut ping = interval(PING);
    loop {
        let outgoing = tokio::select! {
            incoming = socket.recv() => match incoming {
                Some(Ok(ws::Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
            message = subscription.next() => match message.map(|message| text(&message)) {
                Some(Ok(text)) => ws::Message::Text(text.into()),
                Some(Err(error)) => {
                    tracing::error!(error = %error, "An event could not be written out");
                    continue;
                }
                None => ws::Message::Close(None),
            },
            _ = ping.tick() => ws::Message::Ping(Default::default()),
            () = sleep_until(end) => ws::Message::Close(None),
        };
        let closes = matches!(outgoing, ws::Message::Close(_));
        if socket.send(outgoing).await.is_err() || closes {
            return;
        }
    }
}

fn text(message: &Message) -> serde_json::Result<String> {
    match message {
        Message::Gap => serde_json::to_string(&Frame { id: None, kind: "gap", at: None, data: None }),
        Message::Event { id, event } => serde_json::to_string(&Frame {
            id: Some(id),
            kind: event.kind.as_str(),
            at: Some(event.at),
            data: Some(serde_json::from_str(&event.data)?),
        }),
    }
}
