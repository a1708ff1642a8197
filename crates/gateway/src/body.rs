use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

use crate::{keeping::Kept, relay::Relay};

/// The body of an answer: whole, or passed on as it arrives.
#[derive(Debug)]
pub enum Body {
    /// Everything at once.
    Whole(Option<Bytes>),
    /// From the provider, piece by piece. Dropping it settles the attempt.
    Relayed(Box<Relay>),
    /// One of these, collected while it passes.
    Kept(Box<Kept>),
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self::Whole(Some(bytes).filter(|bytes| !bytes.is_empty()))
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match self.get_mut() {
            Self::Whole(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
            Self::Relayed(relay) => relay.poll_next(context).map(|next| next.map(|bytes| Ok(Frame::data(bytes)))),
            Self::Kept(kept) => kept.poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_none(),
            Self::Relayed(_) => false,
            Self::Kept(kept) => kept.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Self::Relayed(_) => SizeHint::default(),
            Self::Kept(kept) => kept.size_hint(),
        }
    }
}
