//! Attempts at a model: paced, held for, sent, answered or given up.

use std::{sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use glaux_kernel::{Clock, problem::Code};
use glaux_ledger::record::Status;
use glaux_llm::{Meter, Outbound, Request, StreamTranslator, Usage, Wire};
use glaux_routing::{Model, Refusal, Route};
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use http_body_util::Full;

use crate::{
    Body,
    cache::{CacheKey, CachedAnswer},
    call::{Call, Ended, Reason},
    exchange::{Broken, Exchange, Open, Received, Upstream},
    health::{ModelHealth, Outcome},
    holding::{Denied, Held, unrecorded},
    names,
    pacing::Place,
    relay::Relay,
    respond,
    scripted::Script,
    settle::{self, End},
    upstream::Answering,
};

/// How long a call waits under a budget that is used up and throttles.
const THROTTLE: Duration = Duration::from_secs(1);
/// A provider's `retry-after` longer than this is passed on instead of waited for.
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// What came of trying a model.
pub(crate) enum Attempted {
    /// An answer, or the beginning of one.
    Answered(Response<Body>),
    /// Another model may do better.
    Next(Box<Ended>),
    /// No other model may be tried.
    Over(Box<Ended>),
}

/// What came of one attempt.
enum Tried {
    Answered(Response<Body>),
    /// Worth another try at the same model, after at least this long.
    Again(Box<Ended>, Duration),
    Next(Box<Ended>),
    Over(Box<Ended>),
}

/// What all attempts of a call have in common.
pub(crate) struct Attempts {
    pub(crate) request: Arc<Request>,
    pub(crate) route: Route,
    pub(crate) cache_key: Option<CacheKey>,
}

impl Attempts {
    /// Tries a model until it answers, or no further attempt makes sense.
    pub(crate) async fn try_model(&self, mut call: Box<Call>, model: &Arc<Model>) -> Attempted {
        let health = call.gateway.health.of(model.id);
        let policy = self.route.policy();
        let mut retries = 0;
        loop {
            if !health.admit(call.gateway.clock.monotonic()) {
                let message = format!("{} has failed too often of late and is not tried for a while.", model.name);
                return Attempted::Next(call.end(Refusal::new(Code::Overloaded, message)));
            }
            let (ended, wait) = match self.attempt(call, model, &health).await {
                Tried::Answered(response) => return Attempted::Answered(response),
                Tried::Next(ended) => return Attempted::Next(ended),
                Tried::Over(ended) => return Attempted::Over(ended),
                Tried::Again(ended, wait) => (ended, wait),
            };
            retries += 1;
            let now = ended.call.gateway.clock.monotonic();
            if retries > policy.retries || wait > LONGEST_WAIT || !health.take_retry(policy.retry_budget_percent, now) {
                return Attempted::Next(ended);
            }
            call = ended.call;
            let pause = policy.backoff(retries, call.gateway.rng.next_u64()).max(wait);
            tokio::time::sleep(pause).await;
        }
    }

    /// One attempt: take a place, hold the money, send, read the answer.
    async fn attempt(&self, mut call: Box<Call>, model: &Arc<Model>, health: &Arc<ModelHealth>) -> Tried {
        let unused = Unused::new(health, &call.gateway.clock);
        let place = match call.gateway.pacing.enter(&model.provider).await {
            Ok(place) => place,
            Err(busy) => {
                let message = format!("The provider {} is busy: {busy}.", model.provider.name);
                return Tried::Next(call.end(Refusal::new(Code::Overloaded, message)));
            }
        };
        let mut held = match self.hold(&mut call, model) {
            Ok(held) => held,
            Err(Denied::ByBudget(refusal)) => return Tried::Over(call.end(refusal)),
            Err(Denied::ByTarget(refusal)) => return Tried::Next(call.end(refusal)),
        };
        if held.hold.committed().await.is_err() {
            return Tried::Over(call.end(unrecorded()));
        }
        if held.hold.throttled_by().is_some() {
            tokio::time::sleep(THROTTLE).await;
        }
        let sent_wall = call.gateway.clock.now();
        let provider = &model.provider;
        let authorized = glaux_llm::authorize(&mut held.outbound, provider.kind, &provider.credentials, sent_wall);
        if let Err(error) = authorized {
            tracing::error!(%error, provider = %provider.name, "credentials can't be used");
            drop(held.hold.release(Status::Error, Some(Code::UpstreamError.as_str().to_owned())));
            return Tried::Next(
                call.end(Refusal::new(Code::UpstreamError, "The provider's credentials can't be used.")),
            );
        }
        unused.used();
        self.exchange(call, model, health, place, held).await
    }

    /// Sends what is held for and reads the answer, or its beginning.
    async fn exchange(
        &self,
        mut call: Box<Call>,
        model: &Arc<Model>,
        health: &Arc<ModelHealth>,
        place: Place,
        held: Box<Held>,
    ) -> Tried {
        let Held { hold, outbound, bound, output_limit, nanos, is_unpriced } = *held;
        let clamped = outbound.clamped_from.is_some() || self.request.facts.max_output_tokens.is_none();
        let (opened_at, sent_at) = (hold.opened_at(), call.gateway.clock.monotonic());
        call.attempts += 1;
        // A provider without streams is asked for a whole answer, of which a stream is made.
        let streams = self.request.stream && (outbound.stream || outbound.wire == Wire::VisionAnnotate);
        let mut exchange = Exchange::new(Open {
            received: if streams {
                Received::Stream(Box::new(StreamTranslator::new(&self.request, outbound.wire)))
            } else {
                Received::Whole(BytesMut::new())
            },
            wire: outbound.wire,
            upstream: Upstream::Waiting(send(&call, model, outbound)),
            hold: hold.mark_sent(),
            call,
            client_wire: self.request.wire,
            request: Some(Arc::clone(&self.request)),
            model: Arc::clone(model),
            health: Arc::clone(health),
            estimate: estimate(&self.request),
            bound,
            held_nanos: nanos,
            is_unpriced,
            opened_at,
            sent_at,
            first_byte: None,
            head: None,
            _place: place,
        });
        let told = clamped.then_some(output_limit);
        let answered = match read_head(&mut exchange).await {
            Ok(status) if status.is_success() && streams => self.begin_stream(exchange, told).await,
            Ok(status) if status.is_success() => self.answer_whole(exchange, told).await,
            Ok(_) => return give_up(exchange).await,
            Err(broken) => Err((exchange, broken)),
        };
        match answered {
            Ok(response) => Tried::Answered(response),
            Err((exchange, broken)) => break_off(exchange, broken).await,
        }
    }

    /// Reads, translates and settles an answer that is not streamed.
    async fn answer_whole(
        &self,
        mut exchange: Exchange,
        told: Option<u64>,
    ) -> Result<Response<Body>, (Exchange, Broken)> {
        let open = exchange.open();
        let answer = match open.read_body().await.and_then(|body| settle::translate(open, body)) {
            Ok(answer) => answer,
            Err(broken) => return Err((exchange, broken)),
        };
        let mut open = exchange.close();
        let mut headers = answer_headers(&mut open, told);
        let content_type = open.head.as_ref().and_then(|head| head.headers.get(header::CONTENT_TYPE).cloned());
        let content_type = answer.content_type.map(HeaderValue::from_static).or(content_type);
        let content_type = content_type.unwrap_or_else(|| HeaderValue::from_static("application/json"));
        headers.insert(header::CONTENT_TYPE, content_type.clone());
        if let Some(key) = self.cache_key {
            let time_to_live = self.route.cache_time(open.call.key.environment);
            let (body, model) = (answer.body.clone(), open.model.name.clone());
            open.call.gateway.cache.keep(key, CachedAnswer { content_type, body, model, time_to_live });
            headers.insert(names::CACHE, HeaderValue::from_static("miss"));
        }
        headers.insert(names::ATTEMPTS, open.call.attempts.into());
        let mut cost = open.call.cost;
        let (settled, settlement) = settle::with_call(open, answer.finding, End::SUCCESS);
        cost.add(&settlement);
        headers.insert(names::COST, cost.header());
        if let Err(error) = settled.commit.await {
            tracing::error!(%error, "a settlement is not on disk");
        }
        Ok(respond::with(StatusCode::OK, headers, answer.body.into()))
    }

    /// Waits for the first content of a stream: until then another model may be tried.
    async fn begin_stream(
        &self,
        mut exchange: Exchange,
        told: Option<u64>,
    ) -> Result<Response<Body>, (Exchange, Broken)> {
        let mut ready: Vec<Bytes> = Vec::new();
        let open = exchange.open();
        if let Err(broken) = open.read_first_content(&mut ready).await {
            return Err((exchange, broken));
        }
        let mut headers = answer_headers(open, told);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(names::ACCEL_BUFFERING, HeaderValue::from_static("no"));
        open.forget_request();
        let relay = Relay::new(exchange, ready);
        Ok(respond::with(StatusCode::OK, headers, Body::Relayed(Box::new(relay))))
    }
}

/// Gives a half-open circuit its probe back when the attempt was never sent.
struct Unused(Option<(Arc<ModelHealth>, Arc<dyn Clock>)>);

impl Unused {
    fn new(health: &Arc<ModelHealth>, clock: &Arc<dyn Clock>) -> Self {
        Self(Some((Arc::clone(health), Arc::clone(clock))))
    }

    /// The attempt is sent; its outcome will be recorded.
    fn used(mut self) {
        self.0 = None;
    }
}

impl Drop for Unused {
    fn drop(&mut self) {
        if let Some((health, clock)) = &self.0 {
            health.record(Outcome::Unknown, clock.monotonic());
        }
    }
}

/// What a whole answer without usage is taken to have used: a token for every four bytes. What was written is counted when
/// it is there.
fn estimate(request: &Request) -> Usage {
    let text = (request.body.len() as u64).saturating_sub(request.facts.media.encoded_bytes);
    let mut usage = request.output_bound(request.facts.max_output_tokens.unwrap_or(0));
    usage.set(Meter::InputTokens, text.div_ceil(4));
    usage.set(Meter::InputCharacters, request.facts.input_characters);
    usage.with(Meter::Calls, 1)
}

fn send(call: &Call, model: &Model, outbound: Outbound) -> Answering {
    if model.provider.kind == glaux_llm::ProviderKind::Sandbox {
        return Answering::Scripted(Box::new(Script::perform(&outbound)));
    }
    let mut request = http::Request::new(Full::new(outbound.body));
    *request.method_mut() = outbound.method;
    *request.uri_mut() = outbound.uri;
    *request.headers_mut() = outbound.headers;
    call.gateway.upstreams.send(&model.provider, request)
}

async fn read_head(exchange: &mut Exchange) -> Result<StatusCode, Broken> {
    exchange.open().read_head().await.map(|head| head.status)
}

/// The headers of an answer: ours, the limits', and what is told of the output limit.
fn answer_headers(open: &mut Open, told: Option<u64>) -> HeaderMap {
    let mut headers = respond::headers(open.call.id, open.call.snapshot.journal_seq, &open.model.name);
    if let Some(limit) = told {
        headers.insert(names::MAX_OUTPUT_TOKENS, limit.into());
    }
    let dropped = &open.call.record.details().dropped;
    if !dropped.is_empty() {
        headers.insert(names::DROPPED, respond::value(&dropped.join(",")));
    }
    if let Some(permit) = &open.call.permit {
        respond::rate_limits(permit.standings(), &mut headers);
    }
    headers
}

/// The provider, or something before it, answered with an error: settles and decides what may follow.
async fn give_up(mut exchange: Exchange) -> Tried {
    let open = exchange.open();
    open.received = Received::Whole(BytesMut::new());
    let body = match open.read_body().await {
        Ok(body) => body,
        Err(broken) => return break_off(exchange, broken).await,
    };
    let open = exchange.close();
    let (status, headers) =
        open.head.as_ref().map(|head| (head.status.as_u16(), head.headers.clone())).unwrap_or_default();
    let failure = Box::new(glaux_llm::read_failure(open.wire, status, &headers, body));
    let end = End { status: Status::Error, http_status: status, error_code: Some(Code::UpstreamError.as_str()) };
    let (call, commit) =
        if settle::may_have_been_served(status) { settle::at_bound(open, end) } else { settle::failed(open, end) };
    drop(commit.await);
    let (class, wait) = (failure.class, failure.retry_after.unwrap_or_default());
    let ended = Box::new(Ended { call, reason: Reason::Failed(failure) });
    if class.is_retryable() {
        Tried::Again(ended, wait)
    } else if class.may_fail_over() {
        Tried::Next(ended)
    } else {
        Tried::Over(ended)
    }
}

/// The answer did not come: settles at the bound, or releases what never reached the provider.
async fn break_off(exchange: Exchange, broken: Broken) -> Tried {
    let (call, commit) = settle::lost(exchange.close(), broken);
    drop(commit.await);
    let ended = call.end(Refusal::new(broken.code(), broken.message()));
    match broken {
        Broken::NotSent | Broken::Connection => Tried::Again(ended, Duration::ZERO),
        Broken::TimedOut | Broken::TooLong | Broken::Garbled => Tried::Next(ended),
    }
}
