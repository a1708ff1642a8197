use glaux_kernel::{AssignmentId, Environment, FeatureId};
use glaux_platform_kit::Kind;
use glaux_routing::{
    document::{Balancing, Candidate, Policy},
    may_override,
};
use glaux_web::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

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
    pub config_overrides: Map<String, Value>,
    /// How it is routed; absent: by the routing policy of the feature or of the organization.
    pub policy: Option<Policy>,
}

/// The name of a feature's assignment in an environment.
pub fn assignment_name(feature: &str, environment: Environment) -> String {
    format!("{feature}/{environment}")
}

impl AssignmentState {
    /// The models that it names, each with the place where the request names it.
    pub(crate) fn named(&self) -> impl Iterator<Item = (String, &str)> {
        let models = self.models.iter().enumerate();
        let fallbacks = self.fallbacks.iter().enumerate();
        models
            .map(|(place, candidate)| (format!("/models/{place}/model"), candidate.model.as_str()))
            .chain(fallbacks.map(|(place, model)| (format!("/fallbacks/{place}"), model.as_str())))
    }

    /// The rules that are not kept.
    pub(crate) fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.models.is_empty() {
            errors.push(FieldError::new("/model", "a model is required"));
        }
        let named: Vec<(String, &str)> = self.named().collect();
        for (place, (pointer, model)) in named.iter().enumerate() {
            if named.iter().take(place).any(|(_, other)| other == model) {
                errors.push(FieldError::new(pointer.as_str(), format!("`{model}` is named twice")));
            }
        }
        let weighs = self.policy.as_ref().is_some_and(|policy| policy.balancing == Balancing::Weighted);
        if weighs && !self.models.is_empty() && self.models.iter().all(|candidate| candidate.weight == 0) {
            errors.push(FieldError::new("/models", "one of the weights is above zero"));
        }
        let refused = self.config_overrides.keys().filter(|name| !may_override(name));
        errors.extend(refused.map(|name| {
            FieldError::new(format!("/config_overrides/{name}"), "this field is the caller's and can't be overridden")
        }));
        errors
    }
}
