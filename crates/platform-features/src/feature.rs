use glaux_kernel::FeatureId;
use glaux_platform_kit::Kind;
use glaux_routing::document::{FeatureStatus, Limits};
use glaux_web::{FieldError, Problem};
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
}

const MAX_NAME: usize = 64;

/// A name is lower-case letters, digits and hyphens, and begins with a letter.
pub(crate) fn check_name(name: &str) -> Result<(), Problem> {
    let begins = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    let holds = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if begins && holds && name.len() <= MAX_NAME {
        return Ok(());
    }
    let detail = "a name has 1 to 64 lower-case letters, digits and hyphens, and begins with a letter";
    Err(Problem::invalid(vec![FieldError::new("/name", detail)]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in ["chatbot", "photo-tagging", "a1"] {
            assert!(check_name(name).is_ok(), "{name}");
        }
        for name in ["", "Chatbot", "1a", "a/b", "a b", "ä", "*", "a".repeat(65).as_str()] {
            assert!(check_name(name).is_err(), "{name}");
        }
    }
}
