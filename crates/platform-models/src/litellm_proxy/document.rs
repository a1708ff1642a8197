//! The platform file: configuration objects by name, in the words of the management API.
//!
//! A text may hold `${NAME}`, which stands for a variable of the environment of whoever applies the file.

use std::collections::BTreeMap;

use glaux_kernel::{Environment, Money, Period};
use glaux_llm::{Meter, ProviderKind};
use glaux_routing::document::{BudgetAction, Candidate, Policy, ProviderLimits};
use serde::{Deserialize, Serialize};

use crate::{CatalogReference, catalogue::ModelType};

/// A platform file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PlatformFile {
    /// Upstream accounts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub providers: Vec<ProviderSpec>,
    /// Their models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub models: Vec<ModelSpec>,
    /// Other names for models.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<AliasSpec>,
    /// How calls are routed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routing_policies: Vec<RoutingPolicySpec>,
    /// What clients write as `model` where more than one model serves it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub features: Vec<FeatureSpec>,
    /// Limits of spending.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<BudgetSpec>,
}

/// As `POST /models/providers` takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSpec {
    /// Stands before the slash of its models' names.
    pub name: String,
    /// What it speaks.
    pub kind: ProviderKind,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Azure's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_version: Option<String>,
    /// Bedrock's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Also takes over the models of the bundled catalogue.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub catalog: bool,
    /// References to the environment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<CredentialsSpec>,
    /// How calls to it are paced and timed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<ProviderLimits>,
}

/// What a provider knows the account by.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CredentialsSpec {
    /// A key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key: Option<String>,
    /// AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_key_id: Option<String>,
    /// AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_access_key: Option<String>,
    /// AWS, of temporary credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session_token: Option<String>,
}

/// As `POST /models` takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelSpec {
    /// The provider's name.
    pub provider: String,
    /// Stands after the slash.
    pub name: String,
    /// What it does; absent: as the catalogue says.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub model_type: Option<ModelType>,
    /// What the provider calls it, if that is not its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_name: Option<String>,
    /// The most output tokens that it can write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u64>,
    /// Where what is absent is taken from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub catalog: Option<CatalogReference>,
    /// Absent: the catalogue's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prices: Vec<PriceSpec>,
}

/// A rate for a meter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceSpec {
    /// What it charges.
    pub meter: Meter,
    /// Dollars per million units, decimal.
    pub rate_per_million: String,
}

/// As `POST /aliases` takes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AliasSpec {
    /// What clients write.
    pub name: String,
    /// `provider/model`.
    pub model: String,
}

/// As `POST /routing-policies` takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutingPolicySpec {
    /// Its name.
    pub name: String,
    /// Order, retries, cache.
    pub policy: Policy,
}

/// As `POST /features` takes it, with its assignments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureSpec {
    /// What clients write.
    pub name: String,
    /// For people.
    pub display_name: String,
    /// What serves it, per environment.
    pub assignments: BTreeMap<Environment, AssignmentSpec>,
}

/// As `PUT /features/{feature}/assignments/{environment}` takes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssignmentSpec {
    /// `provider/model` with weights.
    pub models: Vec<Candidate>,
    /// `provider/model`, tried after all of `models`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fallbacks: Vec<String>,
    /// Fields set in each request.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub config_overrides: serde_json::Map<String, serde_json::Value>,
    /// How it is routed, if not as all others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
}

/// As `POST /spending/budgets` takes it, over the whole organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BudgetSpec {
    /// Its name.
    pub name: String,
    /// How often it starts anew.
    pub period_type: Period,
    /// What happens when it is used up.
    pub action: BudgetAction,
    /// How much.
    pub budget_amount: Money,
    /// What it counts.
    pub scope: WholeOrganization,
}

/// The scope of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WholeOrganization {
    /// Always true.
    pub organization: bool,
}
