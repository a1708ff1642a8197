use std::net::SocketAddr;

use axum::body::{Body, BodyDataStream};
use futures::{SinkExt, StreamExt};
use glaux_kernel::Permission;
use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use serde_json::{Value, json};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{self, Message, client::IntoClientRequest},
};
use tower::ServiceExt;

use crate::notes;

on_both!(
    a_change_is_seen_once_it_is_made,
    a_dry_run_is_not_seen,
    one_sees_what_one_may_read,
    a_stream_goes_on_where_it_ended,
    one_is_told_of_the_topics_that_one_names,
    a_websocket_tells_the_same,
    a_websocket_turns_to_the_topics_that_one_sends,
    a_websocket_enters_the_organization_that_one_names,
);

const EVENTS: &str = "/api/platform/ai-management/events";

/// An open event stream.
struct Watcher {
    stream: BodyDataStream,
    text: String,
}

impl Watcher {
    async fn open(api: &Management, who: &str, last_event_id: Option<&str>) -> Self {
        Self::open_at(api, EVENTS, who, last_event_id).await
    }

    async fn open_at(api: &Management, path: &str, who: &str, last_event_id: Option<&str>) -> Self {
        let request = axum::http::Request::get(path).header("authorization", format!("Bearer {who}"));
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

async fn one_is_told_of_the_topics_that_one_names(database: TestDatabase) {
    let api = notes::start(database).await;
    let journal = format!("{EVENTS}?topics=journal.appended");
    let mut watcher = Watcher::open_at(&api, &journal, "acme everything", None).await;
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    assert_eq!(watcher.next().await.1, "journal.appended");
    api.admin().get(&format!("{EVENTS}?topics=weather")).await.problem("invalid_request");
    api.admin().get(&format!("{EVENTS}?organization=globex")).await.problem("invalid_request");
}

type Socket = WebSocketStream<tokio::net::TcpStream>;

/// The router behind a real port, for WebSockets.
struct Server {
    address: SocketAddr,
    serving: tokio::task::JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start(api: &Management) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        Self { address, serving: tokio::spawn(axum::serve(listener, api.router()).into_future()) }
    }

    async fn connect(&self, query: &str, headers: &[(&'static str, &str)]) -> Result<Socket, tungstenite::Error> {
        let address = self.address;
        let request = format!("ws://{address}/api/platform/ai-management/ws{query}");
        let mut request = request.into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        let stream = tokio::net::TcpStream::connect(address).await.unwrap();
        Ok(tokio_tungstenite::client_async(request, stream).await?.0)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// The next frame but heartbeats.
async fn next_frame(socket: &mut Socket) -> Message {
    loop {
        match socket.next().await.unwrap().unwrap() {
            Message::Text(text) if text == r#"{"type":"heartbeat"}"# => {}
            other => return other,
        }
    }
}

async fn next_event(socket: &mut Socket) -> Value {
    let frame = next_frame(socket).await;
    serde_json::from_str(frame.to_text().unwrap()).unwrap()
}

const ADMIN: (&str, &str) = ("authorization", "Bearer acme everything");

async fn a_websocket_tells_the_same(database: TestDatabase) {
    let api = notes::start(database).await;
    let server = Server::start(&api).await;
    let mut socket = server.connect("", &[ADMIN]).await.unwrap();
    assert_eq!(socket.next().await.unwrap().unwrap().to_text().unwrap(), r#"{"type":"heartbeat"}"#);
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    let frame = next_event(&mut socket).await;
    assert_eq!((&frame["type"], &frame["data"]), (&json!("metrics.updated"), &json!({"name": "a"})));
    assert!(frame["id"].is_string() && frame["at"] == "2026-11-21T09:00:00.000000Z", "{frame}");
    socket.close(None).await.unwrap();
    drop(socket.flush().await);

    // A browser opens a socket for any site, with our cookie.
    let cookie = ("cookie", "glaux_session=acme everything");
    assert!(server.connect("", &[("origin", "https://evil.example"), cookie]).await.is_err());
    let own = format!("http://{}", server.address);
    assert!(server.connect("", &[("origin", &own), cookie]).await.is_ok());
}

async fn a_websocket_turns_to_the_topics_that_one_sends(database: TestDatabase) {
    let api = notes::start(database).await;
    let server = Server::start(&api).await;
    let mut socket = server.connect("?topics=journal.appended", &[ADMIN]).await.unwrap();
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    assert_eq!(next_event(&mut socket).await["type"], "journal.appended");

    let is_watched = || api.context().events.is_watched(api.acme(), Permission("usage.read"));
    assert!(!is_watched());
    let wish = json!({ "topics": ["usage.appended", "metrics.updated"] });
    socket.send(Message::text(wish.to_string())).await.unwrap();
    assert_eq!(next_event(&mut socket).await["type"], "gap");
    assert!(is_watched());
    api.admin().put("/notes/b", json!({"text": "1"})).await.ok();
    assert_eq!(next_event(&mut socket).await["data"], json!({"name": "b"}));
    api.admin().put("/notes/c", json!({"text": "1"})).await.ok();
    assert_eq!(next_event(&mut socket).await["data"], json!({"name": "c"}), "the journal is no topic any more");

    for wrong in [r#"{"topics":["weather"]}"#, "{}", r#"{"topics":[],"more":1}"#] {
        let mut socket = server.connect("", &[ADMIN]).await.unwrap();
        socket.send(Message::text(wrong)).await.unwrap();
        let Message::Close(Some(close)) = next_frame(&mut socket).await else { panic!("{wrong} is taken") };
        assert_eq!(u16::from(close.code), 1008, "{wrong}: {}", close.reason);
    }
}

async fn a_websocket_enters_the_organization_that_one_names(database: TestDatabase) {
    let api = notes::start(database).await;
    let server = Server::start(&api).await;
    let mut socket = server.connect("?organization=globex", &[ADMIN]).await.unwrap();
    api.admin().put("/notes/a", json!({"text": "1"})).await.ok();
    api.stranger(&["notes.write"]).put("/notes/b", json!({"text": "1"})).await.ok();
    assert_eq!(next_event(&mut socket).await["data"], json!({"name": "b"}));
    let reader = ("authorization", "Bearer acme events.read");
    assert!(server.connect("?organization=globex", &[reader]).await.is_err());
    assert!(server.connect("?organization=none", &[ADMIN]).await.is_err());
}
