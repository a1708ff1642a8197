//! `prices/data.json` of pydantic/genai-prices, version 1 and 2 of its units.
//!
//! A list of providers `{id, models: [{id, match, context_window?, prices}]}`. `prices` maps `<unit>_mtok` (dollars
//! per million) or `<unit>_kcount` (per thousand) to a number or to `{base, tiers: [{start, price}]}`, whose price holds
//! for the whole request once its input exceeds `start`; or it is a list of `{constraint?, prices}`, of which the last
//! one whose constraint holds counts. A constraint is `{start_date}`, or `{start_time, end_time}` of the day.

use glaux_kernel::Timestamp;
use glaux_llm::{Conditions, Meter};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{ImportError, fields::Fields, recorder::Recorder};
use crate::catalogue::{Catalogue, Figure, Finding, FindingKind, Match, Model, ModelType, Models, Source};

const SOURCE: Source = Source::GenaiPrices;

/// What describes a model and is no price.
const DESCRIPTION: [&str; 8] =
    ["id", "match", "name", "description", "context_window", "price_comments", "deprecated", "prices"];

/// Reads the file.
pub fn import(text: &str) -> Result<Catalogue, ImportError> {
    let providers: Vec<Provider<'_>> =
        serde_json::from_str(text).map_err(|reason| ImportError::Malformed { source_name: SOURCE, reason })?;
    let mut catalogue = Catalogue::default();
    for provider in providers {
        let findings = &mut catalogue.findings;
        let models = provider.models.iter().filter_map(|fields| read_model(&provider.id, fields, findings)).collect();
        catalogue.providers.insert(provider.id.into(), Models::new(models));
    }
    Ok(catalogue)
}

#[derive(Deserialize)]
struct Provider<'a> {
    id: String,
    #[serde(borrow)]
    models: Vec<Fields<'a>>,
}

fn read_model(provider: &str, fields: &Fields<'_>, findings: &mut Vec<Finding>) -> Option<Model> {
    let id = fields.text("id").unwrap_or_default();
    let mut recorder = Recorder { source: SOURCE, provider, model: &id, prices: Vec::new(), findings };
    let mut model = Model::new(&id, ModelType::from_name(&id));
    model.context_window = fields.whole("context_window").map(|value| Figure { value, source: SOURCE });
    if let Some(raw) = fields.get("match") {
        match serde_json::from_str::<Match>(raw.get()) {
            Ok(rule) if rule.broken_expression().is_none() => model.matches = Some(rule),
            _ => recorder.malformed("match", raw),
        }
    }
    for (field, raw) in fields.iter().filter(|(field, _)| !DESCRIPTION.contains(field)) {
        recorder.inexpressible(field, raw);
    }
    match fields.get("prices") {
        Some(raw) => read_prices(raw, &mut recorder),
        None => recorder.find(FindingKind::Malformed { field: "prices".into(), value: "".into() }),
    }
    recorder.finish(&mut model);
    (!id.is_empty()).then_some(model)
}

fn read_prices(raw: &RawValue, recorder: &mut Recorder<'_>) {
    if let Some(prices) = Fields::of(raw) {
        return read_set(&prices, &Conditions::default(), recorder);
    }
    let Ok(sets) = serde_json::from_str::<Vec<Fields<'_>>>(raw.get()) else {
        return recorder.malformed("prices", raw);
    };
    let mut dated: Vec<(Conditions, Fields<'_>)> = Vec::new();
    for set in &sets {
        let Some(prices) = set.object("prices") else {
            recorder.malformed("prices", raw);
            continue;
        };
        match set.object("constraint").map(|constraint| read_constraint(&constraint)) {
            None => dated.push((Conditions::default(), prices)),
            Some(Some(conditions)) if conditions.minutes_of_day.is_some() => read_set(&prices, &conditions, recorder),
            Some(Some(conditions)) => dated.push((conditions, prices)),
            Some(None) => set.get("constraint").into_iter().for_each(|raw| recorder.inexpressible("constraint", raw)),
        }
    }
    dated.sort_by_key(|(conditions, _)| conditions.effective_from);
    for index in 0..dated.len() {
        let effective_until = dated.get(index + 1).and_then(|(next, _)| next.effective_from);
        let (conditions, prices) = &dated[index];
        read_set(prices, &Conditions { effective_until, ..conditions.clone() }, recorder);
    }
}

fn read_constraint(constraint: &Fields<'_>) -> Option<Conditions> {
    let keys: Vec<&str> = constraint.keys().collect();
    match keys.as_slice() {
        ["start_date"] => {
            let from: Timestamp = format!("{}T00:00:00Z", constraint.text("start_date")?).parse().ok()?;
            Some(Conditions { effective_from: Some(from), ..Conditions::default() })
        }
        ["end_time", "start_time"] => {
            let minute = |key: &str| minute_of_day(&constraint.text(key)?);
            let minutes_of_day = Some((minute("start_time")?, minute("end_time")?));
            Some(Conditions { minutes_of_day, ..Conditions::default() })
        }
        _ => None,
    }
}

/// `00:30:00Z` as minutes after midnight UTC.
fn minute_of_day(time: &str) -> Option<u16> {
    let moment: Timestamp = format!("1970-01-01T{time}").parse().ok()?;
    Some(moment.minute_of_day())
}

fn read_set(prices: &Fields<'_>, conditions: &Conditions, recorder: &mut Recorder<'_>) {
    for (unit, raw) in prices.iter() {
        let Some((meter, power)) = meter(unit) else {
            recorder.inexpressible(unit, raw);
            continue;
        };
        let Some(tiered) = Fields::of(raw) else {
            recorder.price(unit, raw, power, meter, conditions);
            continue;
        };
        let tiers: Option<Vec<Fields<'_>>> = tiered.read("tiers");
        let (Some(base), Some(tiers)) = (tiered.get("base"), tiers) else {
            recorder.malformed(unit, raw);
            continue;
        };
        recorder.price(unit, base, power, meter, conditions);
        for tier in tiers {
            match (tier.whole("start"), tier.get("price")) {
                (Some(start), Some(price)) => {
                    let above = Conditions { above_input_tokens: Some(start), ..conditions.clone() };
                    recorder.price(unit, price, power, meter, &above);
                }
                _ => recorder.malformed(unit, raw),
            }
        }
    }
}

/// The meter of a unit, and the power of ten of units that its price is for.
fn meter(unit: &str) -> Option<(Meter, i32)> {
    let (name, power) = match (unit.strip_suffix("_mtok"), unit.strip_suffix("_kcount")) {
        (Some(name), _) => (name, 6),
        (None, Some(name)) => (name, 3),
        (None, None) => return None,
    };
    let meter = match name {
        "input" => Meter::InputTokens,
        "cache_read" => Meter::CachedInputTokens,
        "cache_write" => Meter::CacheWriteTokens,
        "cache_write_1h" => Meter::CacheWriteHourTokens,
        "input_audio" => Meter::InputAudioTokens,
        "cache_audio_read" => Meter::CachedInputAudioTokens,
        "input_image" => Meter::InputImageTokens,
        "cache_image_read" => Meter::CachedInputImageTokens,
        "input_video" => Meter::InputVideoTokens,
        "output" => Meter::OutputTokens,
        "output_reasoning" => Meter::ReasoningTokens,
        "output_audio" => Meter::OutputAudioTokens,
        "output_image" => Meter::OutputImageTokens,
        "web_searches" => Meter::WebSearches,
        "requests" => Meter::Calls,
        _ => return None,
    };
    Some((meter, power))
}
