//! Requests per minute, tokens per minute and concurrency, per key, user and feature.
//!
//! Rates follow the generic cell rate algorithm (ITU-T I.371, ATM Forum TM 4.0 section 4.4.2) on the monotonic clock:
//! a bucket that holds one minute's worth and fills evenly. It is one number per bucket: the moment at which the bucket
//! will be full again. A bucket that is full is the same as none, so that idle subjects cost no memory.
//!
//! - A call is admitted by all of its limits or counted by none.
//! - Tokens are taken by estimate and corrected when the usage is known; the correction may overdraw the bucket.

use std::{
    hash::{BuildHasher, RandomState},
    sync::Arc,
    time::Duration,
};

use foldhash::HashMap;
use glaux_kernel::{FeatureId, KeyId, OrganizationId};
use parking_lot::Mutex;
use smallvec::SmallVec;

/// How long an empty bucket takes to fill.
const WINDOW: Duration = Duration::from_secs(60);
/// Subjects that are kept before the idle ones are looked for.
const SWEEP_FROM: usize = 1024;

/// Who is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// A credential.
    Key(KeyId),
    /// A feature.
    Feature(FeatureId),
    /// An end user, as an application of the organization names him.
    User(OrganizationId, &'a str),
}

/// The limits of one subject. An absent one does not limit.
#[derive(Debug, Clone, Copy)]
pub struct Limit<'a> {
    /// Who is limited.
    pub subject: Subject<'a>,
    /// Calls per minute.
    pub requests_per_minute: Option<u64>,
    /// Input and output tokens per minute.
    pub tokens_per_minute: Option<u64>,
    /// Calls at the same time.
    pub concurrency: Option<u64>,
}

/// What is limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Calls per minute.
    Requests,
    /// Tokens per minute.
    Tokens,
    /// Calls at the same time.
    Concurrency,
}

impl Kind {
    /// The name in `RateLimit` headers and errors.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requests => "requests_per_minute",
            Self::Tokens => "tokens_per_minute",
            Self::Concurrency => "concurrency",
        }
    }
}

/// Where a limit stands, for `RateLimit` headers (draft-ietf-httpapi-ratelimit-headers).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What is limited.
    pub kind: Kind,
    /// The limit.
    pub limit: u64,
    /// What may be used at once.
    pub remaining: u64,
    /// Until nothing counts any more.
    pub reset: Duration,
}

/// A limit that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the limit of {} {} is reached", standing.limit, standing.kind.as_str())]
pub struct Limited {
    /// Which of the limits that were asked, by its place.
    pub index: usize,
    /// How it stands.
    pub standing: Standing,
    /// When it makes sense to try again. `None`: the call alone is more than the limit.
    pub retry_after: Option<Duration>,
}

/// The limiter of this node.
#[derive(Debug, Default)]
pub struct Limiter {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    buckets: Mutex<Buckets>,
    /// Users are kept by a keyed hash of their name: 128 bits, made of two of 64.
    hashers: [RandomState; 2],
}

#[derive(Debug, Default)]
struct Buckets {
    subjects: HashMap<SubjectKey, Usage>,
    sweep_at: usize,
}

type SubjectKey = (u8, u128);

/// Moments are nanoseconds of the monotonic clock.
#[derive(Debug, Clone, Copy, Default)]
struct Usage {
    requests_full_at: u64,
    tokens_full_at: u64,
    concurrent: u64,
}

/// A call that is counted. Dropped, it no longer counts as concurrent.
#[derive(Debug)]
#[must_use = "dropped, the call no longer counts as concurrent"]
pub struct Permit {
    shared: Arc<Shared>,
    taken: SmallVec<[Taken; 3]>,
    tokens: u64,
    standings: SmallVec<[Standing; 4]>,
}

#[derive(Debug, Clone, Copy)]
struct Taken {
    subject: SubjectKey,
    tokens_per_minute: Option<u64>,
}

impl Limiter {
    /// No subject has used anything.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a call of about `tokens` at `now` of the monotonic clock against all `limits`, or against none.
    pub fn acquire(&self, limits: &[Limit<'_>], tokens: u64, now: Duration) -> Result<Permit, Limited> {
        let now = nanos(now);
        let keys: SmallVec<[SubjectKey; 3]> = limits.iter().map(|limit| self.shared.key(limit.subject)).collect();
        let mut buckets = self.shared.buckets.lock();
        for (index, (limit, key)) in limits.iter().zip(&keys).enumerate() {
            let usage = buckets.subjects.get(key).copied().unwrap_or_default();
            usage.check(limit, tokens, now).map_err(|(standing, retry_after)| Limited {
                index,
                standing,
                retry_after,
            })?;
        }
        let mut permit =
            Permit { shared: Arc::clone(&self.shared), taken: SmallVec::new(), tokens, standings: SmallVec::new() };
        for (limit, subject) in limits.iter().zip(keys) {
            let usage = buckets.subjects.entry(subject).or_default();
            usage.take(limit, tokens, now);
            permit.standings.extend(usage.standings(limit, now));
            permit.taken.push(Taken { subject, tokens_per_minute: limit.tokens_per_minute });
        }
        buckets.sweep(now);
        Ok(permit)
    }
}

impl Permit {
    /// How the limits stood when the call was admitted.
    pub fn standings(&self) -> &[Standing] {
        &self.standings
    }

    /// Replaces the estimate by what was used.
    pub fn correct_tokens(&mut self, actual: u64) {
        let estimate = std::mem::replace(&mut self.tokens, actual);
        let mut buckets = self.shared.buckets.lock();
        for taken in &self.taken {
            let Some(limit) = taken.tokens_per_minute else { continue };
            let usage = buckets.subjects.entry(taken.subject).or_default();
            let full_at = usage.tokens_full_at.saturating_add(cost(actual, limit));
            usage.tokens_full_at = full_at.saturating_sub(cost(estimate, limit));
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut buckets = self.shared.buckets.lock();
        for taken in &self.taken {
            if let Some(usage) = buckets.subjects.get_mut(&taken.subject) {
                usage.concurrent = usage.concurrent.saturating_sub(1);
            }
        }
    }
}

impl Shared {
    fn key(&self, subject: Subject<'_>) -> SubjectKey {
        match subject {
            Subject::Key(key) => (0, key.uuid().as_u128()),
            Subject::Feature(feature) => (1, feature.uuid().as_u128()),
            Subject::User(organization, user) => {
                let [high, low] = self.hashers.each_ref().map(|hasher| hasher.hash_one((organization, user)));
                (2, u128::from(high) << 64 | u128::from(low))
            }
        }
    }
}

impl Buckets {
    /// Forgets subjects whose buckets are full, once in a while.
    fn sweep(&mut self, now: u64) {
        if self.subjects.len() < self.sweep_at.max(SWEEP_FROM) {
            return;
        }
        self.subjects
            .retain(|_, usage| usage.concurrent > 0 || usage.requests_full_at > now || usage.tokens_full_at > now);
        self.sweep_at = self.subjects.len().saturating_mul(2);
    }
}

impl Usage {
    /// Why one more call of `tokens` is too much, and when it is not.
    fn check(&self, limit: &Limit<'_>, tokens: u64, now: u64) -> Result<(), (Standing, Option<Duration>)> {
        let rates = [
            (Kind::Requests, limit.requests_per_minute, self.requests_full_at, 1),
            (Kind::Tokens, limit.tokens_per_minute, self.tokens_full_at, tokens),
        ];
        for (kind, per_minute, full_at, amount) in rates {
            let Some(per_minute) = per_minute else { continue };
            let after = full_at.max(now).saturating_add(cost(amount, per_minute));
            let excess = after.saturating_sub(now).saturating_sub(nanos(WINDOW));
            if excess > 0 {
                let retry_after = (amount <= per_minute).then(|| Duration::from_nanos(excess));
                return Err((standing(kind, per_minute, full_at, now), retry_after));
            }
        }
        match limit.concurrency {
            Some(most) if self.concurrent >= most => Err((self.concurrency(most), Some(Duration::from_secs(1)))),
            _ => Ok(()),
        }
    }

    fn take(&mut self, limit: &Limit<'_>, tokens: u64, now: u64) {
        if let Some(per_minute) = limit.requests_per_minute {
            self.requests_full_at = self.requests_full_at.max(now).saturating_add(cost(1, per_minute));
        }
        if let Some(per_minute) = limit.tokens_per_minute {
            self.tokens_full_at = self.tokens_full_at.max(now).saturating_add(cost(tokens, per_minute));
        }
        self.concurrent += 1;
    }

    fn standings(&self, limit: &Limit<'_>, now: u64) -> impl Iterator<Item = Standing> {
        let requests = limit.requests_per_minute.map(|most| standing(Kind::Requests, most, self.requests_full_at, now));
        let tokens = limit.tokens_per_minute.map(|most| standing(Kind::Tokens, most, self.tokens_full_at, now));
        let concurrency = limit.concurrency.map(|most| self.concurrency(most));
        [requests, tokens, concurrency].into_iter().flatten()
    }

    fn concurrency(&self, limit: u64) -> Standing {
        let remaining = limit.saturating_sub(self.concurrent);
        Standing { kind: Kind::Concurrency, limit, remaining, reset: Duration::ZERO }
    }
}

fn standing(kind: Kind, limit: u64, full_at: u64, now: u64) -> Standing {
    let used = full_at.saturating_sub(now);
    let free = nanos(WINDOW).saturating_sub(used);
    let remaining = u128::from(free) * u128::from(limit) / WINDOW.as_nanos();
    Standing { kind, limit, remaining: u64::try_from(remaining).unwrap_or(limit), reset: Duration::from_nanos(used) }
}

/// How long a bucket of `per_minute` takes to refill `amount`. Rounded down, so that exactly `per_minute` calls fit.
fn cost(amount: u64, per_minute: u64) -> u64 {
    let nanos = WINDOW.as_nanos() * u128::from(amount) / u128::from(per_minute.max(1));
    u64::try_from(nanos).unwrap_or(u64::MAX / 4)
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX / 4)
}

#[cfg(test)]
mod tests;
