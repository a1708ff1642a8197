//! `model_prices_and_context_window.json` of BerriAI/litellm.
//!
//! `{key: {litellm_provider, mode, max_input_tokens, …_cost_per_…}}`. A key is the model's name, often behind the
//! provider's and a region's; a price field is a base name with suffixes for context (`_above_200k_tokens`) and
//! service tier (`_batches`, `_flex`, `_priority`), in dollars per unit.

mod key;
mod price;

use std::collections::{BTreeMap, BTreeSet};

use super::{ImportError, fields::Fields, recorder::Recorder};
use crate::catalogue::{Capability, Catalogue, Figure, Finding, FindingKind, Model, ModelType, Models, Source};
use key::Key;

const SOURCE: Source = Source::Litellm;

/// Entries that describe the file, not a model.
const NOT_MODELS: [&str; 2] = ["sample_spec", "fallback_generalizations"];

/// Reads the file.
pub fn import(text: &str) -> Result<Catalogue, ImportError> {
    let entries: BTreeMap<String, Fields<'_>> =
        serde_json::from_str(text).map_err(|reason| ImportError::Malformed { source_name: SOURCE, reason })?;
    let mut findings = Vec::new();
    let mut providers: BTreeMap<Box<str>, BTreeMap<Box<str>, Model>> = BTreeMap::new();
    for (key, fields) in entries.iter().filter(|(key, _)| !NOT_MODELS.contains(&key.as_str())) {
        let provider = fields.text("litellm_provider").unwrap_or_default();
        let mut recorder =
            Recorder { source: SOURCE, provider: &provider, model: key, prices: Vec::new(), findings: &mut findings };
        if provider.is_empty() {
            recorder.find(FindingKind::Malformed { field: "litellm_provider".into(), value: "".into() });
            continue;
        }
        let Some((model, region)) = read_model(key, fields, recorder) else { continue };
        let models = providers.entry(provider.clone().into()).or_default();
        match models.remove(&model.name) {
            None => {
                models.insert(model.name.clone(), model);
            }
            Some(earlier) => {
                let joined = join(earlier, model, region, &provider, key, &mut findings);
                models.insert(joined.name.clone(), joined);
            }
        }
    }
    let providers =
        providers.into_iter().map(|(name, models)| (name, Models::new(models.into_values().collect()))).collect();
    Ok(Catalogue { providers, findings })
}

/// The model and whether its entry is about one region only.
fn read_model(key: &str, fields: &Fields<'_>, mut recorder: Recorder<'_>) -> Option<(Model, IsRegional)> {
    let Key { name, region, variant } = Key::read(key, recorder.provider);
    if let Some(variant) = variant {
        for (field, raw) in fields.iter().filter(|(field, _)| field.contains("cost")) {
            recorder.inexpressible(&format!("{field} of {variant}"), raw);
        }
        return None;
    }
    let mode = fields.text("mode");
    let Some(kind) = mode.as_deref().map_or_else(|| Some(ModelType::from_name(name)), model_type) else {
        recorder.find(FindingKind::UnservedType { value: mode.unwrap_or_default().into() });
        return None;
    };
    let mut model = Model::new(name, kind);
    let figure = |key: &str| fields.whole(key).filter(|value| *value > 0);
    let sourced = |value| Figure { value, source: SOURCE };
    model.context_window = figure("max_input_tokens").or_else(|| figure("max_tokens")).map(sourced);
    model.max_output_tokens = figure("max_output_tokens").map(sourced);
    model.capabilities = capabilities(fields);
    model.retired_on = fields.text("deprecation_date").filter(|text| is_day(text)).map(Into::into);
    price::read(fields, mode.as_deref(), region, &mut recorder);
    recorder.finish(&mut model);
    Some((model, if region.is_some() { IsRegional::Yes } else { IsRegional::No }))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum IsRegional {
    Yes,
    No,
}

/// Two entries of one model: prices of both; the description of the one that is not about a region.
fn join(
    earlier: Model,
    later: Model,
    later_is: IsRegional,
    provider: &str,
    key: &str,
    findings: &mut Vec<Finding>,
) -> Model {
    let (mut described, other) = if later_is == IsRegional::Yes { (earlier, later) } else { (later, earlier) };
    for price in other.prices {
        let same = described.prices.iter().find(|it| it.meter == price.meter && it.conditions == price.conditions);
        match same {
            None => described.prices.push(price),
            Some(same) if same.rate == price.rate => {}
            Some(same) => findings.push(Finding {
                source: SOURCE,
                provider: provider.into(),
                model: key.into(),
                kind: FindingKind::Conflict {
                    field: price.meter.as_str().into(),
                    kept: same.rate.per_million().into(),
                    kept_source: SOURCE,
                    value: price.rate.per_million().into(),
                },
            }),
        }
    }
    described.sort_prices();
    described
}

fn model_type(mode: &str) -> Option<ModelType> {
    Some(match mode {
        "chat" | "completion" | "responses" | "realtime" => ModelType::Llm,
        "embedding" => ModelType::Embedding,
        "image_generation" | "image_edit" => ModelType::Image,
        "audio_transcription" | "audio_speech" => ModelType::Audio,
        "rerank" => ModelType::Rerank,
        "moderation" => ModelType::Moderation,
        _ => return None,
    })
}

fn capabilities(fields: &Fields<'_>) -> BTreeSet<Capability> {
    let flags = [
        ("supports_function_calling", Capability::Tools),
        ("supports_parallel_function_calling", Capability::ParallelTools),
        ("supports_response_schema", Capability::StructuredOutput),
        ("supports_reasoning", Capability::Reasoning),
        ("supports_vision", Capability::ImageInput),
        ("supports_pdf_input", Capability::DocumentInput),
        ("supports_audio_input", Capability::AudioInput),
        ("supports_video_input", Capability::VideoInput),
        ("supports_audio_output", Capability::AudioOutput),
        ("supports_prompt_caching", Capability::PromptCaching),
        ("supports_web_search", Capability::WebSearch),
        ("supports_computer_use", Capability::ComputerUse),
        ("supports_assistant_prefill", Capability::Prefill),
    ];
    let mut capabilities: BTreeSet<Capability> =
        flags.into_iter().filter(|(field, _)| fields.is_true(field)).map(|(_, capability)| capability).collect();
    if fields.texts("supported_output_modalities").iter().any(|medium| medium == "image") {
        capabilities.insert(Capability::ImageOutput);
    }
    capabilities
}

/// `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    format!("{text}T00:00:00Z").parse::<glaux_kernel::Timestamp>().is_ok()
}
