use std::collections::BTreeMap;

use glaux_kernel::{ApplicationId, Environment, FeatureId};
use glaux_platform_kit::Kind;
use glaux_routing::{
    document::{FeatureStatus, Limits},
    payload::PayloadPolicy,
};
use glaux_web::FieldError;
use serde::{Deserialize, Serialize};

/// An AI capability of an application.
pub struct Feature;

impl Kind for Feature {
    const KIND: &'static str = "feature";
    const SCHEMA_VERSION: u32 = 1;
    type Id = FeatureId;
    type State = FeatureState;
}

/// What is known of a feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeatureState {
    /// Whose capability it is.
    pub application: ApplicationId,
    /// For people.
    pub display_name: String,
    /// For people.
    pub description: String,
    /// Whether it serves.
    pub status: FeatureStatus,
    /// All calls of the feature together.
    pub limits: Limits,
    /// Each end user's calls of the feature.
    pub user_limits: Limits,
    /// What is kept of its calls, where somebody has said so.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub payloads: BTreeMap<Environment, PayloadPolicy>,
}

const MAX_NAME: usize = 64;
const MAX_DISPLAY_NAME: usize = 100;
const MAX_DESCRIPTION: usize = 2000;

/// What stands below `/features` beside the features.
const TAKEN: [&str; 1] = ["assignments"];

/// The rules that a new feature's name does not keep.
pub(crate) fn check_name(name: &str) -> Option<FieldError> {
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let holds = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if TAKEN.contains(&name) {
        return Some(FieldError::new("/name", format!("`{name}` is the name of a list; take another one")));
    }
    let detail = "a name has 1 to 64 lower-case letters, digits and hyphens, and begins with a letter";
    (!begins || !holds || name.len() > MAX_NAME).then(|| FieldError::new("/name", detail))
}

impl FeatureState {
    /// The rules that are not kept.
    pub(crate) fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.display_name.trim().is_empty() || self.display_name.chars().count() > MAX_DISPLAY_NAME {
            errors.push(FieldError::new("/display_name", "a display name has 1 to 100 characters"));
        }
        if self.description.chars().count() > MAX_DESCRIPTION {
            errors.push(FieldError::new("/description", "a description has at most 2000 characters"));
        }
        errors.extend(check_limits("/limits", &self.limits));
        errors.extend(check_limits("/user_limits", &self.user_limits));
        errors
    }
}

/// A limit of zero refuses everything, which is what a status is for.
fn check_limits(pointer: &str, limits: &Limits) -> Vec<FieldError> {
    let bounds = [
        ("requests_per_minute", limits.requests_per_minute == Some(0)),
        ("tokens_per_minute", limits.tokens_per_minute == Some(0)),
        ("concurrency", limits.concurrency == Some(0)),
    ];
    let zero = bounds.into_iter().filter(|(_, is_zero)| *is_zero);
    zero.map(|(name, _)| FieldError::new(format!("{pointer}/{name}"), "a limit is above zero; leave it out for none"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["chatbot", "photo-tagging", "a1"] {
            assert_eq!(check_name(name), None, "{name}");
        }
        for name in ["", "Chatbot", "1a", "a/b", "a b", "ä", "*", "assignments", "a".repeat(65).as_str()] {
            assert!(check_name(name).is_some(), "{name}");
        }
    }
}
