//! Who a call is charged to, and where it goes.

use glaux_kernel::{
    ApplicationId, BudgetId, Environment, FeatureId, KeyId, ModelId, OrganizationId, ProviderId, Timestamp,
};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// Who and what a call is charged to. The dimensions of every roll-up.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize, Deserialize)]
pub struct Attribution {
    /// The tenant.
    #[n(0)]
    pub organization: OrganizationId,
    /// The program that called.
    #[n(1)]
    pub application: ApplicationId,
    /// The credential it used.
    #[n(2)]
    pub key: KeyId,
    /// The key's environment.
    #[n(3)]
    pub environment: Environment,
    /// The feature, where the call named one.
    #[n(4)]
    pub feature: Option<FeatureId>,
    /// The end user that the application named.
    #[n(5)]
    pub user: Option<String>,
    /// The session that the application named.
    #[n(6)]
    pub session: Option<String>,
    /// `k=v` pairs that the application named.
    #[n(7)]
    pub tags: Vec<(String, String)>,
    /// What the call was made for: `call`, or `probe` for health probes and provider tests.
    #[n(8)]
    pub purpose: Purpose,
}

/// Why a call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Purpose {
    /// An application asked.
    #[n(0)]
    Call,
    /// A health probe or a provider test.
    #[n(1)]
    Probe,
}

/// The model that an attempt went to.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize, Deserialize)]
pub struct Target {
    /// The upstream account.
    #[n(0)]
    pub provider: ProviderId,
    /// The catalogue entry.
    #[n(1)]
    pub model: ModelId,
    /// `provider/model` as people write it.
    #[n(2)]
    pub model_name: String,
}

/// A budget that a hold charges, in the period in which the hold opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
pub struct Charge {
    /// The budget.
    #[n(0)]
    pub budget: BudgetId,
    /// The start of the budget's period.
    #[n(1)]
    pub period_start: Timestamp,
}
