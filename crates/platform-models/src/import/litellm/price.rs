use glaux_llm::{Conditions, Meter, MeterGroup, ServiceTier};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::import::{
    decimal::Decimal,
    fields::{Fields, number},
    recorder::Recorder,
};

/// Reads every price of an entry. With a `region` they hold there only.
pub(super) fn read(fields: &Fields<'_>, mode: Option<&str>, region: Option<&str>, recorder: &mut Recorder<'_>) {
    let conditions = Conditions { region: region.map(Into::into), ..Conditions::default() };
    let entry = Entry { mode: mode.unwrap_or_default(), makes_images_by_output: fields.has("output_cost_per_image") };
    for (field, raw) in fields.iter() {
        match field {
            "tiered_pricing" => read_context_tiers(raw, entry, &conditions, recorder),
            "off_peak_pricing" => read_off_peak(raw, entry, &conditions, recorder),
            "search_context_cost_per_query" => read_search(raw, &conditions, recorder),
            "provider_specific_entry" | "search_free_requests" => {}
            _ if field.contains("cost") || field.contains("uplift_multiplier") => {
                read_field(field, raw, entry, &conditions, recorder);
            }
            _ => {}
        }
    }
    if let Some(raw) = fields.get("search_free_requests") {
        recorder.inexpressible("search_free_requests", raw);
    }
    read_regional_multipliers(fields, recorder);
}

/// What of an entry decides how its fields are meant.
#[derive(Clone, Copy)]
struct Entry<'a> {
    mode: &'a str,
    makes_images_by_output: bool,
}

fn read_field(field: &str, raw: &RawValue, entry: Entry<'_>, conditions: &Conditions, recorder: &mut Recorder<'_>) {
    if field.starts_with("regional_processing_uplift_multiplier_") {
        return;
    }
    let suffixed = Suffixed::read(field);
    let conditions = Conditions {
        above_input_tokens: suffixed.above.or(conditions.above_input_tokens),
        service_tier: suffixed.tier,
        ..conditions.clone()
    };
    match meter(suffixed.base, entry) {
        Some((meter, power)) => recorder.price(field, raw, power, meter, &conditions),
        None => recorder.inexpressible(field, raw),
    }
}

/// A field name without its suffixes, and what they say.
struct Suffixed<'a> {
    base: &'a str,
    above: Option<u64>,
    tier: ServiceTier,
}

impl<'a> Suffixed<'a> {
    fn read(field: &'a str) -> Self {
        let tiers =
            [("_batches", ServiceTier::Batch), ("_flex", ServiceTier::Flex), ("_priority", ServiceTier::Priority)];
        let (rest, tier) = tiers
            .into_iter()
            .find_map(|(suffix, tier)| Some((field.strip_suffix(suffix)?, tier)))
            .unwrap_or((field, ServiceTier::Standard));
        let above = rest.strip_suffix("k_tokens").and_then(|rest| rest.rsplit_once("_above_"));
        match above.and_then(|(base, thousands)| Some((base, thousands.parse::<u64>().ok()?.checked_mul(1000)?))) {
            Some((base, threshold)) => Self { base, above: Some(threshold), tier },
            None => Self { base: rest, above: None, tier },
        }
    }
}

/// The meter of a field, and the power of ten of units that its price is for.
fn meter(base: &str, entry: Entry<'_>) -> Option<(Meter, i32)> {
    let hears = matches!(entry.mode, "audio_transcription" | "realtime");
    let speaks = matches!(entry.mode, "audio_speech" | "realtime");
    let makes_images = matches!(entry.mode, "image_generation" | "image_edit");
    // Seconds are counted in thousandths.
    const PER_SECOND: i32 = 3;
    Some(match base {
        "input_cost_per_token" => (Meter::InputTokens, 0),
        "cache_read_input_token_cost" | "input_cost_per_token_cache_hit" => (Meter::CachedInputTokens, 0),
        "cache_creation_input_token_cost" => (Meter::CacheWriteTokens, 0),
        "cache_creation_input_token_cost_above_1hr" => (Meter::CacheWriteHourTokens, 0),
        "input_cost_per_audio_token" => (Meter::InputAudioTokens, 0),
        "cache_read_input_audio_token_cost" => (Meter::CachedInputAudioTokens, 0),
        "input_cost_per_image_token" => (Meter::InputImageTokens, 0),
        "cache_read_input_image_token_cost" => (Meter::CachedInputImageTokens, 0),
        "input_cost_per_video_token" => (Meter::InputVideoTokens, 0),
        "output_cost_per_token" => (Meter::OutputTokens, 0),
        "output_cost_per_reasoning_token" => (Meter::ReasoningTokens, 0),
        "output_cost_per_audio_token" => (Meter::OutputAudioTokens, 0),
        "output_cost_per_image_token" => (Meter::OutputImageTokens, 0),
        "output_cost_per_image" => (Meter::OutputImages, 0),
        // Models that make images state what one costs in either field.
        "input_cost_per_image" if makes_images && !entry.makes_images_by_output => (Meter::OutputImages, 0),
        "input_cost_per_image" => (Meter::InputImages, 0),
        "input_cost_per_second" if hears => (Meter::InputAudioMilliseconds, PER_SECOND),
        "input_cost_per_audio_per_second" => (Meter::InputAudioMilliseconds, PER_SECOND),
        "output_cost_per_second" if speaks => (Meter::OutputAudioMilliseconds, PER_SECOND),
        "input_cost_per_character" if entry.mode == "audio_speech" => (Meter::InputCharacters, 0),
        "input_cost_per_query" if entry.mode == "rerank" => (Meter::SearchUnits, 0),
        "input_cost_per_query" | "input_cost_per_request" => (Meter::Calls, 0),
        "file_search_cost_per_1k_calls" => (Meter::FileSearches, 3),
        _ => return None,
    })
}

/// `[{range: [from, until], input_cost_per_token, …}]`: rates by the input tokens of the request.
fn read_context_tiers(raw: &RawValue, entry: Entry<'_>, conditions: &Conditions, recorder: &mut Recorder<'_>) {
    let Ok(tiers) = serde_json::from_str::<Vec<Fields<'_>>>(raw.get()) else {
        return recorder.malformed("tiered_pricing", raw);
    };
    for tier in &tiers {
        let bounds: Option<[&RawValue; 2]> = tier.read("range");
        let Some(from) = bounds.and_then(|[from, _]| number(from)).and_then(Decimal::whole) else {
            recorder.inexpressible("tiered_pricing", raw);
            continue;
        };
        let above = Conditions { above_input_tokens: Some(from).filter(|from| *from > 0), ..conditions.clone() };
        for (field, raw) in tier.iter().filter(|(field, _)| *field != "range") {
            read_field(field, raw, entry, &above, recorder);
        }
    }
}

/// `{input_cost_per_token, …, windows: [{hours_utc: "16:30-00:30" | […], weekdays?}]}`.
fn read_off_peak(raw: &RawValue, entry: Entry<'_>, conditions: &Conditions, recorder: &mut Recorder<'_>) {
    let Some(rates) = Fields::of(raw) else { return recorder.malformed("off_peak_pricing", raw) };
    let windows: Vec<Window> = rates.read("windows").unwrap_or_default();
    let minutes: Option<Vec<(u16, u16)>> = windows.iter().flat_map(Window::minutes).collect();
    let Some(minutes) = minutes.filter(|minutes| !minutes.is_empty()) else {
        return recorder.inexpressible("off_peak_pricing", raw);
    };
    for minutes_of_day in minutes {
        let window = Conditions { minutes_of_day: Some(minutes_of_day), ..conditions.clone() };
        for (field, raw) in rates.iter().filter(|(field, _)| *field != "windows") {
            read_field(field, raw, entry, &window, recorder);
        }
    }
}

#[derive(Deserialize)]
struct Window {
    hours_utc: Hours,
    weekdays: Option<Vec<u8>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Hours {
    One(String),
    Several(Vec<String>),
}

impl Window {
    /// Minutes of the day, UTC; `None` for a window that a time of day alone does not describe.
    fn minutes(&self) -> Vec<Option<(u16, u16)>> {
        let hours = match &self.hours_utc {
            Hours::One(hours) => std::slice::from_ref(hours),
            Hours::Several(hours) => hours,
        };
        hours.iter().map(|hours| minutes(hours).filter(|_| self.weekdays.is_none())).collect()
    }
}

fn minutes(hours: &str) -> Option<(u16, u16)> {
    let minute = |text: &str| {
        let (hour, minute) = text.split_once(':')?;
        Some(hour.parse::<u16>().ok()? * 60 + minute.parse::<u16>().ok()?)
    };
    let (from, until) = hours.split_once('-')?;
    Some((minute(from)?, minute(until)?)).filter(|(from, until)| *from < 1440 && *until <= 1440 && from != until)
}

/// The price of one search, where it does not depend on how much context is searched for.
fn read_search(raw: &RawValue, conditions: &Conditions, recorder: &mut Recorder<'_>) {
    const FIELD: &str = "search_context_cost_per_query";
    let Some(sizes) = Fields::of(raw) else { return recorder.malformed(FIELD, raw) };
    let mut rates = sizes.iter().map(|(_, raw)| raw);
    let Some(first) = rates.next() else { return };
    if rates.all(|rate| number(rate) == number(first)) {
        if number(first).is_some_and(|rate| !rate.is_zero()) {
            recorder.price(FIELD, first, 0, Meter::WebSearches, conditions);
        }
    } else {
        recorder.inexpressible(FIELD, raw);
    }
}

/// Factors on every token rate for processing in a region.
fn read_regional_multipliers(fields: &Fields<'_>, recorder: &mut Recorder<'_>) {
    for (field, raw) in fields.iter() {
        if let Some(region) = field.strip_prefix("regional_processing_uplift_multiplier_") {
            multiply(region, field, raw, recorder);
        }
    }
    let Some(factors) = fields.object("provider_specific_entry") else { return };
    for (name, raw) in factors.iter().filter(|(_, raw)| number(raw).is_some()) {
        let field = format!("provider_specific_entry.{name}");
        match name {
            "us" => multiply(name, &field, raw, recorder),
            _ => recorder.inexpressible(&field, raw),
        }
    }
}

fn multiply(region: &str, field: &str, raw: &RawValue, recorder: &mut Recorder<'_>) {
    let Some(factor) = number(raw) else { return recorder.malformed(field, raw) };
    let is_token = |meter: Meter| matches!(meter.group(), MeterGroup::Input | MeterGroup::Output);
    let base: Vec<_> = recorder
        .prices
        .iter()
        .filter(|price| price.conditions.region.is_none() && is_token(price.meter))
        .cloned()
        .collect();
    for price in base {
        let conditions = Conditions { region: Some(region.into()), ..price.conditions };
        match Decimal::from_rate(price.rate).times(factor) {
            Some(amount) => recorder.amount(field, raw.get(), amount, price.meter, &conditions),
            None => recorder.malformed(field, raw),
        }
    }
}
