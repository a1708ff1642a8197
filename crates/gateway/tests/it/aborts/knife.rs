use std::{
    convert::Infallible,
    fs,
    future::Future,
    io,
    net::SocketAddr,
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use glaux_gateway::{Body, Gateway};
use glaux_testkit::upstream::ScriptedUpstream;
use http::Response;
use http_body::{Frame, SizeHint};
use hyper_util::rt::TokioIo;
use tempfile::TempDir;
use tokio::sync::{Notify, OnceCell};

use crate::world::scratch;

/// What happens to a call that is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// It is dropped, as when its client hangs up.
    Call,
    /// It is dropped, and then the runtime is, with whatever the call has left behind.
    CallThenRuntime,
    /// The runtime is dropped, and the call with it.
    Runtime,
}

/// Cuts a call at one of its points: whenever it waits or hands on a piece of its answer.
pub(super) struct Knife {
    cut: Cut,
    /// Which point, from 0.
    place: u64,
    reached: AtomicU64,
    directory: PathBuf,
    upstream: ScriptedUpstream,
    /// Everything was handed on, or would be by what was cut.
    ended: AtomicBool,
    /// As things stood when it was cut.
    moment: OnceCell<Moment>,
    pub(super) has_cut: Notify,
}

/// What a process that is killed leaves behind.
pub(super) struct Moment {
    /// A copy of the data directory.
    pub(super) directory: TempDir,
    /// Requests that had reached the provider.
    pub(super) requests: u64,
    pub(super) ended: bool,
}

impl Knife {
    pub(super) fn new(cut: Cut, place: u64, directory: &Path, upstream: ScriptedUpstream) -> Arc<Self> {
        Arc::new(Self {
            cut,
            place,
            reached: AtomicU64::new(0),
            directory: directory.to_owned(),
            upstream,
            ended: AtomicBool::new(false),
            moment: OnceCell::new(),
            has_cut: Notify::new(),
        })
    }

    /// Serves `gateway` under the knife, on a port of its own.
    pub(super) async fn listen(self: &Arc<Self>, gateway: &Arc<Gateway>) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (knife, gateway) = (Arc::clone(self), Arc::clone(gateway));
        tokio::spawn(async move {
            while let Ok((stream, peer)) = listener.accept().await {
                let (knife, gateway) = (Arc::clone(&knife), Arc::clone(&gateway));
                let answer = hyper::service::service_fn(move |request| {
                    let gateway = Arc::clone(&gateway);
                    let call = Box::pin(async move { gateway.serve(request, peer.ip()).await });
                    CutCall { call: Some(call), knife: Arc::clone(&knife) }
                });
                tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
            }
        });
        address
    }

    /// How things stood when the call was cut; `None`: it had fewer points.
    pub(super) fn moment(&self) -> Option<&Moment> {
        self.moment.get()
    }

    /// Requests that have reached the provider.
    pub(super) fn requests(&self) -> u64 {
        self.upstream.tally().total().requests
    }

    /// Whether this point is the one.
    fn cuts_here(&self) -> bool {
        if self.reached.fetch_add(1, Ordering::SeqCst) != self.place {
            return false;
        }
        let directory = scratch();
        copy(&self.directory, directory.path());
        let moment = Moment { directory, requests: self.requests(), ended: self.ended.load(Ordering::SeqCst) };
        assert!(self.moment.set(moment).is_ok());
        self.has_cut.notify_one();
        true
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn aborted() -> io::Error {
    io::ErrorKind::ConnectionAborted.into()
}

struct CutCall {
    call: Option<Pin<Box<dyn Future<Output = Response<Body>> + Send>>>,
    knife: Arc<Knife>,
}

impl Future for CutCall {
    type Output = io::Result<Response<CutBody>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(call) = &mut self.call else { return Poll::Pending };
        let polled = call.as_mut().poll(context);
        if self.knife.cuts_here() {
            if self.knife.cut == Cut::Runtime && polled.is_pending() {
                return Poll::Pending;
            }
            self.call = None;
            return Poll::Ready(Err(aborted()));
        }
        polled.map(|response| Ok(response.map(|body| CutBody { body: Some(body), knife: Arc::clone(&self.knife) })))
    }
}

struct CutBody {
    body: Option<Body>,
    knife: Arc<Knife>,
}

impl http_body::Body for CutBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let Some(body) = &mut self.body else { return Poll::Pending };
        let polled: Poll<Option<Result<Frame<Bytes>, Infallible>>> = Pin::new(&mut *body).poll_frame(context);
        if body.is_end_stream() || is_terminator(&polled) {
            self.knife.ended.store(true, Ordering::SeqCst);
        }
        if self.knife.cuts_here() {
            if self.knife.cut == Cut::Runtime && !matches!(polled, Poll::Ready(None)) {
                return Poll::Pending;
            }
            self.body = None;
            return Poll::Ready(Some(Err(aborted())));
        }
        polled.map_err(|never| match never {})
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_some_and(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

/// The end of a stream, or what ends it.
fn is_terminator(polled: &Poll<Option<Result<Frame<Bytes>, Infallible>>>) -> bool {
    let Poll::Ready(Some(Ok(frame))) = polled else { return matches!(polled, Poll::Ready(None)) };
    frame.data_ref().is_some_and(|data| data.windows(6).any(|window| window == b"[DONE]"))
}
