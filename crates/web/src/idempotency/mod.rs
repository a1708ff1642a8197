//! `Idempotency-Key`: a request that is sent twice is done once, and answered the same way both times.
//!
//! - The answer is stored in the transaction that does what was asked: there is no moment in which one is done and the
//!   other is not.
//! - Only what was done is stored. A request that was refused may be sent again under the same key.
//! - A key belongs to its organization, actor and path, and to one body. It is kept for a day.

mod store;

use std::time::Duration;

use axum::{
    body::Body,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use glaux_kernel::{Timestamp, problem::Code};
use glaux_store::{Db, OrgTx};
use sha2::{Digest, Sha256};

use crate::{Caller, Problem, Tag};

/// The request's header.
pub const IDEMPOTENCY_HEADER: &str = "idempotency-key";

/// Set on an answer that was given before.
pub const REPLAYED_HEADER: HeaderName = HeaderName::from_static("idempotency-replayed");

const KEPT: Duration = Duration::from_secs(24 * 60 * 60);
const MAX_KEY_BYTES: usize = 255;

/// A request that is to be done once.
#[derive(Debug, Clone)]
pub struct Request {
    actor: String,
    route: String,
    key: String,
    fingerprint: [u8; 32],
}

/// Forgets the organization's answers that are kept no longer.
pub async fn forget_old(tx: &mut OrgTx, now: Timestamp) -> glaux_store::Result<()> {
    store::delete_old(tx, now.minus(KEPT)).await
}

/// An answer as it is kept.
#[derive(Debug, Clone)]
pub struct StoredAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The tag of the state that was written.
    pub tag: Option<String>,
    /// JSON, without secrets.
    pub body: String,
}

impl Request {
    /// The request, if it carries a key.
    pub(crate) fn read(parts: &Parts, caller: &Caller, body: &[u8]) -> Result<Option<Self>, Problem> {
        let Some(value) = parts.headers.get(IDEMPOTENCY_HEADER) else { return Ok(None) };
        let key = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= MAX_KEY_BYTES).ok_or_else(|| {
            Problem::new(Code::InvalidRequest, "idempotency-key is 1 to 255 visible ASCII characters")
        })?;
        let mut digest = Sha256::new();
        digest.update(parts.uri.query().unwrap_or_default());
        digest.update([0]);
        digest.update(body);
        Ok(Some(Self {
            actor: caller.actor.to_string(),
            route: format!("{} {}", parts.method, parts.uri.path()),
            key: key.to_owned(),
            fingerprint: digest.finalize().into(),
        }))
    }

    /// The answer that was given before, if one was.
    ///
    /// # Errors
    /// `unprocessable` when the key was used for another body.
    pub(crate) async fn replay(&self, db: &Db, caller: &Caller, now: Timestamp) -> Result<Option<Response>, Problem> {
        let mut tx = db.organization(caller.organization).read().await?;
        let Some(row) = store::find(&mut tx, self, now.minus(KEPT)).await? else { return Ok(None) };
        if row.fingerprint != self.fingerprint {
            return Err(Problem::new(Code::Unprocessable, "this idempotency-key was used for another request"));
        }
        let status = u16::try_from(row.status).ok().and_then(|status| StatusCode::from_u16(status).ok());
        let status = status.ok_or_else(|| Problem::internal("a stored answer has no HTTP status"))?;
        let mut response = (status, Body::from(row.body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
        if let Some(tag) = row.tag.map(Tag::from_text).as_ref().and_then(Tag::header) {
            headers.insert(header::ETAG, tag);
        }
        Ok(Some(response))
    }

    /// Keeps the answer, in the transaction that did what was asked.
    ///
    /// # Errors
    /// `conflict` when the same request was done in the meantime; the transaction must be given up.
    pub async fn keep(&self, tx: &mut OrgTx, answer: &StoredAnswer, now: Timestamp) -> Result<(), Problem> {
        forget_old(tx, now).await?;
        match store::insert(tx, self, answer, now).await {
            Err(glaux_store::Error::UniqueViolation { .. }) => Err(Problem::new(
                Code::Conflict,
                "the same request was done a moment ago; send it again for its answer",
            )),
            other => Ok(other?),
        }
    }
}
