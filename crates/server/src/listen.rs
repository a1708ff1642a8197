//! Connections in: HTTP/1.1 with keep-alive, without Nagle's delay; drained before the process ends.

use std::{
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use glaux_gateway::{Body, Gateway};
use http::{Request, Response};
use http_body_util::Either;
use hyper::{
    body::Incoming,
    rt::{Read, ReadBufCursor, Write},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    runtime::Handle,
    sync::watch,
};
use tower::ServiceExt;

use crate::{absence::Management, console::Console, health};

/// How long the management API may take to begin an answer: a database that says nothing holds nobody up for longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// What every connection needs.
pub(crate) struct Service {
    /// Serves calls.
    pub(crate) gateway: Arc<Gateway>,
    /// The management API.
    pub(crate) management: Management,
    /// What browsers are answered.
    pub(crate) console: Console,
    /// Where the management API runs.
    pub(crate) control: Handle,
    /// A client that has not sent its headers by then is hung up on.
    pub(crate) header_timeout: Duration,
}

/// Accepts connections until `stop` is done, then lets open answers end for `drain` at the most.
pub(crate) async fn accept(
    listener: TcpListener,
    service: Arc<Service>,
    stop: impl Future<Output = ()>,
    drain: Duration,
) {
    let (draining, _) = watch::channel(());
    let mut stop = std::pin::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, peer)) => serve_connection(stream, peer, Arc::clone(&service), draining.subscribe()),
            Err(error) => {
                // Out of descriptors, most likely: connections that end give theirs back.
                tracing::warn!(%error, "a connection can't be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    tracing::info!("stopping: no new connections, open answers are let through");
    draining.send_replace(());
    if tokio::time::timeout(drain, draining.closed()).await.is_err() {
        tracing::warn!("answers were still open when the time to drain was over; they are settled as cut off");
    }
}

fn serve_connection(stream: TcpStream, peer: SocketAddr, service: Arc<Service>, mut draining: watch::Receiver<()>) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "the connection was gone before it was served");
        return;
    }
    let header_timeout = service.header_timeout;
    let answer = service_fn(move |request| {
        let service = Arc::clone(&service);
        // Boxed, or each connection would keep the room of a call also while it passes a stream on, or waits.
        Box::pin(async move { Ok::<_, std::convert::Infallible>(serve(&service, request, peer).await) })
    });
    let drained = Drained { stream: TokioIo::new(stream), _draining: draining.clone() };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .serve_connection(drained, answer)
        .with_upgrades();
    // Ends with its connection, or when that has become a WebSocket.
    tokio::spawn(async move {
        let mut connection = std::pin::pin!(connection);
        let outcome = tokio::select! {
            outcome = connection.as_mut() => outcome,
            _ = draining.changed() => {
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = outcome {
            tracing::debug!(%error, "a connection broke");
        }
    });
}

/// A connection that the drain waits for until it is closed, whatever it has become: a WebSocket says goodbye.
struct Drained {
    stream: TokioIo<TcpStream>,
    _draining: watch::Receiver<()>,
}

impl Read for Drained {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: ReadBufCursor<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl Write for Drained {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }
}

/// Calls are served on the thread that read them; everything else on the control plane's threads.
async fn serve(
    service: &Service,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Response<Either<Body, axum::body::Body>> {
    let path = request.uri().path();
    if Gateway::serves(path) {
        return service.gateway.serve(request, peer.ip().to_canonical()).await.map(Either::Left);
    }
    if path.starts_with("/api/") || path == "/metrics" {
        let mut response = manage(service, request).await;
        service.console.mark(response.headers_mut());
        return response;
    }
    service.console.answer(&request).unwrap_or_else(|| health::answer(&request)).map(Either::Left)
}

/// Asks the management API, if it can be asked.
async fn manage(service: &Service, request: Request<Incoming>) -> Response<Either<Body, axum::body::Body>> {
    let Some(router) = service.management.get() else {
        return health::unavailable("the database is away; calls are served meanwhile").map(Either::Left);
    };
    let mut answer = service.control.spawn(router.clone().oneshot(request.map(axum::body::Body::new)));
    match tokio::time::timeout(PATIENCE, &mut answer).await {
        Ok(Ok(Ok(response))) => response.map(Either::Right),
        Ok(Ok(Err(never))) => match never {},
        Ok(Err(_)) => health::unavailable("the process is about to end").map(Either::Left),
        Err(_) => {
            answer.abort();
            health::unavailable("it took too long; look whether it was done").map(Either::Left)
        }
    }
}
