//! Tests a provider with a call of the program's own.

use std::sync::Arc;

use async_trait::async_trait;
use glaux_gateway::{Gateway, OwnCall};
use glaux_kernel::{Clock, OrganizationId, problem::Code};
use glaux_ledger::record::Purpose;
use glaux_platform_models::{Probe, ProbeOutcome};
use http::{Response, StatusCode};
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

/// The provider's own status, where the answer has it, and what was wrong.
async fn judge(answer: Response<glaux_gateway::Body>) -> (Option<u16>, Option<String>) {
    let status = answer.status();
    // Other codes, and 502, are the gateway's words for what it met.
    let is_providers = answer.headers().get("x-glaux-code").is_some_and(|code| code == Code::UpstreamError.as_str())
        && status != StatusCode::BAD_GATEWAY;
    let body = answer.into_body().collect().await.map(http_body_util::Collected::to_bytes);
    if status.is_success() {
        let broken = "the provider's answer broke off".to_owned();
        return (Some(status.as_u16()), body.is_err().then_some(broken));
    }
    let told: Value = body.ok().and_then(|body| serde_json::from_slice(&body).ok()).unwrap_or_default();
    let message = told["error"]["message"].as_str().unwrap_or("the provider refused the call").to_owned();
    (is_providers.then_some(status.as_u16()), Some(message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_providers_own_status_is_told() {
        let check = async |status: u16, code: Option<&str>, expected: Option<u16>| {
            let answer = Response::builder().status(status).header("x-glaux-attempts", "1");
            let answer = code.into_iter().fold(answer, |answer, code| answer.header("x-glaux-code", code));
            let body = json!({ "error": { "message": "no" } }).to_string();
            let (told, problem) =
                judge(answer.body(glaux_gateway::Body::from(bytes::Bytes::from(body))).unwrap()).await;
            assert_eq!((told, problem.is_some()), (expected, !(200..300).contains(&status)), "{status} {code:?}");
        };
        check(200, None, Some(200)).await;
        check(429, Some("upstream_error"), Some(429)).await;
        check(502, Some("upstream_error"), None).await;
        check(504, Some("upstream_timeout"), None).await;
        check(503, Some("overloaded"), None).await;
    }
}
