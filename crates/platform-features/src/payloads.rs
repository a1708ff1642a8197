//! What is kept of what a feature's calls say and are answered.

use glaux_kernel::Environment;
use glaux_platform_kit::{Change, Object};
use glaux_routing::payload::PayloadPolicy;
use glaux_web::{FieldError, Problem};
use regex_lite::Regex;

use crate::{Feature, FeatureState};

/// The verb of these decisions in the journal: they need a right of their own.
pub(crate) const ACTION: &str = "payloads";

const MAX_DAYS: u32 = 365;
const MAX_BYTES: u32 = 1 << 20;
const MAX_EXPRESSIONS: usize = 20;
const MAX_EXPRESSION: usize = 500;

/// Decides what is kept in an environment; `None` goes back to what holds where nobody has said anything.
pub(crate) async fn set(
    change: &mut Change,
    feature: Object<Feature>,
    environment: Environment,
    policy: Option<PayloadPolicy>,
) -> Result<Object<Feature>, Problem> {
    let mut payloads = feature.state.payloads.clone();
    match policy {
        Some(policy) => {
            let errors = check(&policy);
            if !errors.is_empty() {
                return Err(Problem::invalid(errors));
            }
            payloads.insert(environment, policy);
        }
        None => drop(payloads.remove(&environment)),
    }
    let state = FeatureState { payloads, ..feature.state.clone() };
    change.replace_as(ACTION, feature, state).await
}

/// The rules that are not kept.
pub(crate) fn check(policy: &PayloadPolicy) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if policy.days > MAX_DAYS {
        errors.push(FieldError::new("/days", "at most 365; 0 keeps nothing"));
    }
    if !(1..=MAX_BYTES).contains(&policy.max_bytes) {
        errors.push(FieldError::new("/max_bytes", "1 to 1048576"));
    }
    if policy.redact.len() > MAX_EXPRESSIONS {
        errors.push(FieldError::new("/redact", "at most 20 expressions"));
    }
    for (place, expression) in policy.redact.iter().enumerate() {
        let pointer = format!("/redact/{place}");
        match Regex::new(expression) {
            _ if expression.len() > MAX_EXPRESSION => errors.push(FieldError::new(pointer, "at most 500 bytes")),
            Err(error) => errors.push(FieldError::new(pointer, error.to_string())),
            Ok(regex) if regex.is_match("") => {
                errors.push(FieldError::new(pointer, "it matches the empty text, which is everywhere"));
            }
            Ok(_) => {}
        }
    }
    errors
}
