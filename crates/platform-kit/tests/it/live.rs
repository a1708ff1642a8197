use axum::body::{Body, BodyDataStream};
use futures::{SinkExt, StreamExt};
use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
use tower::ServiceExt;

use crate::notes;

on_both!(
    a_change_is_seen_once_it_is_made,
    a_dry_run_is_not_seen,
    one_sees_what_one_may_read,
    a_stream_goes_on_where_it_ended,
    a_websocket_tells_the_same,
);

const EVENTS: &str = "/api/platform/ai-management/events";

/// An open event stream.
struct Watcher {
    stream: BodyDataStream,
    text: String,
}

impl Watcher {
    async fn open(api: &Management, who: &str, last_event_id: Option<&str>) -> Self {
        let request = axum::http::Request::get(EVENTS).header("authorization", format!("Bearer {who}"));
        let request = last_event_id.into_iter().fold(request, |request, id| request.header("last-event-id", id));
        let response = api.router().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { stream: response.into_body().into_data_stream(), text: String::new() }
    }

    /// The next event: id, type, data.
    async fn next(&mut self) -> (String, String, Value) {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let line = event.lines().find_map(|line| line.strip_prefix(name));
                    line.unwrap_or_default().trim_start().to_owned()
                };
                let found = (field("id:"), field("event:"), serde_json::from_str(&field("data:")).unwrap_or_default());
                self.text = rest.to_owned();
                if !found.1.is_empty() {
                    return found;
                }
                continue;
            }
            let chunk = self.stream.next().await.expect("the stream is open").expect("it does not fail");
            self.text.push_str(str::from_utf8(&chunk).expect("events are text"));
        }
    }
}

async fn a_change_is_seen_once_it_is_made(database: TestDatabase) {
    let api = notes::start(database).await;
    let mut watcher = Watcher::open(&api, "acme everything", None).await;
    let made = api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    let (_, kind, data) = watcher.next().await;
    assert_eq!((kind.as_str(), data), ("metrics.updated", json!({"name": "a"})));
    let (_, kind, data) = watcher.next().await;
    let expected = json!({"seq": 1, "kind": "note", "object": made["id"], "name": "a", "action": "create"});
    assert_eq!((kind.as_str(), data), ("journal.appended", expected));
}

async fn a_dry_run_is_not_seen(database: TestDatabase) {
    let api = notes::start(database).await;
    let mut watcher = Watcher::open(&api, "acme everything", None).await;
    api.admin().put("/notes/a?dry_run=true", json!({"text": "1"})).await.ok();
    api.admin().put("/notes/b", json!({"text": "1"})).await.ok();
    assert_eq!(watcher.next().await.2, json!({"name": "b"}));
}

async fn one_sees_what_one_may_read(database: TestDatabase) {
    let api = notes::start(database).await;
    let mut other = Watcher::open(&api, "globex events.read,notes.read,journal.read", None).await;
    let mut auditor = Watcher::open(&api, "acme events.read,journal.read", None).await;
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    api.stranger(&["notes.write"]).put("/notes/b", json!({"text": "1"})).await.ok();
    assert_eq!(auditor.next().await.1, "journal.appended");
    assert_eq!(other.next().await.2, json!({"name": "b"}));
    api.permitted(&["notes.read"]).get(EVENTS).await.problem("forbidden");
}

async fn a_stream_goes_on_where_it_ended(database: TestDatabase) {
    let api = notes::start(database).await;
    let mut watcher = Watcher::open(&api, "acme everything", None).await;
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    let (last, ..) = watcher.next().await;
    drop(watcher);
    api.admin().put("/notes/b", json!({"text": "1"})).await.ok();
    let mut back = Watcher::open(&api, "acme everything", Some(&last)).await;
    let names = [back.next().await.2, back.next().await.2, back.next().await.2];
    assert_eq!(names.map(|data| data["name"].clone()), ["a", "b", "b"]);

    let mut lost = Watcher::open(&api, "acme everything", Some("0000000000000000-7")).await;
    assert_eq!(lost.next().await.1, "gap");
}

async fn a_websocket_tells_the_same(database: TestDatabase) {
    let api = notes::start(database).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let serving = tokio::spawn(axum::serve(listener, api.router()).into_future());
    let connect = async |origin: Option<&str>, credential: (&'static str, &str)| {
        let mut request = format!("ws://{address}/api/platform/ai-management/ws").into_client_request().unwrap();
        request.headers_mut().insert(credential.0, credential.1.parse().unwrap());
        if let Some(origin) = origin {
            request.headers_mut().insert("origin", origin.parse().unwrap());
        }
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        tokio_tungstenite::client_async(request, stream).await
    };
    let (mut socket, _) = connect(None, ("authorization", "Bearer acme everything")).await.unwrap();
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    let frame = loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) => break serde_json::from_str::<Value>(&text).unwrap(),
            other => assert!(matches!(other, Message::Ping(_)), "{other:?}"),
        }
    };
    assert_eq!((&frame["type"], &frame["data"]), (&json!("metrics.updated"), &json!({"name": "a"})));
    assert!(frame["id"].is_string() && frame["at"] == "2026-11-21T09:00:00.000000Z", "{frame}");
    socket.close(None).await.unwrap();
    drop(socket.flush().await);

    // A browser opens a socket for any site, with our cookie.
    let cookie = ("cookie", "glaux_session=acme everything");
    assert!(connect(Some("https://evil.example"), cookie).await.is_err());
    assert!(connect(Some(&format!("http://{address}")), cookie).await.is_ok());
    serving.abort();
}
