//! Connections to providers: HTTP/1.1 over TCP or TLS, kept alive, without Nagle's delay.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use foldhash::HashMap;
use glaux_kernel::ProviderId;
use glaux_routing::Provider;
use http::response::Parts;
use http_body::Body as _;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, ResponseFuture, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use parking_lot::RwLock;

use crate::scripted::{Script, ScriptedBody};

type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// Idle connections are closed after this; providers' load balancers commonly close theirs after 60 s or more.
const IDLE: Duration = Duration::from_secs(55);

/// One pool of connections per provider, so that a stalled one can't exhaust another's.
pub(crate) struct Upstreams {
    tls: rustls::ClientConfig,
    pools: RwLock<HashMap<(ProviderId, u64), Arc<Connections>>>,
}

impl std::fmt::Debug for Upstreams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Upstreams").field("pools", &self.pools.read().len()).finish_non_exhaustive()
    }
}

impl Upstreams {
    /// No connections yet. `tls` decides which certificates are trusted.
    pub(crate) fn new(tls: rustls::ClientConfig) -> Self {
        Self { tls, pools: RwLock::default() }
    }

    /// Sends a request on a kept or a new connection.
    pub(crate) fn send(&self, provider: &Provider, request: http::Request<Full<Bytes>>) -> Answering {
        Answering::Network(self.pool(provider).request(request))
    }

    fn pool(&self, provider: &Provider) -> Arc<Connections> {
        let id = (provider.id, provider.limits.connect_timeout_ms);
        if let Some(pool) = self.pools.read().get(&id) {
            return Arc::clone(pool);
        }
        let mut pools = self.pools.write();
        let pool = pools.entry(id).or_insert_with(|| Arc::new(connect(&self.tls, Duration::from_millis(id.1))));
        Arc::clone(pool)
    }
}

fn connect(tls: &rustls::ClientConfig, timeout: Duration) -> Connections {
    let mut tcp = HttpConnector::new();
    tcp.set_nodelay(true);
    tcp.enforce_http(false);
    tcp.set_connect_timeout(Some(timeout));
    tcp.set_keepalive(Some(Duration::from_secs(30)));
    let connector = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls.clone())
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(1024)
        .build(connector)
}

/// Why no answer, or no more of it, comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BrokenUpstream {
    /// No connection could be made: nothing was sent.
    NotSent,
    /// The connection broke after it was made.
    Connection,
}

/// A request on its way; becomes the head and the body of its answer.
pub(crate) enum Answering {
    /// By the network.
    Network(ResponseFuture),
    /// By the sandbox.
    Scripted(Box<Script>),
}

impl Future for Answering {
    type Output = Result<(Parts, AnsweringBody), BrokenUpstream>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Network(response) => {
                let answer = ready!(Pin::new(response).poll(context)).map(|response| {
                    let (parts, body) = response.into_parts();
                    (parts, AnsweringBody::Network(body))
                });
                Poll::Ready(answer.map_err(|error| {
                    if error.is_connect() { BrokenUpstream::NotSent } else { BrokenUpstream::Connection }
                }))
            }
            Self::Scripted(script) => {
                let answer = ready!(script.poll_head(context));
                Poll::Ready(answer.map(|(parts, body)| (parts, AnsweringBody::Scripted(body))))
            }
        }
    }
}

/// The body of an answer, as it arrives.
pub(crate) enum AnsweringBody {
    /// From the network.
    Network(Incoming),
    /// From the sandbox.
    Scripted(ScriptedBody),
}

impl AnsweringBody {
    /// The next piece; `None` at the end.
    pub(crate) fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, BrokenUpstream>> {
        match self {
            Self::Network(body) => loop {
                match ready!(Pin::new(&mut *body).poll_frame(context)) {
                    None => return Poll::Ready(Ok(None)),
                    Some(Err(_)) => return Poll::Ready(Err(BrokenUpstream::Connection)),
                    Some(Ok(frame)) => {
                        if let Ok(data) = frame.into_data() {
                            return Poll::Ready(Ok(Some(data)));
                        }
                    }
                }
            },
            Self::Scripted(body) => body.poll_data(context),
        }
    }
}
