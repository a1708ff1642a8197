use regex_lite::Regex;
use serde::{Deserialize, Serialize};

/// A rule over model names, compared without regard to case. In a file `{"or":[{"equals":"o3"},{"starts_with":"o3-"}]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Match {
    /// Is this name.
    Equals(Box<str>),
    /// Begins so.
    StartsWith(Box<str>),
    /// Ends so.
    EndsWith(Box<str>),
    /// Has this in it.
    Contains(Box<str>),
    /// Is found by this expression in the name in lower case.
    Regex(Box<str>),
    /// At least one holds.
    Or(Vec<Match>),
    /// All hold.
    And(Vec<Match>),
}

impl Match {
    /// Whether the rule holds for `name`. An expression that does not compile never holds.
    pub fn is_match(&self, name: &str) -> bool {
        self.holds_for(&name.to_lowercase())
    }

    fn holds_for(&self, name: &str) -> bool {
        match self {
            Self::Equals(text) => name == text.to_lowercase(),
            Self::StartsWith(text) => name.starts_with(&text.to_lowercase()),
            Self::EndsWith(text) => name.ends_with(&text.to_lowercase()),
            Self::Contains(text) => name.contains(&text.to_lowercase()),
            Self::Regex(pattern) => Regex::new(pattern).is_ok_and(|regex| regex.is_match(name)),
            Self::Or(rules) => rules.iter().any(|rule| rule.holds_for(name)),
            Self::And(rules) => rules.iter().all(|rule| rule.holds_for(name)),
        }
    }

    /// The first expression in it that does not compile.
    pub fn broken_expression(&self) -> Option<&str> {
        match self {
            Self::Regex(pattern) => Regex::new(pattern).is_err().then_some(pattern),
            Self::Or(rules) | Self::And(rules) => rules.iter().find_map(Self::broken_expression),
            Self::Equals(_) | Self::StartsWith(_) | Self::EndsWith(_) | Self::Contains(_) => None,
        }
    }

    /// The rule without the alternatives that only name one of the models for which `is_known` holds.
    pub fn without_names(self, is_known: &impl Fn(&str) -> bool) -> Option<Self> {
        match self {
            Self::Equals(name) if is_known(&name) => None,
            Self::Or(rules) => {
                let mut left: Vec<Self> = rules.into_iter().filter_map(|rule| rule.without_names(is_known)).collect();
                if left.len() > 1 { Some(Self::Or(left)) } else { left.pop() }
            }
            rule => Some(rule),
        }
    }
}

/// `name-20251211` as `name-2025-12-11`.
pub(super) fn spell_out_date(name: &str) -> Option<String> {
    let (stem, date) = name.rsplit_once('-')?;
    if date.len() != 8 || !date.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(format!("{stem}-{}-{}-{}", date.get(..4)?, date.get(4..6)?, date.get(6..)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_hold_without_regard_to_case() {
        let check = |rule: &str, name: &str, expected: bool| {
            let rule: Match = serde_json::from_str(rule).unwrap();
            assert_eq!(rule.is_match(name), expected, "{rule:?} {name}");
        };
        check(r#"{"equals":"Model-A"}"#, "model-a", true);
        check(r#"{"equals":"model-a"}"#, "model-ab", false);
        check(r#"{"starts_with":"model-"}"#, "MODEL-x", true);
        check(r#"{"ends_with":"-latest"}"#, "model-latest", true);
        check(r#"{"contains":"del"}"#, "model", true);
        check(r#"{"regex":"^m-\\d{4}$"}"#, "M-2025", true);
        check(r#"{"regex":"^m-\\d{4}$"}"#, "m-20255", false);
        check(r#"{"regex":"("}"#, "(", false);
        check(r#"{"or":[{"equals":"a"},{"and":[{"starts_with":"b"},{"ends_with":"c"}]}]}"#, "bxc", true);
        check(r#"{"or":[{"equals":"a"},{"and":[{"starts_with":"b"},{"ends_with":"c"}]}]}"#, "bx", false);
    }

    #[test]
    fn names_that_have_their_own_entry_leave_the_rule() {
        let rule: Match =
            serde_json::from_str(r#"{"or":[{"equals":"a"},{"equals":"b"},{"starts_with":"c"}]}"#).unwrap();
        let left = rule.clone().without_names(&|name| name == "a" || name == "b");
        assert_eq!(left, Some(Match::StartsWith("c".into())));
        assert_eq!(Match::Equals("a".into()).without_names(&|_| true), None);
        assert_eq!(rule.clone().without_names(&|_| false), Some(rule));
    }

    #[test]
    fn compact_dates_are_spelled_out() {
        assert_eq!(spell_out_date("m-5.2-20251211").as_deref(), Some("m-5.2-2025-12-11"));
        assert_eq!(spell_out_date("m-5.2"), None);
    }
}
