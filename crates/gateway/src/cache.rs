//! Exact response cache: the same request of the same organization at the same target, answered again.
//!
//! The key is a SHA-256 over the organization, the target, the path and the body, so that no tenant can be answered
//! from another's calls. Only whole, successful answers are kept, for as long as the assignment's policy says.

use std::time::{Duration, Instant};

use bytes::Bytes;
use glaux_kernel::OrganizationId;
use http::HeaderValue;
use moka::{Expiry, sync::Cache};
use sha2::{Digest, Sha256};

/// Identifies a request.
pub(crate) type CacheKey = [u8; 32];

/// A kept answer in the client's dialect.
#[derive(Debug, Clone)]
pub(crate) struct CachedAnswer {
    /// Its content type.
    pub(crate) content_type: HeaderValue,
    /// Its body.
    pub(crate) body: Bytes,
    /// The model that gave it.
    pub(crate) model: Box<str>,
    /// How long it may be given again.
    pub(crate) time_to_live: Duration,
}

struct PerAnswer;

impl Expiry<CacheKey, CachedAnswer> for PerAnswer {
    fn expire_after_create(&self, _: &CacheKey, answer: &CachedAnswer, _: Instant) -> Option<Duration> {
        Some(answer.time_to_live)
    }
}

/// Answers that may be given again; bounded in bytes, the least recently used leave first.
#[derive(Debug)]
pub(crate) struct ResponseCache(Cache<CacheKey, CachedAnswer>);

impl ResponseCache {
    /// At most `bytes` of answers.
    pub(crate) fn new(bytes: u64) -> Self {
        let weigh = |_: &CacheKey, answer: &CachedAnswer| u32::try_from(answer.body.len() + 256).unwrap_or(u32::MAX);
        Self(Cache::builder().max_capacity(bytes).weigher(weigh).expire_after(PerAnswer).build())
    }

    /// The kept answer to this request.
    pub(crate) fn find(&self, key: &CacheKey) -> Option<CachedAnswer> {
        self.0.get(key)
    }

    /// Keeps an answer.
    pub(crate) fn keep(&self, key: CacheKey, answer: CachedAnswer) {
        self.0.insert(key, answer);
    }
}

/// The key of a request: each part with its length before it, so that no two requests look alike.
pub(crate) fn key(organization: OrganizationId, target: &str, path: &str, body: &[u8]) -> CacheKey {
    let mut hasher = Sha256::new();
    for part in [organization.uuid().as_bytes().as_slice(), target.as_bytes(), path.as_bytes(), body] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
