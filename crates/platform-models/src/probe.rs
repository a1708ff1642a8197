use std::time::Duration;

use async_trait::async_trait;
use glaux_kernel::OrganizationId;

/// Sends one short call to a model through the gateway, marked as a test. Implemented by the composition root.
#[async_trait]
pub trait Probe: Send + Sync + 'static {
    /// Calls `provider/model` and says what came of it.
    async fn probe(&self, organization: OrganizationId, model: &str) -> ProbeOutcome;
}

/// What came of a test call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbeOutcome {
    /// What was wrong, in words for whoever holds the account; absent when the model answered.
    pub problem: Option<String>,
    /// The provider's status, if it answered.
    pub status: Option<u16>,
    /// From sent to answered.
    pub latency: Duration,
}
