//! How an attempt is turned into a settlement: usage × price rules, whatever became of it.

use bytes::Bytes;
use glaux_ledger::{
    Commit, Settled, Settlement,
    record::{Cost, Status},
};
use glaux_llm::{Answer, Finding, Meter, Operation, RatingContext, Usage, UsageBasis, price, translate_answer};
use glaux_routing::Model;

use crate::{
    call::Call,
    exchange::{Broken, Open, Received},
    health::Outcome,
};

/// How an attempt and its call ended, where they ended together.
#[derive(Debug, Clone, Copy)]
pub(crate) struct End {
    pub(crate) status: Status,
    /// What the client got.
    pub(crate) http_status: u16,
    /// A problem code, for what did not end in success.
    pub(crate) error_code: Option<&'static str>,
}

impl End {
    /// The answer was given whole.
    pub(crate) const SUCCESS: Self = Self { status: Status::Success, http_status: 200, error_code: None };
}

/// What can be said of the usage of an attempt.
struct Measured {
    finding: Finding,
    usage: Usage,
    basis: UsageBasis,
}

/// Settles an attempt that ended the call, and records the call in the same write. Says what it cost.
pub(crate) fn with_call(mut open: Box<Open>, finding: Finding, end: End) -> (Settled, Cost) {
    count_health(&open, end.status);
    let measured = measure(&open, finding, end.status);
    let duration = open.call.elapsed_micros();
    let first_byte = open.first_byte.map(|_| duration.saturating_sub(since_first_byte(&open)));
    let permit = open.call.permit.take();
    if let Some(mut permit) = permit {
        permit.correct_tokens(tokens(&measured.usage));
    }
    let settlement = settlement(&mut open, measured, end.status, end.error_code);
    let cost = settlement.cost.clone();
    let details = open.call.record.details();
    details.status = end.status;
    details.http_status = end.http_status;
    details.error_code = end.error_code.map(str::to_owned);
    details.first_byte_micros = first_byte;
    details.duration_micros = duration;
    (open.hold.settle_with_call(settlement, open.call.record), cost)
}

/// Settles an attempt that failed while its call goes on.
pub(crate) fn failed(mut open: Box<Open>, end: End) -> (Box<Call>, Commit) {
    count_health(&open, end.status);
    let measured = Measured { finding: Finding::default(), usage: Usage::default(), basis: UsageBasis::Estimated };
    let settlement = settlement(&mut open, measured, end.status, end.error_code);
    (open.call, open.hold.settle(settlement).commit)
}

/// Settles an attempt whose answer never came while its call goes on: at the most that it can have cost, unless nothing
/// reached the provider.
pub(crate) fn lost(open: Box<Open>, broken: Broken) -> (Box<Call>, Commit) {
    let code = broken.code().as_str();
    if broken == Broken::NotSent {
        return failed(open, End { status: Status::Error, http_status: 502, error_code: Some(code) });
    }
    at_bound(open, End { status: broken.status(), http_status: 502, error_code: Some(code) })
}

/// Settles an attempt of which nothing is known at the most that it can have cost, while its call goes on.
pub(crate) fn at_bound(open: Box<Open>, end: End) -> (Box<Call>, Commit) {
    open.count(Outcome::Failed);
    let Open { mut call, hold, held_nanos, is_unpriced, .. } = *open;
    call.cost.nanos = call.cost.nanos.saturating_add(held_nanos);
    call.cost.is_unpriced |= is_unpriced;
    (call, hold.settle_at_bound(end.status, end.error_code.map(str::to_owned)).commit)
}

/// Statuses by which something between us and the model says that it heard nothing back: a gateway's 502 and 504, and
/// 520 to 524, which are Cloudflare's. The model may have written its answer by then.
pub(crate) const fn may_have_been_served(status: u16) -> bool {
    matches!(status, 502 | 504 | 520..=524)
}

/// Settles an attempt that is cut off before its usage is known: by what went by of a stream, else at its bound.
pub(crate) fn cut_off(open: Box<Open>, status: Status, error_code: Option<&'static str>) {
    let end = End { status, http_status: 499, error_code };
    match &open.received {
        Received::Stream(translator) if translator.has_content() => {
            drop(with_call(open, Finding::default(), end));
        }
        Received::Stream(_) | Received::Ended(_) | Received::Whole(_) => {
            open.count(if status == Status::Cancelled { Outcome::Unknown } else { Outcome::Failed });
            let Open { call, hold, .. } = *open;
            drop(hold.settle_at_bound(status, error_code.map(str::to_owned)));
            drop(call);
        }
    }
}

/// Settles an attempt that was read to its end after its client had gone.
pub(crate) fn after_hang_up(open: Box<Open>, finding: Finding) {
    drop(with_call(open, finding, End { status: Status::Cancelled, http_status: 499, error_code: None }));
}

/// What a whole answer says of its usage.
pub(crate) fn finding_of_whole(open: &mut Open, body: Bytes) -> Result<Finding, Broken> {
    match &open.head {
        Some(head) if may_have_been_served(head.status.as_u16()) => return Err(Broken::Connection),
        Some(head) if !head.status.is_success() => return Ok(Finding::default()),
        Some(_) | None => {}
    }
    translate(open, body).map(|answer| answer.finding)
}

/// A whole answer in the client's format.
pub(crate) fn translate(open: &mut Open, body: Bytes) -> Result<Answer, Broken> {
    let request = open.request.as_deref().ok_or(Broken::Garbled)?;
    if request.wire.operation() == Operation::Chat {
        let written = (body.len() as u64).div_ceil(4).min(open.bound.get(Meter::OutputTokens));
        open.estimate.set(Meter::OutputTokens, written);
    }
    translate_answer(request, open.wire, body).map_err(|_| Broken::Garbled)
}

fn measure(open: &Open, finding: Finding, status: Status) -> Measured {
    if let Some(usage) = finding.usage {
        return Measured { finding, usage, basis: UsageBasis::Reported };
    }
    // An error that came instead of an answer: the request was not served.
    if open.head.as_ref().is_some_and(|head| !head.status.is_success()) {
        return Measured { finding, usage: Usage::default(), basis: UsageBasis::Estimated };
    }
    let (estimated, basis) = match &open.received {
        Received::Stream(translator) => (translator.estimate(), UsageBasis::Estimated),
        Received::Ended(estimate) => (*estimate, UsageBasis::Estimated),
        Received::Whole(_) if status == Status::Success => (open.estimate, UsageBasis::Estimated),
        Received::Whole(_) => (open.bound, UsageBasis::Bound),
    };
    Measured { finding, usage: estimated, basis }
}

fn settlement(open: &mut Open, measured: Measured, status: Status, error_code: Option<&str>) -> Settlement {
    let Measured { finding, mut usage, basis } = measured;
    if !usage.is_empty() {
        usage.set(Meter::Calls, 1);
    }
    let micros = |duration: std::time::Duration| u64::try_from(duration.as_micros()).unwrap_or(u64::MAX);
    let elapsed = open.call.gateway.clock.monotonic().saturating_sub(open.sent_at);
    Settlement {
        status,
        upstream_status: open.head.as_ref().map(|head| head.status.as_u16()),
        error_code: error_code.map(str::to_owned),
        cost: cost(&open.model, &usage, &finding, open.opened_at),
        usage,
        usage_basis: basis,
        raw_usage: finding.raw_usage.map(String::from),
        service_tier: finding.service_tier,
        first_byte_micros: open.first_byte.map(micros),
        duration_micros: micros(elapsed),
        upstream_request_id: open.head.as_mut().and_then(|head| head.upstream_request_id.take()),
    }
}

/// The exact cost, by the one rating function.
fn cost(model: &Model, usage: &Usage, finding: &Finding, at: glaux_kernel::Timestamp) -> Cost {
    let context = RatingContext { at, service_tier: finding.service_tier, region: model.provider.region.as_deref() };
    Cost::from(&price::rate(&model.prices, usage, context))
}

fn tokens(usage: &Usage) -> u64 {
    usage.total(glaux_llm::MeterGroup::Input).saturating_add(usage.total(glaux_llm::MeterGroup::Output))
}

fn count_health(open: &Open, status: Status) {
    open.count(match (status, open.first_byte, &open.head) {
        (Status::Cancelled, ..) => Outcome::Unknown,
        (Status::Timeout | Status::Unknown, ..) | (_, None, _) => Outcome::Failed,
        // A provider that says "too many" or "our fault" is not well; one that refuses a request is.
        (_, Some(first_byte), Some(head))
            if head.status.as_u16() < 429 && status == Status::Success || is_callers_fault(head.status.as_u16()) =>
        {
            Outcome::Answered { first_byte }
        }
        _ => Outcome::Failed,
    });
}

fn is_callers_fault(status: u16) -> bool {
    (400..500).contains(&status) && !matches!(status, 401 | 403 | 408 | 429)
}

fn since_first_byte(open: &Open) -> u64 {
    let at = open.sent_at + open.first_byte.unwrap_or_default();
    let since = open.call.gateway.clock.monotonic().saturating_sub(at);
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
