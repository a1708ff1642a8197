use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use arc_swap::ArcSwap;
use bytes::Bytes;
use glaux_kernel::{Clock, ModelId, OrganizationId, ProviderId, Rng};
use glaux_ledger::{Ledger, limits::Limiter, record::Purpose};
use glaux_routing::{Snapshot, payload::KeepPayload};
use hyper::body::Incoming;
use ipnet::IpNet;

use crate::{Body, ModelStatus, cache::ResponseCache, call, health::Health, pacing::Pacing, upstream::Upstreams};

/// What the operator decides.
#[derive(Debug, Clone)]
pub struct Config {
    /// Proxies whose `x-forwarded-for` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// A longer request is refused.
    pub max_request_bytes: usize,
    /// A longer answer that is not streamed is given up.
    pub max_answer_bytes: usize,
    /// What the response cache may hold.
    pub cache_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            trusted_proxies: Vec::new(),
            max_request_bytes: 32 << 20,
            max_answer_bytes: 64 << 20,
            cache_bytes: 64 << 20,
        }
    }
}

/// A call that the program makes itself, in OpenAI's dialect. It takes the same path as every other, from its organization's
/// configuration to the ledger.
#[derive(Debug, Clone)]
pub struct OwnCall {
    /// Whose account it is, and who pays.
    pub organization: OrganizationId,
    /// Why it is made.
    pub purpose: Purpose,
    /// A chat: the body of `POST /v1/chat/completions`.
    pub body: Bytes,
}

/// Serves calls by the snapshot in force. Shared as `Arc<Gateway>`.
pub struct Gateway {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) limiter: Limiter,
    pub(crate) upstreams: Upstreams,
    pub(crate) health: Health,
    pub(crate) pacing: Pacing,
    pub(crate) cache: ResponseCache,
    /// Where payloads are kept, once there is such a place.
    pub(crate) payloads: OnceLock<Arc<dyn KeepPayload>>,
    snapshot: ArcSwap<Snapshot>,
}

impl Gateway {
    /// A gateway with an empty snapshot: it refuses every key until one is put in force.
    pub fn new(
        config: Config,
        ledger: Arc<Ledger>,
        tls: rustls::ClientConfig,
        clock: Arc<dyn Clock>,
        rng: Arc<dyn Rng>,
    ) -> Self {
        Self {
            cache: ResponseCache::new(config.cache_bytes),
            limiter: Limiter::default(),
            upstreams: Upstreams::new(tls),
            health: Health::default(),
            pacing: Pacing::default(),
            payloads: OnceLock::new(),
            snapshot: ArcSwap::default(),
            config,
            clock,
            rng,
            ledger,
        }
    }

    /// Puts a snapshot in force: the next call is served by it. Calls in flight end by the one they began with.
    pub fn put_in_force(&self, snapshot: Snapshot) {
        let models = snapshot.organizations().flat_map(|organization| organization.models.values());
        self.upstreams.keep_only(&models.map(|model| model.provider.id).collect());
        self.snapshot.store(Arc::new(snapshot));
    }

    /// Has payloads kept from now on, as the policies in force say; what was said before stays.
    pub fn keep_payloads(&self, keeper: Arc<dyn KeepPayload>) {
        // There is one place for them; a second one would have been named by mistake.
        drop(self.payloads.set(keeper));
    }

    /// The snapshot in force.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Whether a path is the gateway's.
    pub fn serves(path: &str) -> bool {
        ["/v1/", "/anthropic/", "/gemini/"].iter().any(|tree| path.starts_with(tree))
    }

    /// Serves one call that came from `peer`.
    pub async fn serve(self: &Arc<Self>, request: http::Request<Incoming>, peer: IpAddr) -> http::Response<Body> {
        call::serve(self, request, peer).await
    }

    /// Makes a call of the program's own.
    pub async fn call(self: &Arc<Self>, call: OwnCall) -> http::Response<Body> {
        call::serve_own(self, call).await
    }

    /// How each model that was tried has answered within the last minute.
    pub fn model_statuses(&self) -> Vec<(ModelId, ModelStatus)> {
        self.health.statuses(self.clock.monotonic())
    }

    /// Attempts in flight and waiting at each provider that has a bound.
    pub fn queue_depths(&self) -> Vec<(ProviderId, u32, u32)> {
        self.pacing.depths()
    }
}
