//! A provider on 127.0.0.1 that answers as it is told: OpenAI, Anthropic and Gemini, whole answers and streams.
//!
//! - How it answers stands in the name of the model, see [`Script`]; so each request of a test decides for itself.
//! - It keeps its own [`Tally`], to which a ledger can be compared, and every request as it arrived.
//! - Shapes follow the providers' public references: platform.openai.com/docs/api-reference/chat,
//!   docs.claude.com/en/api/messages, ai.google.dev/api/generate-content.

mod account;
mod anthropic;
pub mod bench;
mod gemini;
mod openai;
mod operation;
mod playing;
mod script;
mod server;

use std::{net::SocketAddr, sync::Arc};

pub use account::{ModelTally, Tally};
use bytes::Bytes;
use http::{HeaderMap, Method};
use parking_lot::Mutex;
pub use script::{AfterHangUp, Ending, Script, Told, UnknownTerm};
use tokio::{net::TcpListener, task::JoinHandle};

/// A request as it arrived.
#[derive(Debug, Clone)]
pub struct ReceivedRequest {
    /// The method.
    pub method: Method,
    /// The path with its query.
    pub path: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

/// A scripted provider; gone when dropped, with its connections.
#[derive(Debug)]
pub struct ScriptedUpstream {
    address: SocketAddr,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

/// What all connections of a provider share.
#[derive(Debug)]
struct Shared {
    /// For models whose name is no script.
    script: Script,
    tally: Arc<Mutex<Tally>>,
    requests: Mutex<Vec<ReceivedRequest>>,
    memory: Memory,
}

/// Whether requests are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Memory {
    /// For a test to look at.
    KeepsRequests,
    /// A long run would fill the memory.
    TallyOnly,
}

impl ScriptedUpstream {
    /// A provider on a free port whose models answer by their names, or else by [`Script::default`].
    pub async fn start() -> Self {
        Self::start_with(Script::default()).await
    }

    /// The same with another script for models whose name is none.
    pub async fn start_with(script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::serve(listener, script, Memory::KeepsRequests)
    }

    /// Serves on a listener of the caller's.
    pub fn serve(listener: TcpListener, script: Script, memory: Memory) -> Self {
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared { script, tally: Arc::default(), requests: Mutex::default(), memory });
        let serving = tokio::spawn(server::accept(listener, Arc::clone(&shared)));
        Self { address, shared, serving }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base URL of its OpenAI and Anthropic APIs.
    pub fn v1(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The base URL of its Gemini API.
    pub fn v1beta(&self) -> String {
        format!("http://{}/v1beta", self.address)
    }

    /// What it has answered so far.
    pub fn tally(&self) -> Tally {
        self.shared.tally.lock().clone()
    }

    /// Every request so far, in the order of arrival.
    pub fn requests(&self) -> Vec<ReceivedRequest> {
        self.shared.requests.lock().clone()
    }
}

impl Drop for ScriptedUpstream {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
