//! Which fields an assignment may set in a request.

use serde_json::{Map, Value};

/// What a call is about, how it is answered and priced, or how much of it there is: the caller's, because the hold of a
/// call is the bound of what the caller sent.
const NOT_OVERRIDDEN: [&str; 23] = [
    "background",
    "best_of",
    "candidate_count",
    "candidateCount",
    "contents",
    "conversation",
    "input",
    "messages",
    "metadata",
    "model",
    "n",
    "previous_response_id",
    "prompt",
    "requests",
    "service_tier",
    "serviceTier",
    "stream",
    "stream_options",
    "tool_choice",
    "toolConfig",
    "tools",
    "user",
    "web_search_options",
];

/// Whether an assignment may set this field in each request.
pub fn may_override(name: &str) -> bool {
    !NOT_OVERRIDDEN.iter().any(|refused| refused.eq_ignore_ascii_case(name))
}

/// Those that may be set, and the names of those that may not.
pub(crate) fn allowed(overrides: &Map<String, Value>) -> (Map<String, Value>, Vec<&str>) {
    let refused = overrides.keys().map(String::as_str).filter(|name| !may_override(name)).collect();
    let kept = overrides.iter().filter(|(name, _)| may_override(name));
    (kept.map(|(name, value)| (name.clone(), value.clone())).collect(), refused)
}

/// At least as many bytes as the fields add to a request.
pub(crate) fn bytes(overrides: &Map<String, Value>) -> u64 {
    let field = |(name, value): (&String, &Value)| name.len() + value.to_string().len() + 32;
    overrides.iter().map(field).sum::<usize>() as u64
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

    use serde_json::json;

    use super::*;

    #[test]
    fn what_decides_the_bound_of_a_call_is_not_overridden() {
        let overrides = json!({ "n": 20, "Best_Of": 3, "tools": [], "service_tier": "priority", "temperature": 0 });
        let (kept, refused) = allowed(overrides.as_object().unwrap());
        assert_eq!(Value::Object(kept), json!({ "temperature": 0 }));
        assert_eq!(refused, ["Best_Of", "n", "service_tier", "tools"]);
    }
}
