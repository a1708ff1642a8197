use glaux_kernel::{AssignmentId, Environment, FeatureId};
use glaux_platform_kit::Kind;
use glaux_routing::document::{Candidate, Policy};
use serde::{Deserialize, Serialize};

/// Feature × environment → models.
pub struct Assignment;

impl Kind for Assignment {
    const KIND: &'static str = "assignment";
    const SCHEMA_VERSION: u32 = 1;
    type Id = AssignmentId;
    type State = AssignmentState;
}

/// What serves a feature in an environment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AssignmentState {
    /// Which feature.
    pub feature: FeatureId,
    /// Where.
    pub environment: Environment,
    /// `provider/model` with weights; tried in the order of the policy.
    pub models: Vec<Candidate>,
    /// `provider/model` in order, tried after all of `models`.
    pub fallbacks: Vec<String>,
    /// Fields set in each request.
    pub config_overrides: serde_json::Map<String, serde_json::Value>,
    /// How it is routed.
    pub policy: Policy,
}

/// The name of a feature's assignment in an environment.
pub fn assignment_name(feature: &str, environment: Environment) -> String {
    format!("{feature}/{environment}")
}
