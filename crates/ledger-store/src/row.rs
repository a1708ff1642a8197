//! How entries lie in columns. A row reads back as the record that was written.

use std::ops::Not;

use glaux_kernel::{
    ApplicationId, AttemptId, BudgetId, CallId, Environment, FeatureId, HoldId, KeyId, ModelId, NodeId, OrganizationId,
    PriceRuleId, ProviderId, Timestamp,
};
use glaux_ledger::record::{Attempt, Attribution, Call, Charge, Cost, CostLine, MeterName, Purpose, Status, Target};
use glaux_llm::{Meter, ServiceTier, Usage, UsageBasis};
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
    pub(crate) cost_nanos: i64,
    pub(crate) detail: Json<AttemptDetail>,
    /// Whose ledger settled it; written beside the rows.
    pub(crate) node_id: Option<NodeId>,
    /// What it costs by its last adjustment.
    pub(crate) adjusted_nanos: Option<i64>,
}

/// What is only shown when one attempt is explained. Moments are microseconds since 1970.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct AttemptDetail {
    hold: HoldId,
    settled_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upstream_status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error_code: Option<String>,
    usage: Usage,
    usage_basis: UsageBasis,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    raw_usage: Option<String>,
    service_tier: ServiceTier,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unpriced: Option<Meter>,
    /// Rule, meter, quantity, femto-dollars per unit.
    lines: Vec<(PriceRuleId, Meter, u64, i64)>,
    held_nanos: i64,
    /// Budget, start of its period.
    charges: Vec<(BudgetId, i64)>,
    caller: Caller,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_byte_micros: Option<u64>,
    duration_micros: u64,
    journal_seq: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    upstream_request_id: Option<String>,
    #[serde(default, skip_serializing_if = "Not::not")]
    released: bool,
    #[serde(default, skip_serializing_if = "Not::not")]
    late: bool,
}

/// A row of `calls`.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct CallRow {
    pub(crate) organization_id: OrganizationId,
    pub(crate) id: CallId,
    pub(crate) at: Timestamp,
    pub(crate) status: Text<Status>,
    pub(crate) application_id: ApplicationId,
    pub(crate) key_id: KeyId,
    pub(crate) environment: Text<Environment>,
    pub(crate) feature_id: Option<FeatureId>,
    pub(crate) user_name: Option<String>,
    pub(crate) provider_id: Option<ProviderId>,
    pub(crate) model_id: Option<ModelId>,
    pub(crate) model_name: Option<String>,
    pub(crate) attempts: i64,
    pub(crate) cost_nanos: i64,
    pub(crate) cached: bool,
    pub(crate) duration_micros: i64,
    pub(crate) session: Option<String>,
    pub(crate) error_code: Option<String>,
    pub(crate) detail: Json<CallDetail>,
}

/// What is only shown when one call is explained.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CallDetail {
    http_status: u16,
    requested_model: String,
    path: String,
    #[serde(default, skip_serializing_if = "Not::not")]
    stream: bool,
    caller: Caller,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_byte_micros: Option<u64>,
    journal_seq: u64,
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

impl From<Attempt> for AttemptRow {
    fn from(attempt: Attempt) -> Self {
        let Attribution { organization, application, key, environment, feature, user, session, tags, purpose } =
            attempt.attribution;
        let line = |line: CostLine| (line.rule, line.meter.0, line.quantity, line.femtos);
        let charge = |charge: Charge| (charge.budget, charge.period_start.as_micros());
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
            cost_nanos: attempt.cost.nanos,
            detail: Json(AttemptDetail {
                hold: attempt.hold,
                settled_at: attempt.settled_at.as_micros(),
                upstream_status: attempt.upstream_status,
                error_code: attempt.error_code,
                usage: attempt.usage,
                usage_basis: attempt.usage_basis,
                raw_usage: attempt.raw_usage,
                service_tier: attempt.service_tier,
                unpriced: attempt.cost.unpriced.map(|MeterName(meter)| meter),
                lines: attempt.cost.lines.into_iter().map(line).collect(),
                held_nanos: attempt.held_nanos,
                charges: attempt.charges.into_iter().map(charge).collect(),
                caller: Caller { session, tags, purpose },
                first_byte_micros: attempt.first_byte_micros,
                duration_micros: attempt.duration_micros,
                journal_seq: attempt.journal_seq,
                upstream_request_id: attempt.upstream_request_id,
                released: attempt.released,
                late: attempt.late,
            }),
            node_id: None,
            adjusted_nanos: None,
        }
    }
}

impl AttemptRow {
    pub(crate) fn into_record(self) -> Result<Attempt> {
        let Json(detail) = self.detail;
        let Caller { session, tags, purpose } = detail.caller;
        let line = |(rule, meter, quantity, femtos)| CostLine { rule, meter: MeterName(meter), quantity, femtos };
        let charge = |(budget, start)| Charge { budget, period_start: Timestamp::from_micros(start) };
        let number = u32::try_from(self.number);
        Ok(Attempt {
            attempt: self.id,
            hold: detail.hold,
            call: self.call_id,
            number: number.map_err(|_| Error::Row { table: "attempts", what: "the number is out of range" })?,
            opened_at: self.opened_at,
            settled_at: Timestamp::from_micros(detail.settled_at),
            status: self.status.0,
            upstream_status: detail.upstream_status,
            error_code: detail.error_code,
            usage: detail.usage,
            usage_basis: detail.usage_basis,
            raw_usage: detail.raw_usage,
            service_tier: detail.service_tier,
            cost: Cost {
                nanos: self.cost_nanos,
                unpriced: detail.unpriced.map(MeterName),
                lines: detail.lines.into_iter().map(line).collect(),
            },
            held_nanos: detail.held_nanos,
            charges: detail.charges.into_iter().map(charge).collect(),
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
            duration_micros: detail.duration_micros,
            journal_seq: detail.journal_seq,
            upstream_request_id: detail.upstream_request_id,
            released: detail.released,
            late: detail.late,
        })
    }
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
            application_id: application,
            key_id: key,
            environment: Text(environment),
            feature_id: feature,
            user_name: user,
            provider_id: target.as_ref().map(|target| target.provider),
            model_id: target.as_ref().map(|target| target.model),
            model_name: target.map(|target| target.model_name),
            attempts: i64::from(call.attempts),
            cost_nanos: call.cost_nanos,
            cached: call.cached,
            duration_micros: i64::try_from(call.duration_micros).unwrap_or(i64::MAX),
            session,
            error_code: call.error_code,
            detail: Json(CallDetail {
                http_status: call.http_status,
                requested_model: call.requested_model,
                path: call.path,
                stream: call.stream,
                caller: Caller { session: None, tags, purpose },
                first_byte_micros: call.first_byte_micros,
                journal_seq: call.journal_seq,
                traceparent: call.traceparent,
                blocked_by: call.blocked_by,
                dropped: call.dropped,
            }),
        }
    }
}

impl CallRow {
    pub(crate) fn into_record(self) -> Result<ServedCall> {
        let Json(detail) = self.detail;
        let Caller { tags, purpose, .. } = detail.caller;
        let target = match (self.provider_id, self.model_id, self.model_name) {
            (Some(provider), Some(model), Some(model_name)) => Some(Target { provider, model, model_name }),
            _ => None,
        };
        let out_of_range = |what| Error::Row { table: "calls", what };
        let call = Call {
            call: self.id,
            at: self.at,
            status: self.status.0,
            http_status: detail.http_status,
            error_code: self.error_code,
            attribution: Attribution {
                organization: self.organization_id,
                application: self.application_id,
                key: self.key_id,
                environment: self.environment.0,
                feature: self.feature_id,
                user: self.user_name,
                session: self.session,
                tags,
                purpose,
            },
            requested_model: detail.requested_model,
            path: detail.path,
            stream: detail.stream,
            attempts: u32::try_from(self.attempts).map_err(|_| out_of_range("the attempts are out of range"))?,
            cached: self.cached,
            first_byte_micros: detail.first_byte_micros,
            duration_micros: u64::try_from(self.duration_micros)
                .map_err(|_| out_of_range("the duration is negative"))?,
            journal_seq: detail.journal_seq,
            traceparent: detail.traceparent,
            cost_nanos: self.cost_nanos,
            blocked_by: detail.blocked_by,
            dropped: detail.dropped,
        };
        Ok(ServedCall { call, target })
    }
}
