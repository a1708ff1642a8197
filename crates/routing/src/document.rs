//! The flat form of the configuration: what `platform-publish` writes and a gateway can start from.
//!
//! References are by id or name, credentials are sealed. A reference that leads nowhere is a finding of
//! [`crate::Snapshot::build`], never a reason to refuse the rest.

use std::{collections::BTreeMap, time::Duration};

use glaux_kernel::{
    AliasId, ApplicationId, AssignmentId, BudgetId, Environment, FeatureId, KeyId, ModelId, Money, OrganizationId,
    Period, PriceRuleId, ProviderId, Rate, SecretId, Timestamp,
};
use glaux_llm::{Conditions, Meter, ProviderKind, UnsupportedPolicy};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::payload::PayloadPolicy;

/// Everything that the gateways need, at one journal position.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The journal position that this is the state of.
    pub journal_seq: u64,
    /// Tenants.
    pub organizations: Vec<Organization>,
    /// Upstream accounts.
    pub providers: Vec<Provider>,
    /// Catalogue entries.
    pub models: Vec<Model>,
    /// Other names for models.
    pub aliases: Vec<Alias>,
    /// AI capabilities.
    pub features: Vec<Feature>,
    /// Credentials of applications.
    pub keys: Vec<Key>,
    /// Spending limits.
    pub budgets: Vec<Budget>,
}

/// A tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// The tenant.
    pub id: OrganizationId,
    /// An IANA time zone, in which budget periods begin.
    pub time_zone: String,
}

/// An upstream account.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    /// The owner; [`OrganizationId::PLATFORM`] shares it with every tenant.
    pub organization: OrganizationId,
    /// The account.
    pub id: ProviderId,
    /// Stands before the slash of a model name.
    pub name: String,
    /// What it speaks.
    pub kind: ProviderKind,
    /// Scheme, host and path prefix; absent for kinds that have a public one.
    pub base_url: Option<String>,
    /// Azure's `api-version`.
    pub api_version: Option<String>,
    /// Bedrock's or Vertex's region.
    pub region: Option<String>,
    /// Which secret its credentials are; absent where none are needed.
    pub secret: Option<SecretId>,
    /// The credentials, sealed by the control plane.
    pub sealed_credentials: Option<String>,
    /// How calls to it are paced and timed.
    #[serde(default)]
    pub limits: ProviderLimits,
}

/// How calls to a provider are paced and timed.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderLimits {
    /// Attempts in flight at once per gateway; absent: no bound.
    pub concurrency: Option<u32>,
    /// Calls that may wait for a place; beyond it the next candidate is tried.
    pub queue: u32,
    /// How long one may wait for a place.
    pub queue_timeout_ms: u64,
    /// To a connected socket, TLS included.
    pub connect_timeout_ms: u64,
    /// From sent to the first byte of the answer.
    pub first_byte_timeout_ms: u64,
    /// Between two pieces of an answer.
    pub idle_timeout_ms: u64,
    /// All of an attempt.
    pub total_timeout_ms: u64,
    /// After the client hung up: how long to read on for the usage that comes at the end; 0 cancels at once.
    pub drain_timeout_ms: u64,
}

impl Default for ProviderLimits {
    fn default() -> Self {
        Self {
            concurrency: None,
            queue: 256,
            queue_timeout_ms: 10_000,
            connect_timeout_ms: 5_000,
            first_byte_timeout_ms: 120_000,
            idle_timeout_ms: 60_000,
            total_timeout_ms: 600_000,
            drain_timeout_ms: 5_000,
        }
    }
}

/// A catalogue entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// The entry.
    pub id: ModelId,
    /// Its provider.
    pub provider: ProviderId,
    /// Stands after the slash of a model name.
    pub name: String,
    /// What the provider calls it; absent when it is `name`.
    pub upstream_name: Option<String>,
    /// The most output tokens that it can write.
    pub max_output_tokens: Option<u64>,
    /// The most tokens that it can read.
    pub context_window: Option<u64>,
    /// What it charges.
    pub prices: Vec<PriceRule>,
}

/// [`glaux_llm::PriceRule`] as it is written down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceRule {
    /// The rule.
    pub id: PriceRuleId,
    /// What it charges.
    pub meter: Meter,
    /// Femto-dollars per unit.
    pub rate: Rate,
    /// When it applies.
    #[serde(default)]
    pub conditions: Conditions,
}

/// Another name for a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// The tenant.
    pub organization: OrganizationId,
    /// The alias.
    pub id: AliasId,
    /// What clients write.
    pub name: String,
    /// `provider/model`.
    pub model: String,
}

/// Whether a feature serves.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureStatus {
    /// It serves.
    Active,
    /// It refuses calls.
    Inactive,
    /// It refuses calls for a while.
    Maintenance,
}

/// An AI capability of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Feature {
    /// The tenant.
    pub organization: OrganizationId,
    /// The feature.
    pub id: FeatureId,
    /// What clients write.
    pub name: String,
    /// Whether it serves.
    pub status: FeatureStatus,
    /// All calls of the feature together.
    #[serde(default)]
    pub limits: Limits,
    /// Each end user's calls of the feature.
    #[serde(default)]
    pub user_limits: Limits,
    /// What is kept of its calls, where somebody has said so.
    #[serde(default)]
    pub payloads: BTreeMap<Environment, PayloadPolicy>,
    /// What serves it, per environment.
    pub assignments: Vec<Assignment>,
}

/// Requests and tokens per minute, calls at once. Absent: no bound.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Calls per minute.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requests_per_minute: Option<u32>,
    /// Tokens per minute, read and written together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokens_per_minute: Option<u64>,
    /// Calls at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concurrency: Option<u32>,
}

impl Limits {
    /// The lower of each.
    pub fn stricter(self, other: Self) -> Self {
        fn least<T: Ord>(one: Option<T>, other: Option<T>) -> Option<T> {
            one.into_iter().chain(other).min()
        }
        Self {
            requests_per_minute: least(self.requests_per_minute, other.requests_per_minute),
            tokens_per_minute: least(self.tokens_per_minute, other.tokens_per_minute),
            concurrency: least(self.concurrency, other.concurrency),
        }
    }
}

/// Feature × environment → models.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// The assignment.
    pub id: AssignmentId,
    /// Where it holds.
    pub environment: Environment,
    /// `provider/model` with weights; tried in the order of the policy.
    pub models: Vec<Candidate>,
    /// `provider/model` in order, tried after all of `models`.
    #[serde(default)]
    pub fallbacks: Vec<String>,
    /// Fields set in each request, in the terms of the client's dialect.
    #[serde(default)]
    pub config_overrides: serde_json::Map<String, serde_json::Value>,
    /// How it is routed.
    #[serde(default)]
    pub policy: Policy,
}

/// A model that may serve.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// `provider/model`.
    pub model: String,
    /// Its share where the policy weighs.
    #[serde(default = "one")]
    pub weight: u32,
}

fn one() -> u32 {
    1
}

/// Which of several models is tried first.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Balancing {
    /// As listed.
    #[default]
    Ordered,
    /// At random by weight.
    Weighted,
    /// The one that answered fastest of late.
    Latency,
    /// The one whose bound is cheapest.
    Cost,
    /// The one that the same session, user or prompt prefix went to: provider caches stay warm.
    CacheAffine,
}

/// How calls of an assignment are routed.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Policy {
    /// Which model is tried first.
    pub balancing: Balancing,
    /// Further attempts at the same model after a failure that may pass.
    pub retries: u32,
    /// The first pause before another attempt; doubles, with jitter.
    pub retry_backoff_ms: u64,
    /// Retries in percent of calls, over ten seconds, per model: a provider that is down is not hit with more.
    pub retry_budget_percent: u32,
    /// Seconds that an identical request may be answered from the cache; 0: never. Only where payloads are kept, and no
    /// longer than they are.
    pub cache_ttl_seconds: u32,
    /// What happens to a field that the target can't express.
    #[cfg_attr(feature = "openapi", schema(value_type = String, example = "refuse"))]
    pub on_unsupported: UnsupportedPolicy,
    /// The output limit sent upstream where neither client nor model has one.
    pub max_output_tokens: u64,
    /// What is held for a model without a price; absent: refused under a blocking budget.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub unpriced_hold: Option<Money>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            balancing: Balancing::Ordered,
            retries: 1,
            retry_backoff_ms: 200,
            retry_budget_percent: 20,
            cache_ttl_seconds: 0,
            on_unsupported: UnsupportedPolicy::Refuse,
            max_output_tokens: 4096,
            unpriced_hold: None,
        }
    }
}

impl Policy {
    /// The pause before retry `number` (from 1): uniform between half and all of the doubled back-off, at most 10 s.
    pub fn backoff(&self, number: u32, random: u64) -> Duration {
        let full = self.retry_backoff_ms.saturating_mul(1 << number.saturating_sub(1).min(10)).min(10_000);
        let half = full / 2;
        Duration::from_millis(half + random % (full - half + 1))
    }
}

/// A credential of an application.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// The tenant.
    pub organization: OrganizationId,
    /// The program that holds it.
    pub application: ApplicationId,
    /// The key.
    pub id: KeyId,
    /// SHA-256 of the secret, hexadecimal.
    pub sha256: String,
    /// Where its calls belong.
    pub environment: Environment,
    /// Names of features; `*` is all.
    pub features: Vec<String>,
    /// `provider/model`, `provider/*` or `*`.
    pub models: Vec<String>,
    /// All calls of the key together.
    #[serde(default)]
    pub limits: Limits,
    /// Each end user's calls by the key.
    #[serde(default)]
    pub user_limits: Limits,
    /// Where calls may come from; empty: anywhere.
    #[serde(default)]
    pub ip_allow: Vec<IpNet>,
    /// Where calls may not come from; stronger than `ip_allow`.
    #[serde(default)]
    pub ip_deny: Vec<IpNet>,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// What a budget counts. Several conditions must all hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BudgetScope {
    /// Calls of this application.
    pub application: Option<ApplicationId>,
    /// Calls of this feature.
    pub feature: Option<FeatureId>,
    /// Calls with this key.
    pub key: Option<KeyId>,
    /// Calls for this end user.
    pub user: Option<String>,
    /// Attempts at this model, `provider/model`.
    pub model: Option<String>,
    /// Attempts at this provider, by name.
    pub provider: Option<String>,
    /// Calls that carry all of these tags.
    pub tags: Vec<(String, String)>,
}

/// What happens when a budget is used up.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BudgetAction {
    /// An alert, nothing else.
    Notify,
    /// Calls are slowed down.
    Throttle,
    /// Calls are refused.
    Block,
}

/// Scope × period × amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Budget {
    /// The tenant.
    pub organization: OrganizationId,
    /// The budget.
    pub id: BudgetId,
    /// What people call it; stands in refusals.
    pub name: String,
    /// What it counts.
    pub scope: BudgetScope,
    /// How often it starts anew.
    pub period: Period,
    /// How much.
    pub amount: Money,
    /// Shares of the amount, in thousandths, at which an alert goes out.
    pub thresholds_permille: Vec<u32>,
    /// What happens when it is used up.
    pub action: BudgetAction,
}
