//! What is taken out of texts before they are kept: e-mail addresses, card numbers, credentials, and what a policy's
//! expressions match.

mod body;
mod cards;
#[cfg(test)]
mod tests;

use std::ops::Range;

use regex_lite::Regex;

pub(crate) use self::body::redact;

/// Each with texts of which one occurs wherever it matches, so that most texts are not searched.
const BUILT_IN: &[(&str, &[&str], &str)] = &[
    ("[email]", &["@"], r#"[^\s@<>()\[\]{}"',;:\\]+@[^\s@<>()\[\]{}"',;:\\.]+(?:\.[^\s@<>()\[\]{}"',;:\\.]+)+"#),
    ("[key]", &["-----BEGIN "], r#"-----BEGIN [A-Z ]*PRIVATE KEY-----[^"]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)"#),
    ("[key]", &["eyJ"], r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"),
    ("[key]", &["earer "], r"\b[Bb]earer [A-Za-z0-9._~+/-]{16,}=*"),
    (
        "[key]",
        &["sk-", "sk_", "pk_", "rk_", "glx_", "glt_", "gls_", "gli_", "xox", "gh", "glpat-", "hf_", "AKIA", "AIza"],
        r"\b(?:sk-|[spr]k_(?:live|test)_|gl[xtsi]_|xox[abeoprs]-|gh[opsur]_|github_pat_|glpat-|hf_|A[KS]IA|AIza)[A-Za-z0-9_-]{16,}",
    ),
];

/// What is looked for.
pub(crate) struct Rules {
    built_in: Vec<Rule>,
    /// The policy's expressions.
    own: Vec<Regex>,
}

struct Rule {
    marker: &'static str,
    hints: &'static [&'static str],
    regex: Regex,
}

/// A part of a text, and what stands in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    range: Range<usize>,
    marker: &'static str,
}

impl Rules {
    /// # Errors
    /// When one of `own` is no expression.
    pub(crate) fn new(own: &[String]) -> Result<Self, regex_lite::Error> {
        let built_in = BUILT_IN
            .iter()
            .map(|(marker, hints, expression)| Regex::new(expression).map(|regex| Rule { marker, hints, regex }));
        Ok(Self {
            built_in: built_in.collect::<Result<_, _>>()?,
            own: own.iter().map(|expression| Regex::new(expression)).collect::<Result<_, _>>()?,
        })
    }

    /// What all rules find, in the order of the text, without overlap.
    fn find(&self, text: &str) -> Vec<Found> {
        let mut found = self.find_built_in(text);
        let matches = self.own.iter().flat_map(|regex| regex.find_iter(text));
        found.extend(matches.map(|hit| Found { range: hit.range(), marker: "[redacted]" }));
        merge(found)
    }

    /// The same without the policy's expressions.
    fn find_built_in(&self, text: &str) -> Vec<Found> {
        let mut found: Vec<Found> = cards::find(text).map(|range| Found { range, marker: "[card]" }).collect();
        for rule in self.built_in.iter().filter(|rule| rule.hints.iter().any(|hint| text.contains(hint))) {
            found.extend(rule.regex.find_iter(text).map(|hit| Found { range: hit.range(), marker: rule.marker }));
        }
        merge(found)
    }
}

/// What overlaps becomes one, under the marker of what begins first.
fn merge(mut found: Vec<Found>) -> Vec<Found> {
    found.retain(|one| !one.range.is_empty());
    found.sort_by_key(|one| (one.range.start, one.range.end));
    let mut merged: Vec<Found> = Vec::with_capacity(found.len());
    for one in found {
        match merged.last_mut() {
            Some(last) if one.range.start < last.range.end => last.range.end = last.range.end.max(one.range.end),
            _ => merged.push(one),
        }
    }
    merged
}
