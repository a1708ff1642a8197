//! What is known about models and their prices, independent of any organization.
//!
//! Every figure names its [`Source`]. A price that can't be stated in our meters and conditions is a [`Finding`],
//! never a rate that is nearly right.

pub mod file;
mod finding;
mod matching;
pub mod merge;
mod model;
mod provider;
mod source;

use std::collections::BTreeMap;

pub use finding::{Disagreement, Finding, FindingKind};
pub use matching::Match;
pub use model::{Capability, Figure, Model, ModelType, Price};
pub use provider::ProviderEntry;
pub use source::{Source, Stamp};

/// Models by the name of their provider, and what could not be taken over.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// The source's own provider names.
    pub providers: BTreeMap<Box<str>, Models>,
    /// In the order of the source.
    pub findings: Vec<Finding>,
}

impl Catalogue {
    /// The models of all providers together.
    pub fn model_count(&self) -> usize {
        self.providers.values().map(|models| models.0.len()).sum()
    }

    /// How many findings there are of each kind.
    pub fn finding_counts(&self) -> BTreeMap<&'static str, usize> {
        let mut counts = BTreeMap::new();
        for finding in &self.findings {
            *counts.entry(finding.kind.code()).or_default() += 1;
        }
        counts
    }
}

/// The models of one provider, ordered by name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Models(Vec<Model>);

impl Models {
    /// Orders `models` by name.
    pub fn new(mut models: Vec<Model>) -> Self {
        models.sort_by(|a, b| a.name.cmp(&b.name));
        Self(models)
    }

    /// In the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Model> {
        self.0.iter()
    }

    /// The model of exactly that name.
    pub fn get(&self, name: &str) -> Option<&Model> {
        self.0.binary_search_by(|model| (*model.name).cmp(name)).ok().map(|index| &self.0[index])
    }

    /// The model that answers to `name`: by name, else the first whose rule matches, without regard to case.
    ///
    /// A compact date at the end (`-20251211`) is also tried as `-2025-12-11`.
    pub fn find(&self, name: &str) -> Option<&Model> {
        let by_rule = |name: &str| self.0.iter().find(|model| model.answers_to(name));
        self.get(name).or_else(|| by_rule(name)).or_else(|| by_rule(&matching::spell_out_date(name)?))
    }
}

impl IntoIterator for Models {
    type Item = Model;
    type IntoIter = std::vec::IntoIter<Model>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}
