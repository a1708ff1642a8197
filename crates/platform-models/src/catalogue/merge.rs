//! Several editions of published lists → one catalogue.
//!
//! The sources are asked in the order of [`Source::BY_PRECEDENCE`]; the first that states a figure is followed and
//! named. What another says differently is a finding. Where a source agrees on today's rate and also knows since when
//! it holds, or until when, its dates are taken over.

mod prices;

use std::collections::BTreeSet;

use super::{
    Catalogue, Figure, Finding, FindingKind, Model, Models, ProviderEntry, Source, Stamp,
    file::{self, FileError},
};

/// A source as it was on one day.
#[derive(Debug, Clone)]
pub struct Edition {
    /// Which.
    pub stamp: Stamp,
    /// What it says.
    pub catalogue: Catalogue,
}

/// What several sources say together.
#[derive(Debug)]
pub struct Merged {
    /// The models of each entry that names a source, in the order of the entries.
    pub providers: Vec<(ProviderEntry, Models)>,
    /// Where they disagree, by the catalogue's provider names.
    pub findings: Vec<Finding>,
}

/// Brings the editions together under the names of `entries`.
pub fn merge(entries: &[ProviderEntry], editions: &[Edition]) -> Merged {
    let editions = in_order(editions);
    let mut findings = Vec::new();
    let mut merge_entry = |entry: &ProviderEntry| {
        let voices = editions.iter().map(|edition| Voice::of(edition, entry)).collect::<Vec<_>>();
        let names: BTreeSet<&str> = voices
            .iter()
            .flat_map(|voice| &voice.lists)
            .flat_map(|list| list.iter())
            .map(|model| &*model.name)
            .collect();
        let merged = names.iter().map(|name| merge_model(&entry.name, name, &voices, &mut findings));
        let mut models: Vec<Model> = merged.collect();
        for model in &mut models {
            model.matches = model.matches.take().and_then(|rule| rule.without_names(&|name| names.contains(name)));
        }
        (entry.clone(), Models::new(models))
    };
    let providers = entries.iter().filter(|entry| !entry.sources.is_empty()).map(&mut merge_entry).collect();
    Merged { providers, findings }
}

/// The files of `data/catalog/` by name: one per provider, the editions, the findings. Files written by hand are not among
/// them.
pub fn render(merged: &Merged, editions: &[Edition]) -> Result<Vec<(String, String)>, FileError> {
    let mut files = Vec::with_capacity(merged.providers.len() + 2);
    for (entry, models) in &merged.providers {
        files.push((format!("{}.json", entry.name), file::render(&entry.name, models)?));
    }
    let stamps: Result<Vec<String>, _> =
        in_order(editions).into_iter().map(|edition| serde_json::to_string(&edition.stamp)).collect();
    files.push(("sources.json".to_owned(), format!("[\n{}\n]\n", stamps?.join(",\n"))));
    let findings: String = merged.findings.iter().map(|finding| format!("{finding}\n")).collect();
    files.push(("findings.txt".to_owned(), findings));
    Ok(files)
}

/// The one that is believed first at the front.
fn in_order(editions: &[Edition]) -> Vec<&Edition> {
    let mut editions: Vec<&Edition> = editions.iter().collect();
    editions.sort_by_key(|edition| Source::BY_PRECEDENCE.iter().position(|source| *source == edition.stamp.source));
    editions
}

/// What one source has to say about one provider.
struct Voice<'a> {
    stamp: &'a Stamp,
    lists: Vec<&'a Models>,
}

impl<'a> Voice<'a> {
    fn of(edition: &'a Edition, entry: &ProviderEntry) -> Self {
        let names = entry.sources.get(&edition.stamp.source).into_iter().flatten();
        let lists = names.filter_map(|name| edition.catalogue.providers.get(name)).collect();
        Self { stamp: &edition.stamp, lists }
    }

    fn get(&self, name: &str) -> Option<&'a Model> {
        self.lists.iter().find_map(|list| list.get(name))
    }

    fn find(&self, name: &str) -> Option<&'a Model> {
        self.get(name).or_else(|| self.lists.iter().find_map(|list| list.find(name)))
    }
}

fn merge_model(provider: &str, name: &str, voices: &[Voice<'_>], findings: &mut Vec<Finding>) -> Model {
    let mut described: Vec<(Source, &Model)> =
        voices.iter().filter_map(|voice| Some((voice.stamp.source, voice.get(name)?))).collect();
    // It states no types, and few limits: another's description says more.
    described.sort_by_key(|(source, _)| *source == Source::GenaiPrices);
    let mut report = |source: Source, kind: FindingKind| {
        findings.push(Finding { source, provider: provider.into(), model: name.into(), kind });
    };
    let kind = described.first().map_or_else(|| super::ModelType::from_name(name), |(_, model)| model.kind);
    let mut merged = Model::new(name, kind);
    let figure = |of: fn(&Model) -> Option<Figure>| described.iter().find_map(|(_, model)| of(model));
    merged.context_window = figure(|model| model.context_window);
    merged.max_output_tokens = figure(|model| model.max_output_tokens);
    for (source, model) in &described {
        merged.capabilities.extend(&model.capabilities);
        merged.retired_on = merged.retired_on.or_else(|| model.retired_on.clone());
        merged.matches = merged.matches.or_else(|| model.matches.clone());
        let figures = [
            ("context_window", merged.context_window, model.context_window),
            ("max_output_tokens", merged.max_output_tokens, model.max_output_tokens),
        ];
        for (field, kept, other) in figures {
            if let (Some(kept), Some(other)) = (kept, other)
                && kept.value != other.value
            {
                report(*source, conflict(field, kept.value.to_string(), kept.source, other.value.to_string()));
            }
        }
    }
    let statements = voices.iter().filter_map(|voice| Some((voice.stamp, voice.find(name)?))).collect();
    merged.prices = prices::merge(name, statements, &mut report);
    merged.sort_prices();
    merged
}

fn conflict(field: &str, kept: String, kept_source: Source, value: String) -> FindingKind {
    FindingKind::Conflict { field: field.into(), kept: kept.into(), kept_source, value: value.into() }
}
