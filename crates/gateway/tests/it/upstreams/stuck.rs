//! Connections that are there and lead nowhere.

use std::time::Duration;

use glaux_ledger::record::Status;
use glaux_llm::ProviderKind;
use glaux_routing::document::{Policy, ProviderLimits};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::{CHAT, chat};
use crate::world::World;

async fn start(base: String, limits: ProviderLimits) -> World {
    let mut world = World::start().await;
    world.add_provider(ProviderKind::OpenAi, base, limits);
    world.add_model_of(ProviderKind::OpenAi, "model");
    world.assign("chatbot", &["openai/model"], Policy { retries: 0, ..Policy::default() });
    world
}

#[tokio::test]
async fn a_provider_that_accepts_and_says_nothing_in_tls_is_given_up_and_not_charged() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}/v1", listener.local_addr().unwrap());
    let limits = ProviderLimits { connect_timeout_ms: 100, ..ProviderLimits::default() };
    let world = start(base, limits).await;
    let answer = tokio::time::timeout(Duration::from_secs(60), world.send(CHAT, &chat(""))).await;
    assert_eq!(answer.expect("connecting has no end").status.as_u16(), 502);
    let (_, attempts) = world.settled().await;
    assert_eq!((attempts[0].status, attempts[0].cost.nanos), (Status::Error, 0));
    drop(listener);
}

/// Answers by the length of the request: long ones with an error before they are read, and then never reads on.
async fn impatient() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut open = Vec::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 4096];
            let read = stream.read(&mut request).await.unwrap();
            let (status, body) = if read == request.len() {
                ("413 Too Large", "{}".to_owned())
            } else {
                let message = r#"{"index":0,"message":{"role":"assistant","content":"word"},"finish_reason":"stop"}"#;
                (
                    "200 OK",
                    format!(r#"{{"choices":[{message}],"usage":{{"prompt_tokens":19,"completion_tokens":10}}}}"#),
                )
            };
            let answer = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
            open.push(stream);
        }
    });
    base
}

#[tokio::test]
async fn a_connection_whose_request_is_not_written_serves_no_other_call() {
    let world = start(impatient().await, ProviderLimits::default()).await;
    let long = format!(r#"{{"model":"chatbot","messages":[{{"role":"user","content":"{}"}}]}}"#, "x".repeat(20 << 20));
    assert_eq!(world.send(CHAT, &long).await.status.as_u16(), 413);
    let short = tokio::time::timeout(Duration::from_secs(60), world.send(CHAT, &chat(""))).await;
    assert_eq!(short.expect("waits for a stuck connection").status.as_u16(), 200);
}
