use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body, Frame};
use tokio::time::{Sleep, sleep};

use super::account::Account;

/// What is sent before a reset must have left the socket.
const BEFORE_RESET: Duration = Duration::from_millis(20);

/// Bytes that go out together, and how many tokens were written for them.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub(super) bytes: Bytes,
    pub(super) tokens: u64,
}

impl Piece {
    /// A piece that carries no content.
    pub(super) fn frame(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), tokens: 0 }
    }
}

/// What follows the last piece.
#[derive(Debug)]
pub(super) enum After {
    Close,
    Reset(Arc<AtomicBool>),
    Stall,
}

/// The body of an answer while it is given.
#[derive(Debug)]
pub(super) struct Playing {
    pieces: std::vec::IntoIter<Piece>,
    delay: Duration,
    waiting: Option<Pin<Box<Sleep>>>,
    after: After,
    account: Option<Account>,
}

impl Playing {
    /// Plays `pieces` with `delay` between them.
    pub(super) fn new(pieces: Vec<Piece>, delay: Duration, after: After, account: Account) -> Self {
        Self { pieces: pieces.into_iter(), delay, waiting: None, after, account: Some(account) }
    }

    /// An answer that nothing is charged for.
    pub(super) fn free(bytes: Bytes) -> Self {
        Self {
            pieces: vec![Piece::frame(bytes)].into_iter(),
            delay: Duration::ZERO,
            waiting: None,
            after: After::Close,
            account: None,
        }
    }

    fn close(&mut self) {
        if let Some(account) = &mut self.account {
            account.close();
        }
    }
}

impl Body for Playing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(waiting) = &mut self.waiting {
            ready!(waiting.as_mut().poll(context));
            self.waiting = None;
            if let (0, After::Reset(flag)) = (self.pieces.len(), &self.after) {
                flag.store(true, Ordering::Relaxed);
                self.close();
                return Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into())));
            }
        }
        let Some(piece) = self.pieces.next() else {
            return match &self.after {
                After::Close => {
                    self.close();
                    Poll::Ready(None)
                }
                After::Reset(_) => {
                    self.waiting = Some(Box::pin(sleep(BEFORE_RESET)));
                    self.poll_frame(context)
                }
                After::Stall => Poll::Pending,
            };
        };
        if let Some(account) = &mut self.account {
            account.write(piece.tokens);
        }
        if self.pieces.len() > 0 && !self.delay.is_zero() {
            self.waiting = Some(Box::pin(sleep(self.delay)));
        } else if self.pieces.len() == 0 && matches!(self.after, After::Close) {
            // With a content-length, the server does not ask for what follows the last byte.
            self.close();
        }
        Poll::Ready(Some(Ok(Frame::data(piece.bytes))))
    }
}
