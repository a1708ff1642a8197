//! Usage objects with the counts that another program found in them.

use std::collections::BTreeMap;

use glaux_llm::{Meter, MeterGroup, Usage, extract, extract::Shape, json::Node};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::read;

#[derive(Deserialize)]
pub(super) struct Sample {
    body: BTreeMap<String, Box<RawValue>>,
    model: Option<String>,
    extracted: Vec<Extracted>,
}

#[derive(Deserialize)]
pub(super) struct Extracted {
    extractors: Vec<Extractor>,
    usage: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
pub(super) struct Extractor {
    pub(super) provider_id: String,
    pub(super) api_flavor: String,
    pub(super) input_price: Option<String>,
    pub(super) output_price: Option<String>,
    pub(super) total_price: Option<String>,
}

impl Sample {
    pub(super) fn object(&self) -> Node<'_> {
        let field = ["usage", "usageMetadata", "meta"].into_iter().find_map(|name| self.body.get(name)).unwrap();
        Node::parse(field.get().as_bytes()).unwrap()
    }

    /// The model, as the answer named it or else as the price list knows it.
    pub(super) fn model(&self) -> String {
        let named = ["model", "modelVersion"].into_iter().find_map(|name| self.body.get(name));
        let named = named.and_then(|text| serde_json::from_str(text.get()).ok());
        self.model.clone().or(named).unwrap_or_default()
    }

    /// Provider and flavor of the API that the object came from: by its shape, else by the file it was recorded in.
    fn api(&self) -> (&'static str, &'static str) {
        let file = self.body["file"].get();
        let recorded = |part: &str| file.contains(part);
        match Shape::of(self.object()) {
            Some(Shape::Anthropic) => ("anthropic", "default"),
            Some(Shape::Gemini) => ("google", "default"),
            Some(Shape::Bedrock) => ("aws", "default"),
            Some(Shape::Cohere) if self.body.contains_key("meta") => ("cohere", "embeddings"),
            Some(Shape::Cohere) => ("cohere", "default"),
            Some(Shape::OpenAi) if self.object().get("input_tokens").is_some() => ("openai", "responses"),
            _ if self.object().get("completion_tokens").is_none() => ("openai", "embeddings"),
            _ if recorded("groq") => ("groq", "default"),
            _ if recorded("mistral") => ("mistral", "default"),
            _ if recorded("openrouter") => ("openrouter", "chat"),
            _ if recorded("deepseek") => ("deepseek", "chat"),
            _ if recorded("cerebras") => ("cerebras", "chat"),
            _ if recorded("zai") => ("zai", "chat"),
            _ => ("openai", "chat"),
        }
    }

    /// What the extractor of that API found, and what it says that it costs.
    pub(super) fn own(&self) -> Option<(&BTreeMap<String, u64>, &Extractor)> {
        let (provider, flavor) = self.api();
        let own = |extractor: &&Extractor| extractor.provider_id == provider && extractor.api_flavor == flavor;
        self.extracted.iter().find_map(|group| Some((&group.usage, group.extractors.iter().find(own)?)))
    }
}

/// Our classes under that program's names: its input and output are totals.
fn totals(usage: &Usage) -> [(&'static str, u64); 6] {
    let sum = |meters: &[Meter]| meters.iter().map(|meter| usage.get(*meter)).sum();
    [
        ("input_tokens", usage.total(MeterGroup::Input)),
        ("output_tokens", usage.total(MeterGroup::Output)),
        (
            "cache_read_tokens",
            sum(&[Meter::CachedInputTokens, Meter::CachedInputAudioTokens, Meter::CachedInputImageTokens]),
        ),
        ("cache_write_tokens", sum(&[Meter::CacheWriteTokens, Meter::CacheWriteHourTokens])),
        ("output_reasoning_tokens", usage.get(Meter::ReasoningTokens)),
        ("output_image_tokens", usage.get(Meter::OutputImageTokens)),
    ]
}

#[test]
fn every_object_is_read_by_the_extractor_of_its_own_api() {
    let Some(bytes) = read("prices/usages_dev.json.gz") else { return };
    let samples: Vec<Sample> = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(samples.len(), 812);
    let (mut equal, mut cached, mut wrong) = (0, 0, Vec::new());
    for sample in &samples {
        let (provider, flavor) = sample.api();
        let Some((expected, _)) = sample.own() else {
            wrong.push(format!("no {provider}/{flavor} for {}", sample.object().text()));
            continue;
        };
        let Some(found) = extract::read(Shape::of_api(provider, flavor), sample.object()) else {
            wrong.push(format!("{provider}/{flavor} read nothing of {}", sample.object().text()));
            continue;
        };
        let differs =
            totals(&found.usage).into_iter().find(|(name, count)| expected.get(*name).copied().unwrap_or(0) != *count);
        match differs {
            None => equal += 1,
            // That program does not know Mistral's `num_cached_tokens`, for which Mistral charges the input's rate.
            Some(("cache_read_tokens", _)) if provider == "mistral" => cached += 1,
            Some((name, count)) => wrong
                .push(format!("{provider}/{flavor} {name} {count} is not {expected:?} of {}", sample.object().text())),
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((equal, cached), (796, 16));
}
