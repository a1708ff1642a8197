//! What the examples serve.

use std::{error::Error, sync::Arc, time::Duration};

use glaux_kernel::{
    ApplicationId, BudgetId, CallId, Environment, FeatureId, KeyId, OrganizationId, PriceRuleId, Timestamp,
};
use glaux_ledger::{
    BudgetLimit, Settlement, WhenOver,
    record::{Attribution, Call, Charge, Cost, CostLine, MeterName, Purpose, Status},
};
use glaux_llm::{Meter, ServiceTier, Usage, UsageBasis};
use glaux_testkit::rng::SeededRng;
use uuid::Uuid;

pub(crate) fn budget(number: u128, now: Timestamp) -> BudgetLimit {
    let budget = BudgetId::from_uuid(Uuid::from_u128(number));
    let period_start = now.floor(Duration::from_secs(86_400));
    BudgetLimit {
        charge: Charge { budget, period_start },
        amount_nanos: i64::MAX,
        when_over: WhenOver::Block,
        thresholds: Arc::new([]),
    }
}

pub(crate) fn call(now: Timestamp, rng: &SeededRng, key: u128, feature: u128) -> Call {
    Call {
        call: CallId::new(now, rng),
        at: now,
        status: Status::Cancelled,
        http_status: 200,
        error_code: None,
        attribution: Attribution {
            organization: OrganizationId::from_uuid(Uuid::from_u128(1)),
            application: ApplicationId::from_uuid(Uuid::from_u128(1)),
            key: KeyId::from_uuid(Uuid::from_u128(key)),
            environment: Environment::Production,
            feature: Some(FeatureId::from_uuid(Uuid::from_u128(feature))),
            user: Some(format!("user-{key}")),
            session: None,
            tags: Vec::new(),
            purpose: Purpose::Call,
        },
        requested_model: "chatbot".to_owned(),
        path: "/v1/chat/completions".to_owned(),
        stream: false,
        attempts: 0,
        cached: false,
        first_byte_micros: Some(150_000),
        duration_micros: 0,
        journal_seq: 7,
        traceparent: None,
        cost_nanos: 0,
        blocked_by: None,
        dropped: Vec::new(),
    }
}

pub(crate) fn settlement(input: u128, output: u128) -> Result<Settlement, Box<dyn Error>> {
    let (input, output) = (u64::try_from(input)?, u64::try_from(output)?);
    let line = |meter, quantity, femtos| CostLine {
        rule: PriceRuleId::from_uuid(Uuid::nil()),
        meter: MeterName(meter),
        quantity,
        femtos,
    };
    let lines = vec![line(Meter::InputTokens, input, 400_000_000), line(Meter::OutputTokens, output, 1_600_000_000)];
    Ok(Settlement {
        status: Status::Success,
        upstream_status: Some(200),
        error_code: None,
        usage: Usage::default().with(Meter::InputTokens, input).with(Meter::OutputTokens, output),
        usage_basis: UsageBasis::Reported,
        raw_usage: Some(format!(r#"{{"prompt_tokens":{input},"completion_tokens":{output}}}"#)),
        service_tier: ServiceTier::Standard,
        cost: Cost { nanos: i64::try_from(input * 400 + output * 1600)?, unpriced: None, lines },
        first_byte_micros: Some(140_000),
        duration_micros: 900_000,
        upstream_request_id: Some("req_0123456789abcdef".to_owned()),
    })
}
