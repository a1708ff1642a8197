//! The catalogue in the binary: `data/catalog/`.
//!
//! Embedded as text and read by need: one model is found by its line, a provider's list is read when it is asked for,
//! and nothing at start.

use crate::catalogue::{
    Disagreement, Model, Models, ProviderEntry, Stamp,
    file::{self, FileError},
};

const PROVIDERS: &str = include_str!("../../../data/catalog/providers.json");
const SOURCES: &str = include_str!("../../../data/catalog/sources.json");
const FINDINGS: &str = include_str!("../../../data/catalog/findings.txt");
/// The provider's name and its file, ordered by name.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/catalog.rs"));

/// Every provider of the catalogue.
pub fn providers() -> Result<Vec<ProviderEntry>, FileError> {
    Ok(serde_json::from_str(PROVIDERS)?)
}

/// The provider of that name.
pub fn provider(name: &str) -> Result<Option<ProviderEntry>, FileError> {
    Ok(providers()?.into_iter().find(|entry| *entry.name == *name))
}

/// Which editions of the sources the figures were taken from.
pub fn stamps() -> Result<Vec<Stamp>, FileError> {
    Ok(serde_json::from_str(SOURCES)?)
}

/// Where the sources disagree, as far as `provider` is concerned; by provider and model.
pub fn disagreements(provider: Option<&str>) -> impl Iterator<Item = Disagreement<'static>> {
    let all = FINDINGS.lines().filter_map(Disagreement::parse);
    all.filter(move |found| provider.is_none_or(|provider| found.provider == provider))
}

/// Every model of `provider`; none if the catalogue does not have the provider.
pub fn models(provider: &str) -> Result<Models, FileError> {
    text(provider).map_or_else(|| Ok(Models::default()), file::parse)
}

/// The model of `provider` that answers to `name`.
pub fn find(provider: &str, name: &str) -> Result<Option<Model>, FileError> {
    let Some(text) = text(provider) else { return Ok(None) };
    match file::find(text, name)? {
        Some(model) => Ok(Some(model)),
        None => Ok(file::parse(text)?.find(name).cloned()),
    }
}

/// The file of `provider`.
pub fn text(provider: &str) -> Option<&'static str> {
    let index = FILES.binary_search_by(|(name, _)| (*name).cmp(provider)).ok()?;
    Some(FILES[index].1)
}
