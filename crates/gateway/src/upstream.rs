//! Connections to providers: HTTP/1.1 over TCP or TLS, kept alive, without Nagle's delay.

use std::{
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use foldhash::{HashMap, HashSet};
use glaux_kernel::ProviderId;
use glaux_routing::Provider;
use http::{Uri, response::Parts};
use http_body::Body as _;
use http_body_util::Full;
use hyper::body::Incoming;
use parking_lot::RwLock;

use crate::{
    pool::{Answered, Lease, Pool},
    scripted::{Script, ScriptedBody},
};

/// One pool of connections per provider, so that a stalled one can't exhaust another's.
pub(crate) struct Upstreams {
    tls: rustls::ClientConfig,
    pools: RwLock<HashMap<ProviderId, Arc<Pool>>>,
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
        Answering::Network(Box::pin(self.pool(provider, request.uri()).send(request)))
    }

    /// A provider that has moved gets new connections; the old ones end with the calls that use them.
    fn pool(&self, provider: &Provider, uri: &Uri) -> Arc<Pool> {
        let timeout = Duration::from_millis(provider.limits.connect_timeout_ms);
        if let Some(pool) = self.pools.read().get(&provider.id).filter(|pool| pool.serves(uri, timeout)) {
            return Arc::clone(pool);
        }
        let mut pools = self.pools.write();
        if let Some(pool) = pools.get(&provider.id).filter(|pool| pool.serves(uri, timeout)) {
            return Arc::clone(pool);
        }
        let pool = Pool::new(&self.tls, uri, timeout);
        pools.insert(provider.id, Arc::clone(&pool));
        pool
    }

    /// Closes what is idle at providers that are not there any more.
    pub(crate) fn keep_only(&self, providers: &HashSet<ProviderId>) {
        self.pools.write().retain(|id, _| providers.contains(id));
    }
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
    Network(Pin<Box<dyn Future<Output = Result<Answered, BrokenUpstream>> + Send>>),
    /// By the sandbox.
    Scripted(Box<Script>),
}

impl Future for Answering {
    type Output = Result<(Parts, AnsweringBody), BrokenUpstream>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Network(response) => {
                let answer = ready!(response.as_mut().poll(context));
                Poll::Ready(answer.map(|(response, lease)| {
                    let (parts, body) = response.into_parts();
                    (parts, AnsweringBody::Network { body, _lease: lease })
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
    /// From the network, and the connection that it comes by.
    Network { body: Incoming, _lease: Lease },
    /// From the sandbox.
    Scripted(ScriptedBody),
}

impl AnsweringBody {
    /// The next piece; `None` at the end.
    pub(crate) fn poll_data(&mut self, context: &mut Context<'_>) -> Poll<Result<Option<Bytes>, BrokenUpstream>> {
        match self {
            Self::Network { body, .. } => loop {
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
