//! `glaux catalog import`.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use clap::Args;
use glaux_platform_models::{
    catalogue::{
        ProviderEntry, Stamp,
        merge::{Edition, merge, render},
    },
    import::{detect, import as read_list},
};
use serde::de::DeserializeOwned;

/// Options of `glaux catalog import`.
#[derive(Args)]
pub(crate) struct Options {
    /// Price lists of litellm, models.dev and genai-prices, one of each source that `sources.json` names
    #[arg(required = true)]
    lists: Vec<PathBuf>,
    /// The folder of the catalogue, with `providers.json` and `sources.json`
    #[arg(long, default_value = "data/catalog")]
    catalog: PathBuf,
}

/// Reads every list, merges them, writes the catalogue's files.
pub(crate) fn import(options: &Options) -> anyhow::Result<()> {
    let folder = &options.catalog;
    let entries: Vec<ProviderEntry> = read_json(&folder.join("providers.json"))?;
    let mut stamps: Vec<Stamp> = read_json(&folder.join("sources.json"))?;
    let mut editions = Vec::new();
    for path in &options.lists {
        editions.push(read_edition(path, &mut stamps)?);
    }
    if let Some(missing) = stamps.first() {
        bail!("sources.json names {}, and no list of it was given; its figures would be lost", missing.source);
    }
    let merged = merge(&entries, &editions);
    for (name, text) in render(&merged, &editions)? {
        let path = folder.join(name);
        fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
    }
    let models: usize = merged.providers.iter().map(|(_, models)| models.iter().count()).sum();
    let (providers, findings) = (merged.providers.len(), merged.findings.len());
    writeln!(io::stdout().lock(), "{models} models of {providers} providers, {findings} findings in findings.txt")?;
    Ok(())
}

/// The list at `path`; its stamp is taken out of `stamps`.
fn read_edition(path: &Path, stamps: &mut Vec<Stamp>) -> anyhow::Result<Edition> {
    let shown = path.display();
    let text = fs::read_to_string(path).with_context(|| format!("can't read {shown}"))?;
    let source = detect(&text).with_context(|| format!("{shown} is no list of litellm, models.dev or genai-prices"))?;
    let named = stamps.iter().position(|stamp| stamp.source == source);
    let named = named.with_context(|| format!("{shown} is a list of {source}, which sources.json does not name"))?;
    let catalogue = read_list(source, &text).with_context(|| format!("can't read {shown}"))?;
    Ok(Edition { stamp: stamps.remove(named), catalogue })
}

fn read_json<T: DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let text = fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} has another form", path.display()))
}
