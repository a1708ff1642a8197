//! The path of a call, top to bottom.

use std::{net::IpAddr, sync::Arc, time::Duration};

use bytes::Bytes;
use glaux_kernel::{CallId, Timestamp, problem::Code};
use glaux_ledger::{
    OpenCall,
    limits::{Limit, Limited, Permit, Subject},
    record::{self, Attribution, Purpose, Status},
};
use glaux_llm::{Request, UpstreamFailure};
use glaux_routing::{
    Key, Model, Refusal, Route, Snapshot,
    admission::{self, LimitSubject},
    balancing,
};
use http::{HeaderMap, HeaderValue, Method, Response, Uri, header, request::Parts};
use http_body_util::Full;
use hyper::body::Incoming;
use smallvec::SmallVec;

use crate::{
    Body, Gateway, OwnCall,
    attempt::{self, Attempted},
    cache, client_address, holding,
    ingress::{self, Annotations},
    keeping::Keeping,
    names, respond,
};

/// What the program's own calls ask for.
const CHAT: &str = "/v1/chat/completions";

/// A call that is being served: who calls, under which configuration, and its record.
pub(crate) struct Call {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) key: Arc<Key>,
    pub(crate) id: CallId,
    pub(crate) started: Duration,
    pub(crate) record: OpenCall,
    /// Its place under the limits of key, feature and user.
    pub(crate) permit: Option<Permit>,
    /// How many attempts there were, and what they cost together.
    pub(crate) attempts: u32,
    pub(crate) cost: CallCost,
}

/// What the attempts of a call cost together.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct CallCost {
    pub(crate) nanos: i64,
    /// There is no price for all of it.
    pub(crate) is_unpriced: bool,
}

impl CallCost {
    pub(crate) fn add(&mut self, cost: &record::Cost) {
        self.nanos = self.nanos.saturating_add(cost.nanos);
        self.is_unpriced |= cost.unpriced.is_some();
    }

    /// An amount that is not all of it would be taken for the cost.
    pub(crate) fn header(self) -> HeaderValue {
        if self.is_unpriced { HeaderValue::from_static("unpriced") } else { respond::cost(self.nanos) }
    }
}

/// A call that got no answer, and why.
pub(crate) struct Ended {
    pub(crate) call: Box<Call>,
    pub(crate) reason: Reason,
}

/// Why a call got no answer.
pub(crate) enum Reason {
    /// The gateway refuses.
    Refused(Refusal),
    /// The last provider that was tried answered with an error.
    Failed(Box<UpstreamFailure>),
}

/// Serves one call: knows who calls, reads it, admits it, tries its models in order, answers in its dialect.
pub(crate) async fn serve(gateway: &Arc<Gateway>, request: http::Request<Incoming>, peer: IpAddr) -> Response<Body> {
    let arrival = Arrival::now(gateway);
    let (parts, body) = request.into_parts();
    match authenticate(gateway, &arrival.snapshot, &parts.headers, peer, arrival.at) {
        Ok(key) => serve_for(gateway, arrival, key, Purpose::Call, parts, body).await,
        Err(refusal) => respond::refuse(parts.uri.path(), arrival.id, &refusal),
    }
}

/// Serves a call of the program's own.
pub(crate) async fn serve_own(gateway: &Arc<Gateway>, call: OwnCall) -> Response<Body> {
    let arrival = Arrival::now(gateway);
    let OwnCall { organization, purpose, body } = call;
    let mut request = http::Request::new(Full::new(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = Uri::from_static(CHAT);
    let (parts, body) = request.into_parts();
    let Some(organization) = arrival.snapshot.organization(organization) else {
        let unknown = Refusal::new(Code::NotFound, "The organization has no configuration in force.");
        return respond::refuse(CHAT, arrival.id, &unknown);
    };
    let key = Arc::new(Key::of_the_program(Arc::clone(organization)));
    serve_for(gateway, arrival, key, purpose, parts, body).await
}

/// When a call came, and the configuration that it is served by.
struct Arrival {
    at: Timestamp,
    started: Duration,
    id: CallId,
    snapshot: Arc<Snapshot>,
}

impl Arrival {
    fn now(gateway: &Gateway) -> Self {
        let at = gateway.clock.now();
        let id = CallId::new(at, &*gateway.rng);
        Self { at, started: gateway.clock.monotonic(), id, snapshot: gateway.snapshot() }
    }
}

/// Serves one call of whoever holds `key`.
async fn serve_for(
    gateway: &Arc<Gateway>,
    arrival: Arrival,
    key: Arc<Key>,
    purpose: Purpose,
    parts: Parts,
    body: impl http_body::Body<Data = Bytes> + Unpin,
) -> Response<Body> {
    let Arrival { at, started, id, snapshot } = arrival;
    let endpoint = match glaux_llm::route(&parts.method, parts.uri.path()) {
        Some(glaux_llm::Route::Call(endpoint)) => endpoint,
        Some(listing) => return ingress::list_models(&listing, &parts, &snapshot, &key, id),
        None => return respond::refuse(parts.uri.path(), id, &ingress::not_offered(&parts)),
    };
    let checked = ingress::check_framing(&endpoint, &parts.uri);
    let annotations = match checked.and_then(|()| Annotations::read(&parts.headers)) {
        Ok(annotations) => annotations,
        Err(refusal) => return respond::refuse(parts.uri.path(), id, &refusal),
    };
    let record = gateway.ledger.open_call(opening(&snapshot, &key, id, at, purpose, &parts, &annotations));
    let gateway = Arc::clone(gateway);
    let (permit, attempts, cost) = (None, 0, CallCost::default());
    let mut call = Box::new(Call { gateway, snapshot, key, id, started, record, permit, attempts, cost });

    let request = match ingress::read(&call, &endpoint, &parts.headers, body).await {
        Ok(request) => Arc::new(request),
        Err(refusal) => return call.refuse(&refusal),
    };
    call.describe(&request, annotations.user.is_none());
    match admit_and_call(call, request, annotations.feature.as_deref()).await {
        Ok(response) => response,
        Err(ended) => ended.answer(),
    }
}

/// From a request that was read to an answer or the reason why there is none.
async fn admit_and_call(
    mut call: Box<Call>,
    request: Arc<Request>,
    charged: Option<&str>,
) -> Result<Response<Body>, Box<Ended>> {
    let route = match call.snapshot.resolve(&call.key, &request.model, charged) {
        Ok(route) => route,
        Err(refusal) => return Err(call.end(refusal)),
    };
    call.record.details().attribution.feature = route.feature().map(|feature| feature.id);

    if let Err(limited) = take_from_limits(&mut call, &request, &route) {
        return Err(call.end_limited(&limited));
    }
    let keeping = Keeping::begin(&mut call, &request, &route);

    let may_cache = !route.cache_time(call.key.environment).is_zero();
    let cache_key = may_cache.then(|| cache_key(&call, &route, &request));
    if let Some(answer) = cache_key.as_ref().and_then(|key| call.gateway.cache.find(key)) {
        return Ok(keeping.collect(call.answer_from_cache(answer)));
    }

    let order = order(&mut call, &request, &route);
    let attempts = attempt::Attempts { request, route, cache_key };
    let mut reason = Reason::Refused(Refusal::new(Code::Overloaded, "No model can take this call now."));
    for model in &order {
        match attempts.try_model(call, model).await {
            Attempted::Answered(response) => return Ok(keeping.collect(response)),
            Attempted::Over(ended) => return Err(ended),
            Attempted::Next(ended) => (call, reason) = (ended.call, ended.reason),
        }
    }
    Err(Box::new(Ended { call, reason }))
}

/// Counts the call under the limits of its key, feature and user, or under none of them.
fn take_from_limits(call: &mut Call, request: &Request, route: &Route) -> Result<(), Limited> {
    let organization = call.key.organization.id;
    let user = call.record.details().attribution.user.as_deref();
    let limits: SmallVec<[Limit<'_>; 3]> = admission::limits(&call.key, route, user)
        .into_iter()
        .map(|(subject, limits)| Limit {
            subject: match subject {
                LimitSubject::Key(key) => Subject::Key(key),
                LimitSubject::Feature(feature) => Subject::Feature(feature),
                LimitSubject::User(user) => Subject::User(organization, user),
            },
            requests_per_minute: limits.requests_per_minute.map(u64::from),
            tokens_per_minute: limits.tokens_per_minute,
            concurrency: limits.concurrency.map(u64::from),
        })
        .collect();
    if !limits.is_empty() {
        let tokens = holding::tokens_estimated(request);
        call.permit = Some(call.gateway.limiter.acquire(&limits, tokens, call.gateway.clock.monotonic())?);
    }
    Ok(())
}

/// The models of the route in the order in which they are tried.
fn order(call: &mut Call, request: &Request, route: &Route) -> SmallVec<[Arc<Model>; 4]> {
    let at = call.record.details().at;
    let attribution = &call.record.details().attribution;
    let gateway = &call.gateway;
    let conditions = balancing::Conditions {
        random: gateway.rng.next_u64(),
        affinity: &|| affinity(attribution, request),
        latency: &|model| gateway.health.of(model.id).first_byte_micros(),
        bound: &|model| holding::cost_bound(request, route, model, at),
    };
    balancing::order(route, &conditions).into_iter().cloned().collect()
}

/// What calls that share a provider's prompt cache have in common: the session, else the user, else how the body begins.
fn affinity(attribution: &Attribution, request: &Request) -> u64 {
    let prefix = &request.body[..request.body.len().min(1024)];
    let text = attribution.session.as_deref().or(attribution.user.as_deref());
    let hash = ingress::hash_bytes(text.map_or(prefix, str::as_bytes));
    u64::from_be_bytes(hash.first_chunk().copied().unwrap_or_default())
}

/// Who calls: the key in the headers, if it is known and may be used from here.
fn authenticate(
    gateway: &Gateway,
    snapshot: &Snapshot,
    headers: &HeaderMap,
    peer: IpAddr,
    now: Timestamp,
) -> Result<Arc<Key>, Refusal> {
    let secret = ingress::key(headers)?;
    let address = client_address::client_address(peer, headers, &gateway.config.trusted_proxies);
    snapshot.authenticate(&ingress::hash_bytes(secret.as_bytes()), address, now).map(Arc::clone)
}

/// What is recorded if nothing more is heard of the call.
fn opening(
    snapshot: &Snapshot,
    key: &Key,
    id: CallId,
    at: Timestamp,
    purpose: Purpose,
    parts: &Parts,
    annotations: &Annotations,
) -> record::Call {
    record::Call {
        call: id,
        at,
        status: Status::Cancelled,
        http_status: 499,
        error_code: None,
        attribution: Attribution {
            organization: key.organization.id,
            application: key.application,
            key: key.id,
            environment: key.environment,
            feature: None,
            user: annotations.user.clone(),
            session: annotations.session.clone(),
            tags: annotations.tags.clone(),
            purpose,
        },
        requested_model: String::new(),
        path: parts.uri.path().to_owned(),
        stream: false,
        attempts: 0,
        cached: false,
        first_byte_micros: None,
        duration_micros: 0,
        journal_seq: snapshot.journal_seq,
        traceparent: parts.headers.get(&names::TRACE_PARENT).and_then(|value| value.to_str().ok()).map(str::to_owned),
        cost_nanos: 0,
        blocked_by: None,
        dropped: Vec::new(),
    }
}

/// Identical requests of an organization to the same name under the same configuration.
fn cache_key(call: &Call, route: &Route, request: &Request) -> cache::CacheKey {
    let target = match route {
        Route::Feature(feature, _) => &feature.name,
        Route::Model(model, _) => &model.name,
    };
    let scope = format!("{target} {} {}", call.key.environment, call.snapshot.journal_seq);
    cache::key(call.key.organization.id, &scope, &format!("{:?} {}", request.wire, request.stream), &request.body)
}

impl Call {
    /// Time since the call's first byte.
    pub(crate) fn elapsed_micros(&self) -> u64 {
        let elapsed = self.gateway.clock.monotonic().saturating_sub(self.started);
        u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX)
    }

    /// Writes into the record what the request says of itself; headers win over the body. Tags are cut to what a header
    /// may say, which is less than what providers take as metadata.
    fn describe(&mut self, request: &Request, user_is_open: bool) {
        let details = self.record.details();
        details.requested_model = request.model.to_string();
        details.stream = request.stream;
        if user_is_open {
            details.attribution.user = request.facts.user.as_deref().map(str::to_owned);
        }
        let named = |name: &str, tags: &[(String, String)]| tags.iter().any(|(known, _)| known == name);
        for (name, value) in &request.facts.metadata {
            let (name, value) = (ingress::cut(name), ingress::cut(value));
            if details.attribution.tags.len() < ingress::MAX_TAGS && !named(name, &details.attribution.tags) {
                details.attribution.tags.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    /// The call ends here, for this reason.
    pub(crate) fn end(self: Box<Self>, refusal: Refusal) -> Box<Ended> {
        Box::new(Ended { call: self, reason: Reason::Refused(refusal) })
    }

    fn end_limited(mut self: Box<Self>, limited: &Limited) -> Box<Ended> {
        self.record.details().blocked_by = Some(limited.to_string());
        self.end(respond::limited(limited))
    }

    /// Records the call as refused and answers in its dialect.
    pub(crate) fn refuse(mut self, refusal: &Refusal) -> Response<Body> {
        let duration = self.elapsed_micros();
        let details = self.record.details();
        details.status = respond::status_of(refusal.code);
        details.http_status = refusal.code.status();
        details.error_code = Some(refusal.code.as_str().to_owned());
        details.duration_micros = duration;
        let path = details.path.clone();
        drop(self.record.record());
        respond::refuse(&path, self.id, refusal)
    }

    fn answer_from_cache(mut self, answer: cache::CachedAnswer) -> Response<Body> {
        let duration = self.elapsed_micros();
        let details = self.record.details();
        (details.status, details.http_status, details.cached) = (Status::Success, 200, true);
        (details.first_byte_micros, details.duration_micros) = (Some(duration), duration);
        let mut headers = respond::headers(self.id, self.snapshot.journal_seq, &answer.model);
        headers.insert(names::CACHE, HeaderValue::from_static("hit"));
        headers.insert(names::COST, HeaderValue::from_static("0.000000000"));
        headers.insert(names::ATTEMPTS, http::HeaderValue::from_static("0"));
        headers.insert(header::CONTENT_TYPE, answer.content_type);
        drop(self.record.record());
        respond::with(http::StatusCode::OK, headers, answer.body.into())
    }
}

impl Ended {
    /// Records the call and answers in its dialect.
    fn answer(self) -> Response<Body> {
        let Self { mut call, reason } = self;
        let failure = match reason {
            Reason::Refused(refusal) => return call.refuse(&refusal),
            Reason::Failed(failure) => failure,
        };
        let duration = call.elapsed_micros();
        let mut headers = respond::headers(call.id, call.snapshot.journal_seq, "");
        headers.remove(&names::MODEL);
        headers.insert(names::ATTEMPTS, call.attempts.into());
        headers.insert(names::COST, call.cost.header());
        let details = call.record.details();
        let response = respond::upstream_failure(&details.path, headers, &failure, call.id);
        details.status = Status::Error;
        details.http_status = response.status().as_u16();
        details.error_code = Some(Code::UpstreamError.as_str().to_owned());
        details.duration_micros = duration;
        drop(call.record.record());
        response
    }
}
