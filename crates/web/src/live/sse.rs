use std::{convert::Infallible, time::Duration};

use axum::response::{
    IntoResponse, Response,
    sse::{self, KeepAlive, Sse},
};
use futures::stream;
use tokio::time::{Instant, timeout_at};

use super::{Message, Subscription};

/// Proxies close a connection on which nothing moves for a minute.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long a stream lasts before the watcher must show his credential again.
pub(super) const LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Answers with the events as `text/event-stream` (HTML standard, section 9.2).
///
/// `event:` is the kind or `gap`, `data:` is JSON.
pub fn stream_events(subscription: Subscription) -> Response {
    let end = Instant::now() + LIFETIME;
    let messages = stream::unfold(subscription, move |mut subscription| async move {
        let message = timeout_at(end, subscription.next()).await.ok()??;
        Some((Ok::<_, Infallible>(frame(message)), subscription))
    });
    Sse::new(messages).keep_alive(KeepAlive::new().interval(KEEP_ALIVE)).into_response()
}

fn frame(message: Message) -> sse::Event {
    match message {
        Message::Event { id, event } => {
            let frame = sse::Event::default().event(event.kind.as_str()).data(event.data);
            match id {
                Some(id) => frame.id(id),
                None => frame,
            }
        }
        Message::Gap => sse::Event::default().event("gap").data("{}"),
    }
}
