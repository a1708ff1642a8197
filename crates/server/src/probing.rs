//! Tests a provider with a call of the program's own.

use std::sync::Arc;

use async_trait::async_trait;
use glaux_gateway::{Gateway, OwnCall};
use glaux_kernel::{Clock, OrganizationId};
use glaux_ledger::record::Purpose;
use glaux_platform_models::{Probe, ProbeOutcome};
use http::Response;
use http_body_util::BodyExt;
use serde_json::{Value, json};

/// Calls through this process's gateway.
pub(crate) struct GatewayProbe {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Probe for GatewayProbe {
    async fn probe(&self, organization: OrganizationId, model: &str) -> ProbeOutcome {
        let body = json!({
            "model": model,
            "max_completion_tokens": 16,
            "messages": [{ "role": "user", "content": "Say ok." }],
        });
        let call = OwnCall { organization, purpose: Purpose::Probe, body: body.to_string().into() };
        let started = self.clock.monotonic();
        let answer = self.gateway.call(call).await;
        let (status, problem) = judge(answer).await;
        ProbeOutcome { problem, status, latency: self.clock.monotonic().saturating_sub(started) }
    }
}

/// The provider's status, if it answered, and what was wrong.
async fn judge(answer: Response<glaux_gateway::Body>) -> (Option<u16>, Option<String>) {
    let status = answer.status();
    let was_tried = answer.headers().contains_key("x-glaux-attempts");
    let body = answer.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    if status.is_success() {
        let broken = "the provider's answer broke off".to_owned();
        return (Some(status.as_u16()), body.is_err().then_some(broken));
    }
    let told: Value = body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
    let message = told["error"]["message"].as_str().unwrap_or("the provider refused the call").to_owned();
    (was_tried.then_some(status.as_u16()), Some(message))
}
