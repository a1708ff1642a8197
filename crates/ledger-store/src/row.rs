//! How entries lie in columns. A row reads back as the record that was written.

use glaux_kernel::{
    ApplicationId, AttemptId, CallId, Environment, FeatureId, HoldId, KeyId, ModelId, OrganizationId, ProviderId,
    Timestamp,
};
use glaux_ledger::record::{Attempt, Attribution, Call, Charge, Cost, CostLine, MeterName, Purpose, Status, Target};
use glaux_llm::{ServiceTier, Usage, UsageBasis};
use glaux_store::{Json, Text};
use serde::{Deserialize, Serialize};

use crate::{Error, Result, sums::ServedCall};

/// A row of `attempts`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AttemptRow {
    pub(crate) organization_id: OrganizationId,
    pub(crate) id: AttemptId,
    pub(crate) call_id: CallId,
    pub(crate) number: i64,
    pub(crate) opened_at: Timestamp,
    pub(crate) status: Text<Status>,
    pub(crate) application_id: ApplicationId,
    pub(crate) key_id: KeyId,
    pub(crate) environment: Text<Environment>,
    pub(crate) feature_id: Option<FeatureId>,
    pub(crate) user_name: Option<String>,
    pub(crate) provider_id: ProviderId,
    pub(crate) model_id: ModelId,
    pub(crate) model_name: String,
    pub(crate) usage: Json<Usage>,
    pub(crate) usage_basis: String,
    pub(crate) cost_nanos: i64,
    pub(crate) held_nanos: i64,
    pub(crate) unpriced: Option<String>,
    pub(crate) released: bool,
    pub(crate) duration_micros: i64,
    pub(crate) journal_seq: i64,
    pub(crate) detail: Json<AttemptDetail>,
}

/// What is only shown when one attempt is explained.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AttemptDetail {
    hold: HoldId,
    settled_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upstream_status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw_usage: Option<String>,
    service_tier: ServiceTier,
    lines: Vec<CostLine>,
    charges: Vec<Charge>,
    #[serde(flatten)]
    caller: Caller,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_byte_micros: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upstream_request_id: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    late: bool,
}

/// A row of `calls`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct CallRow {
    pub(crate) organization_id: OrganizationId,
    pub(crate) id: CallId,
    pub(crate) at: Timestamp,
    pub(crate) status: Text<Status>,
    pub(crate) http_status: i64,
    pub(crate) error_code: Option<String>,
    pub(crate) application_id: ApplicationId,
    pub(crate) key_id: KeyId,
    pub(crate) environment: Text<Environment>,
    pub(crate) feature_id: Option<FeatureId>,
    pub(crate) user_name: Option<String>,
    pub(crate) requested_model: String,
    pub(crate) provider_id: Option<ProviderId>,
    pub(crate) model_id: Option<ModelId>,
    pub(crate) model_name: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) cached: bool,
    pub(crate) cost_nanos: i64,
    pub(crate) duration_micros: i64,
    pub(crate) journal_seq: i64,
    pub(crate) detail: Json<CallDetail>,
}

/// What is only shown when one call is explained.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CallDetail {
    path: String,
    stream: bool,
    #[serde(flatten)]
    caller: Caller,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_byte_micros: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    blocked_by: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    dropped: Vec<String>,
}

/// What is known of a caller beside the columns.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Caller {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    session: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<(String, String)>,
    purpose: Purpose,
}

/// SQL has no unsigned numbers. Durations and sequence numbers stay far below the limit.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

impl From<Attempt> for AttemptRow {
    fn from(attempt: Attempt) -> Self {
        let Attribution { organization, application, key, environment, feature, user, session, tags, purpose } =
            attempt.attribution;
        Self {
            organization_id: organization,
            id: attempt.attempt,
            call_id: attempt.call,
            number: i64::from(attempt.number),
            opened_at: attempt.opened_at,
            status: Text(attempt.status),
            application_id: application,
            key_id: key,
            environment: Text(environment),
            feature_id: feature,
            user_name: user,
            provider_id: attempt.target.provider,
            model_id: attempt.target.model,
            model_name: attempt.target.model_name,
            usage: Json(attempt.usage),
            usage_basis: attempt.usage_basis.as_str().to_owned(),
            cost_nanos: attempt.cost.nanos,
            held_nanos: attempt.held_nanos,
            unpriced: attempt.cost.unpriced.map(|MeterName(meter)| meter.as_str().to_owned()),
            released: attempt.released,
            duration_micros: signed(attempt.duration_micros),
            journal_seq: signed(attempt.journal_seq),
            detail: Json(AttemptDetail {
                hold: attempt.hold,
                settled_at: attempt.settled_at,
                upstream_status: attempt.upstream_status,
                error_code: attempt.error_code,
                raw_usage: attempt.raw_usage,
                service_tier: attempt.service_tier,
                lines: attempt.cost.lines,
                charges: attempt.charges,
                caller: Caller { session, tags, purpose },
                first_byte_micros: attempt.first_byte_micros,
                upstream_request_id: attempt.upstream_request_id,
                late: attempt.late,
            }),
        }
    }
}

impl AttemptRow {
    pub(crate) fn into_record(self) -> Result<Attempt> {
        let unreadable = |what| Error::Row { table: "attempts", what };
        let Json(detail) = self.detail;
        let Caller { session, tags, purpose } = detail.caller;
        let meter = |text: String| text.parse().map(MeterName).map_err(|_| unreadable("the unpriced meter is unknown"));
        let unsigned = |number: i64| u64::try_from(number).map_err(|_| unreadable("a number is negative"));
        Ok(Attempt {
            attempt: self.id,
            hold: detail.hold,
            call: self.call_id,
            number: u32::try_from(self.number).map_err(|_| unreadable("the attempt's number is out of range"))?,
            opened_at: self.opened_at,
            settled_at: detail.settled_at,
            status: self.status.0,
            upstream_status: detail.upstream_status,
            error_code: detail.error_code,
            usage: self.usage.0,
            usage_basis: usage_basis(&self.usage_basis).ok_or_else(|| unreadable("the usage basis is unknown"))?,
            raw_usage: detail.raw_usage,
            service_tier: detail.service_tier,
            cost: Cost { nanos: self.cost_nanos, unpriced: self.unpriced.map(meter).transpose()?, lines: detail.lines },
            held_nanos: self.held_nanos,
            charges: detail.charges,
            attribution: Attribution {
                organization: self.organization_id,
                application: self.application_id,
                key: self.key_id,
                environment: self.environment.0,
                feature: self.feature_id,
                user: self.user_name,
                session,
                tags,
                purpose,
            },
            target: Target { provider: self.provider_id, model: self.model_id, model_name: self.model_name },
            first_byte_micros: detail.first_byte_micros,
            duration_micros: unsigned(self.duration_micros)?,
            journal_seq: unsigned(self.journal_seq)?,
            upstream_request_id: detail.upstream_request_id,
            released: self.released,
            late: detail.late,
        })
    }
}

fn usage_basis(text: &str) -> Option<UsageBasis> {
    let all = [UsageBasis::Reported, UsageBasis::Estimated, UsageBasis::Bound];
    all.into_iter().find(|basis| basis.as_str() == text)
}

impl From<ServedCall> for CallRow {
    fn from(served: ServedCall) -> Self {
        let ServedCall { call, target } = served;
        let Attribution { organization, application, key, environment, feature, user, session, tags, purpose } =
            call.attribution;
        Self {
            organization_id: organization,
            id: call.call,
            at: call.at,
            status: Text(call.status),
            http_status: i64::from(call.http_status),
            error_code: call.error_code,
            application_id: application,
            key_id: key,
            environment: Text(environment),
            feature_id: feature,
            user_name: user,
            requested_model: call.requested_model,
            provider_id: target.as_ref().map(|target| target.provider),
            model_id: target.as_ref().map(|target| target.model),
            model_name: target.map(|target| target.model_name),
            attempts: i64::from(call.attempts),
            cached: call.cached,
            cost_nanos: call.cost_nanos,
            duration_micros: signed(call.duration_micros),
            journal_seq: signed(call.journal_seq),
            detail: Json(CallDetail {
                path: call.path,
                stream: call.stream,
                caller: Caller { session, tags, purpose },
                first_byte_micros: call.first_byte_micros,
                traceparent: call.traceparent,
                blocked_by: call.blocked_by,
                dropped: call.dropped,
            }),
        }
    }
}

impl CallRow {
    pub(crate) fn into_record(self) -> Result<ServedCall> {
        let out_of_range = |_| Error::Row { table: "calls", what: "a number is out of range" };
        let Json(detail) = self.detail;
        let Caller { session, tags, purpose } = detail.caller;
        let target = match (self.provider_id, self.model_id, self.model_name) {
            (Some(provider), Some(model), Some(model_name)) => Some(Target { provider, model, model_name }),
            _ => None,
        };
        let call = Call {
            call: self.id,
            at: self.at,
            status: self.status.0,
            http_status: u16::try_from(self.http_status).map_err(out_of_range)?,
            error_code: self.error_code,
            attribution: Attribution {
                organization: self.organization_id,
                application: self.application_id,
                key: self.key_id,
                environment: self.environment.0,
                feature: self.feature_id,
                user: self.user_name,
                session,
                tags,
                purpose,
            },
            requested_model: self.requested_model,
            path: detail.path,
            stream: detail.stream,
            attempts: u32::try_from(self.attempts).map_err(out_of_range)?,
            cached: self.cached,
            first_byte_micros: detail.first_byte_micros,
            duration_micros: u64::try_from(self.duration_micros).map_err(out_of_range)?,
            journal_seq: u64::try_from(self.journal_seq).map_err(out_of_range)?,
            traceparent: detail.traceparent,
            cost_nanos: self.cost_nanos,
            blocked_by: detail.blocked_by,
            dropped: detail.dropped,
        };
        Ok(ServedCall { call, target })
    }
}
