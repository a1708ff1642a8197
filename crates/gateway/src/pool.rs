//! The connections to one provider: kept while they are good, each used by one request at a time.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use bytes::Bytes;
use futures::TryFutureExt;
use http::{HeaderValue, Request, Response, Uri, header, uri::PathAndQuery};
use http_body_util::Full;
use hyper::{
    body::Incoming,
    client::conn::http1::{self, SendRequest},
};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use parking_lot::Mutex;
use tokio::time::Instant;
use tower::ServiceExt;

use crate::upstream::BrokenUpstream;

/// Idle connections are closed after this; providers' load balancers commonly close theirs after 60 s or more.
const IDLE: Duration = Duration::from_secs(55);
/// How long a connection may take to be done with an exchange that nobody waits for any more.
const ENDING: Duration = Duration::from_secs(5);
/// More connections than this are not kept.
const MOST_IDLE: usize = 1024;

type Connector = HttpsConnector<HttpConnector>;

/// The connections to one origin.
pub(crate) struct Pool {
    origin: Uri,
    host: HeaderValue,
    connect_timeout: Duration,
    connector: Connector,
    /// The longest idle first.
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    sender: SendRequest<Full<Bytes>>,
    since: Instant,
}

/// A connection whose answer is being read. Dropped after the answer's body, it serves the next request; one whose request
/// was not written, or whose answer was not read, to its end is closed.
pub(crate) struct Lease {
    sender: Option<SendRequest<Full<Bytes>>>,
    pool: Arc<Pool>,
}

/// The head of an answer, its body, and the connection that it comes by.
pub(crate) type Answered = (Response<Incoming>, Lease);

impl Pool {
    /// No connections yet to the origin of `uri`.
    pub(crate) fn new(tls: &rustls::ClientConfig, uri: &Uri, connect_timeout: Duration) -> Arc<Self> {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        tcp.set_keepalive(Some(Duration::from_secs(30)));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(tls.clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let authority = uri.authority().map_or("", |authority| authority.as_str());
        let host = HeaderValue::from_str(authority).unwrap_or_else(|_| HeaderValue::from_static(""));
        let pool = Arc::new(Self { origin: uri.clone(), host, connect_timeout, connector, idle: Mutex::default() });
        tokio::spawn(close_idle(Arc::downgrade(&pool)));
        pool
    }

    /// Whether these are the connections to the origin of `uri`, made within that time.
    pub(crate) fn serves(&self, uri: &Uri, connect_timeout: Duration) -> bool {
        self.connect_timeout == connect_timeout
            && self.origin.authority() == uri.authority()
            && self.origin.scheme() == uri.scheme()
    }

    /// Sends a request on a kept or a new connection, and waits for the head of its answer.
    pub(crate) async fn send(self: Arc<Self>, mut request: Request<Full<Bytes>>) -> Result<Answered, BrokenUpstream> {
        request.headers_mut().insert(header::HOST, self.host.clone());
        let path = request.uri().path_and_query().cloned();
        *request.uri_mut() = Uri::from(path.unwrap_or_else(|| PathAndQuery::from_static("/")));
        while let Some(sender) = self.take_idle() {
            // A connection that ended before the request was written says so and gives it back.
            match exchange(&self, sender, request).await {
                Ok(answered) => return Ok(answered),
                Err((broken, None)) => return Err(broken),
                Err((_, Some(unsent))) => request = unsent,
            }
        }
        let sender = self.connect().await?;
        exchange(&self, sender, request).await.map_err(|(broken, _)| broken)
    }

    fn take_idle(&self) -> Option<SendRequest<Full<Bytes>>> {
        let oldest = Instant::now().checked_sub(IDLE);
        let mut idle = self.idle.lock();
        while let Some(Idle { sender, since }) = idle.pop() {
            if !sender.is_closed() && oldest.is_none_or(|oldest| since > oldest) {
                return Some(sender);
            }
        }
        None
    }

    fn keep(&self, sender: SendRequest<Full<Bytes>>) {
        let mut idle = self.idle.lock();
        if idle.len() < MOST_IDLE {
            idle.push(Idle { sender, since: Instant::now() });
        }
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, BrokenUpstream> {
        let connecting = self.connector.clone().oneshot(self.origin.clone());
        // TLS included, which the connector's own limit leaves out.
        let connected = tokio::time::timeout(self.connect_timeout, connecting).await;
        let connected = connected.map_err(|_| BrokenUpstream::NotSent)?;
        let stream = connected.inspect_err(|error| self.tell(error)).map_err(|_| BrokenUpstream::NotSent)?;
        // Nothing is exchanged yet in HTTP/1.1.
        let (sender, connection) = http1::handshake(stream).await.map_err(|_| BrokenUpstream::NotSent)?;
        // Ends with the connection: when its sender is dropped, or the provider hangs up.
        tokio::spawn(connection.inspect_err(|error| tracing::debug!(%error, "a connection to a provider broke")));
        Ok(sender)
    }

    fn tell(&self, error: &impl std::fmt::Display) {
        tracing::debug!(%error, origin = %self.origin, "no connection to a provider");
    }
}

/// The answer, or the request if nothing of it was written.
async fn exchange(
    pool: &Arc<Pool>,
    mut sender: SendRequest<Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<Answered, (BrokenUpstream, Option<Request<Full<Bytes>>>)> {
    match sender.try_send_request(request).await {
        Ok(response) => Ok((response, Lease { sender: Some(sender), pool: Arc::clone(pool) })),
        Err(mut refused) => match refused.take_message() {
            Some(unsent) => Err((BrokenUpstream::NotSent, Some(unsent))),
            None => Err((BrokenUpstream::Connection, None)),
        },
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(mut sender) = self.sender.take().filter(|sender| !sender.is_closed()) else { return };
        if sender.is_ready() {
            return self.pool.keep(sender);
        }
        // The rest of the exchange is under way, most often the last bytes of an answer.
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        let pool = Arc::clone(&self.pool);
        runtime.spawn(async move {
            if let Ok(Ok(())) = tokio::time::timeout(ENDING, sender.ready()).await {
                pool.keep(sender);
            }
        });
    }
}

/// Closes what nobody needed for long, as long as there is a pool.
async fn close_idle(pool: Weak<Pool>) {
    loop {
        tokio::time::sleep(IDLE / 4).await;
        let Some(pool) = pool.upgrade() else { return };
        let Some(oldest) = Instant::now().checked_sub(IDLE) else { continue };
        pool.idle.lock().retain(|idle| !idle.sender.is_closed() && idle.since > oldest);
    }
}
