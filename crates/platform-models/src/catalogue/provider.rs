use std::collections::BTreeMap;

use glaux_llm::ProviderKind;
use serde::{Deserialize, Serialize};

use super::Source;

/// A provider of the catalogue, and what the sources call it. A line of `data/catalog/providers.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderEntry {
    /// The catalogue's name for it.
    pub name: Box<str>,
    /// Its name for people.
    pub display_name: Box<str>,
    /// How it is spoken to.
    pub kind: ProviderKind,
    /// Where, if that is the same for everybody and not already known from the kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_url: Option<Box<str>>,
    /// The names under which the sources list its models, the more trusted first. Without any, its file is written by
    /// hand.
    #[serde(default)]
    pub sources: BTreeMap<Source, Vec<Box<str>>>,
}
