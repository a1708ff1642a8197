//! Connections to providers are kept and used again, and one that is gone harms no call.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use glaux_llm::ProviderKind;
use glaux_routing::document::{Policy, ProviderLimits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{CHAT, chat};
use crate::world::World;

/// A provider that counts its connections.
struct Counting {
    base: String,
    accepted: Arc<AtomicUsize>,
    /// A permit for each that it closed.
    closed: Arc<Semaphore>,
}

/// What it does after an answer.
#[derive(Clone, Copy, PartialEq)]
enum Afterwards {
    Waits,
    /// Without having said so.
    HangsUp,
}

impl Counting {
    async fn start(afterwards: Afterwards) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}/v1", listener.local_addr().unwrap());
        let accepted = Arc::new(AtomicUsize::new(0));
        let closed = Arc::new(Semaphore::new(0));
        let (counter, closing) = (Arc::clone(&accepted), Arc::clone(&closed));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::Relaxed);
                let closing = Arc::clone(&closing);
                tokio::spawn(async move {
                    answer(stream, afterwards).await;
                    closing.add_permits(1);
                });
            }
        });
        Self { base, accepted, closed }
    }

    /// Waits until it has closed one more. On loopback the other end's kernel knows by then.
    async fn closes(&self) {
        let closed = tokio::time::timeout(Duration::from_secs(30), self.closed.acquire()).await;
        closed.unwrap().unwrap().forget();
    }

    fn accepted(&self) -> usize {
        self.accepted.load(Ordering::Relaxed)
    }
}

/// Each read is a request: they are short.
async fn answer(mut stream: TcpStream, afterwards: Afterwards) {
    let mut request = [0; 4096];
    while let Ok(read @ 1..) = stream.read(&mut request).await {
        let usage = r#""usage":{"prompt_tokens":19,"completion_tokens":10,"total_tokens":29}"#;
        let answer = if String::from_utf8_lossy(&request[..read]).contains(r#""stream":true"#) {
            let word =
                r#"{"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"word"}}]}"#;
            let events = format!("data: {word}\n\ndata: {{\"choices\":[],{usage}}}\n\ndata: [DONE]\n\n");
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
            format!("{head}{:x}\r\n{events}\r\n0\r\n\r\n", events.len())
        } else {
            let message = r#"{"index":0,"message":{"role":"assistant","content":"word"},"finish_reason":"stop"}"#;
            let body = format!(r#"{{"id":"1","object":"chat.completion","choices":[{message}],{usage}}}"#);
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        };
        if stream.write_all(answer.as_bytes()).await.is_err() || afterwards == Afterwards::HangsUp {
            return;
        }
    }
}

async fn start(provider: &Counting) -> World {
    let mut world = World::start().await;
    world.add_provider(ProviderKind::OpenAi, provider.base.clone(), ProviderLimits::default());
    world.add_model_of(ProviderKind::OpenAi, "model");
    world.assign("chatbot", &["openai/model"], Policy { retries: 0, ..Policy::default() });
    world
}

#[tokio::test]
async fn calls_one_after_the_other_share_a_connection() {
    let provider = Counting::start(Afterwards::Waits).await;
    let world = start(&provider).await;
    for number in 0..20 {
        let more = if number % 2 == 0 { "" } else { r#","stream":true"# };
        let answer = world.send(CHAT, &chat(more)).await;
        assert!(answer.status == 200 && answer.body.contains("word"), "{}", answer.body);
    }
    assert_eq!(provider.accepted(), 1);
}

#[tokio::test]
async fn calls_at_once_have_a_connection_each() {
    let provider = Counting::start(Afterwards::Waits).await;
    let world = start(&provider).await;
    let body = chat("");
    for _ in 0..2 {
        let answers = futures::future::join_all((0..8).map(|_| world.send(CHAT, &body))).await;
        assert!(answers.iter().all(|answer| answer.status == 200));
    }
    assert!((1..=8).contains(&provider.accepted()), "{}", provider.accepted());
}

#[tokio::test]
async fn a_connection_that_the_provider_closed_is_replaced_without_a_retry() {
    let provider = Counting::start(Afterwards::HangsUp).await;
    let world = start(&provider).await;
    for _ in 0..5 {
        let answer = world.send(CHAT, &chat("")).await;
        assert_eq!((answer.status.as_u16(), &answer.headers["x-glaux-attempts"]), (200, &"1".parse().unwrap()));
        // The gateway, which runs on this thread, hears of it no later than of the next call's first bytes.
        provider.closes().await;
    }
    assert_eq!(provider.accepted(), 5);
}

#[tokio::test]
async fn a_provider_that_moved_is_called_where_it_is_now() {
    let (first, second) = (Counting::start(Afterwards::Waits).await, Counting::start(Afterwards::Waits).await);
    let mut world = start(&first).await;
    assert_eq!(world.send(CHAT, &chat("")).await.status, 200);
    world.move_provider(ProviderKind::OpenAi, second.base.clone());
    assert_eq!(world.send(CHAT, &chat("")).await.status, 200);
    assert_eq!((first.accepted(), second.accepted()), (1, 1));
}
