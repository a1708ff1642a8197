use std::collections::BTreeMap;

use glaux_kernel::Environment;
use glaux_platform_features::{NewAssignment, NewFeature};
use glaux_platform_models::{NewAlias, NewModel, NewProvider, NewRoutingPolicy};
use glaux_platform_spending::NewBudget;
use serde::Deserialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// Configuration by name. Each entry is what the route that makes such an object takes.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlatformFile {
    /// Upstream accounts.
    #[serde(default)]
    pub providers: Vec<NewProvider>,
    /// Their models.
    #[serde(default)]
    pub models: Vec<NewModel>,
    /// Other names for models.
    #[serde(default)]
    pub aliases: Vec<NewAlias>,
    /// How calls are routed.
    #[serde(default)]
    pub routing_policies: Vec<NewRoutingPolicy>,
    /// Features, each with `assignments` by environment.
    #[schema(value_type = Vec<Object>)]
    #[serde(default)]
    pub features: Vec<FeatureEntry>,
    /// Limits of spending.
    #[serde(default)]
    pub budgets: Vec<NewBudget>,
}

/// A feature and what serves it.
#[derive(Debug, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct FeatureEntry {
    /// As the route that makes features takes it.
    pub feature: NewFeature,
    /// As the route that assigns takes it, by environment.
    pub assignments: BTreeMap<Environment, NewAssignment>,
}

impl TryFrom<Map<String, Value>> for FeatureEntry {
    type Error = serde_json::Error;

    fn try_from(mut fields: Map<String, Value>) -> Result<Self, serde_json::Error> {
        let assignments = fields.remove("assignments").unwrap_or_else(|| Value::Object(Map::new()));
        Ok(Self {
            assignments: serde_json::from_value(assignments)?,
            feature: serde_json::from_value(Value::Object(fields))?,
        })
    }
}
