//! `api.json` of anomalyco/models.dev, or its TOML files compiled into one JSON.
//!
//! `{provider: {models: {model: {…}}}}` or `{provider: {model: {…}}}`. `cost` is in dollars per million tokens, as
//! numbers or as strings; its `tiers` and `context_over_200k` hold for the whole request. `base_model` names a model
//! whose description, not its cost, is inherited.

use std::collections::BTreeSet;

use glaux_llm::{Conditions, Meter, ServiceTier};
use serde_json::value::RawValue;

use super::{ImportError, fields::Fields, recorder::Recorder};
use crate::catalogue::{Capability, Catalogue, Figure, Finding, FindingKind, Model, ModelType, Models, Source};

const SOURCE: Source = Source::ModelsDev;
const PER_MILLION: i32 = 6;

/// Reads the file.
pub fn import(text: &str) -> Result<Catalogue, ImportError> {
    let outer: Fields<'_> =
        serde_json::from_str(text).map_err(|reason| ImportError::Malformed { source_name: SOURCE, reason })?;
    let mut catalogue = Catalogue::default();
    for (name, raw) in outer.iter() {
        let Some(provider) = Fields::of(raw) else { continue };
        let listed = models_of(provider);
        let findings = &mut catalogue.findings;
        let models =
            listed.iter().filter_map(|(id, raw)| read_model(&outer, name, id, &Fields::of(raw)?, findings)).collect();
        catalogue.providers.insert(name.into(), Models::new(models));
    }
    Ok(catalogue)
}

fn models_of(provider: Fields<'_>) -> Fields<'_> {
    provider.object("models").unwrap_or(provider)
}

fn read_model(
    outer: &Fields<'_>,
    provider: &str,
    id: &str,
    fields: &Fields<'_>,
    findings: &mut Vec<Finding>,
) -> Option<Model> {
    let mut recorder = Recorder { source: SOURCE, provider, model: id, prices: Vec::new(), findings };
    let base = find_base(outer, fields, &mut recorder);
    let described = |key: &str| {
        let own = Some(fields).filter(|fields| fields.has(key));
        own.or_else(|| base.as_ref().filter(|_| !fields.texts("base_model_omit").iter().any(|omitted| omitted == key)))
    };
    let modalities = described("modalities").and_then(|fields| fields.object("modalities"));
    let (inputs, outputs) = match &modalities {
        Some(modalities) => (modalities.texts("input"), modalities.texts("output")),
        None => (Vec::new(), Vec::new()),
    };
    let Some(kind) = model_type(id, &inputs, &outputs) else {
        recorder.find(FindingKind::UnservedType { value: outputs.join(" ").into() });
        return None;
    };
    let mut model = Model::new(id, kind);
    let limit = described("limit").and_then(|fields| fields.object("limit"));
    let figure = |key: &str| {
        let value = limit.as_ref()?.whole(key).filter(|value| *value > 0)?;
        Some(Figure { value, source: SOURCE })
    };
    (model.context_window, model.max_output_tokens) = (figure("context"), figure("output"));
    model.capabilities = media_capabilities(&inputs, &outputs);
    let flags = [
        ("tool_call", Capability::Tools),
        ("reasoning", Capability::Reasoning),
        ("structured_output", Capability::StructuredOutput),
    ];
    let is_flagged = |key: &str| described(key).is_some_and(|fields| fields.is_true(key));
    model.capabilities.extend(flags.into_iter().filter(|(key, _)| is_flagged(key)).map(|(_, capability)| capability));
    read_costs(fields, &mut recorder);
    recorder.finish(&mut model);
    Some(model)
}

/// The model that `base_model` names as `provider/model`.
fn find_base<'a>(outer: &Fields<'a>, fields: &Fields<'_>, recorder: &mut Recorder<'_>) -> Option<Fields<'a>> {
    let reference = fields.text("base_model")?;
    let found = reference.split_once('/').and_then(|(provider, id)| models_of(outer.object(provider)?).object(id));
    if found.is_none() {
        recorder.find(FindingKind::MissingBase { value: reference.into() });
    }
    found
}

/// `None`: it makes what is not served here.
fn model_type(id: &str, inputs: &[String], outputs: &[String]) -> Option<ModelType> {
    let has = |list: &[String], word: &str| list.iter().any(|item| item == word);
    let from_name = ModelType::from_name(id);
    if outputs.is_empty() || (has(outputs, "text") && from_name != ModelType::Llm) {
        Some(from_name)
    } else if has(outputs, "text") {
        let only_hears = has(inputs, "audio") && !has(inputs, "text");
        Some(if only_hears { ModelType::Audio } else { ModelType::Llm })
    } else if has(outputs, "image") {
        Some(ModelType::Image)
    } else {
        has(outputs, "audio").then_some(ModelType::Audio)
    }
}

fn media_capabilities(inputs: &[String], outputs: &[String]) -> BTreeSet<Capability> {
    let read = inputs.iter().filter_map(|medium| match medium.as_str() {
        "image" => Some(Capability::ImageInput),
        "pdf" => Some(Capability::DocumentInput),
        "audio" => Some(Capability::AudioInput),
        "video" => Some(Capability::VideoInput),
        _ => None,
    });
    let written = outputs.iter().filter_map(|medium| match medium.as_str() {
        "image" => Some(Capability::ImageOutput),
        "audio" => Some(Capability::AudioOutput),
        _ => None,
    });
    read.chain(written).collect()
}

fn read_costs(fields: &Fields<'_>, recorder: &mut Recorder<'_>) {
    if let Some(cost) = fields.object("cost") {
        read_cost(&cost, &Conditions::default(), recorder);
    }
    let modes = fields.object("experimental").and_then(|experimental| experimental.object("modes"));
    for (name, raw) in modes.iter().flat_map(Fields::iter) {
        let Some(mode) = Fields::of(raw) else { continue };
        let body = mode.object("provider").and_then(|provider| provider.object("body"));
        let tier = body.and_then(|body| body.text("service_tier"));
        match (mode.object("cost"), tier.as_deref()) {
            (Some(cost), Some("priority")) => {
                let priority = Conditions { service_tier: ServiceTier::Priority, ..Conditions::default() };
                read_cost(&cost, &priority, recorder);
            }
            _ => recorder.inexpressible(&format!("experimental.modes.{name}"), raw),
        }
    }
}

fn read_cost(cost: &Fields<'_>, conditions: &Conditions, recorder: &mut Recorder<'_>) {
    for (field, raw) in cost.iter() {
        match (field, meter(field)) {
            (_, Some(meter)) => recorder.price(field, raw, PER_MILLION, meter, conditions),
            ("context_over_200k", _) => match Fields::of(raw) {
                Some(dearer) => {
                    let above = Conditions { above_input_tokens: Some(200_000), ..conditions.clone() };
                    read_cost(&dearer, &above, recorder);
                }
                None => recorder.malformed(field, raw),
            },
            ("tiers", _) => match cost.read::<Vec<Fields<'_>>>(field) {
                Some(tiers) => tiers.iter().for_each(|tier| read_tier(tier, raw, conditions, recorder)),
                None => recorder.malformed(field, raw),
            },
            ("tier", _) => {}
            _ => recorder.inexpressible(&format!("cost.{field}"), raw),
        }
    }
}

/// `{tier: {type: "context", size}, input, output, …}`: dearer rates above `size` input tokens.
fn read_tier(tier: &Fields<'_>, raw: &RawValue, conditions: &Conditions, recorder: &mut Recorder<'_>) {
    let bound = tier.object("tier");
    let kind = bound.as_ref().and_then(|bound| bound.text("type"));
    match bound.and_then(|bound| bound.whole("size")) {
        Some(size) if kind.is_none_or(|kind| kind == "context") => {
            read_cost(tier, &Conditions { above_input_tokens: Some(size), ..conditions.clone() }, recorder);
        }
        _ => recorder.inexpressible("cost.tiers", raw),
    }
}

fn meter(field: &str) -> Option<Meter> {
    Some(match field {
        "input" => Meter::InputTokens,
        "cache_read" => Meter::CachedInputTokens,
        "cache_write" => Meter::CacheWriteTokens,
        "input_audio" => Meter::InputAudioTokens,
        "output" => Meter::OutputTokens,
        "output_audio" => Meter::OutputAudioTokens,
        "reasoning" => Meter::ReasoningTokens,
        _ => return None,
    })
}
