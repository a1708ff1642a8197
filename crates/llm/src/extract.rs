//! Usage objects of every provider and API as disjoint classes that conserve the provider's totals.
//!
//! The shape of the object decides, not the host it came from: the same host answers in several shapes. A class that
//! is part of a total is taken out of it, at most down to zero; what remains is the plain class. A provider that
//! counts a class beside its total (Anthropic's cached input, xAI's reasoning) is read so.

mod anthropic;
mod bedrock;
mod gemini;
mod openai;

use glaux_kernel::{Currency, Money, Rate};

use crate::{
    Meter, ServiceTier, Usage,
    json::{Field, Node},
};

/// How a usage object is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// `prompt_tokens` or `input_tokens`, totals that include cached and reasoning tokens; or `type: duration`.
    OpenAi,
    /// `input_tokens` that exclude cached ones, `cache_read_input_tokens`.
    Anthropic,
    /// `promptTokenCount`.
    Gemini,
    /// `inputTokens` that exclude cached ones.
    Bedrock,
    /// `billed_units`.
    Cohere,
}

/// What a usage object says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reported {
    /// The classes.
    pub usage: Usage,
    /// The tier, where the object itself names it.
    pub service_tier: Option<ServiceTier>,
    /// What the provider says it charged (OpenRouter's `cost`).
    pub billed: Option<Money>,
}

impl Shape {
    /// The shape of an API as the genai-prices list names it: provider and flavor.
    pub fn of_api(provider_id: &str, api_flavor: &str) -> Self {
        match (provider_id, api_flavor) {
            (_, "anthropic") | ("anthropic" | "minimax", "default") => Self::Anthropic,
            ("google", "default") => Self::Gemini,
            ("aws", "default") => Self::Bedrock,
            ("cohere", _) => Self::Cohere,
            _ => Self::OpenAi,
        }
    }

    /// Recognizes the shape by the fields that only it has.
    pub fn of(usage: Node<'_>) -> Option<Self> {
        Self::of_fields(&usage.fields())
    }

    fn of_fields(fields: &[Field<'_>]) -> Option<Self> {
        let mut shape = None;
        for field in fields {
            shape = match &*field.key {
                "promptTokenCount" | "candidatesTokenCount" | "totalTokenCount" => return Some(Self::Gemini),
                "inputTokens" | "outputTokens" | "inputTokenCount" | "outputTokenCount" => return Some(Self::Bedrock),
                "billed_units" => return Some(Self::Cohere),
                "cache_read_input_tokens" | "cache_creation_input_tokens" | "cache_creation" | "inference_geo" => {
                    return Some(Self::Anthropic);
                }
                "prompt_tokens" | "completion_tokens" | "input_tokens" | "output_tokens" | "total_tokens"
                | "seconds" => Some(Self::OpenAi),
                _ => shape,
            };
        }
        shape
    }
}

/// A count above this is none: no answer has so many tokens, characters or milliseconds, and a sum of such counts is no sum.
const MOST_COUNTED: u64 = 1_000_000_000_000;

/// Reads a usage object of a known shape. `None`: it counts nothing that this shape knows, or more than can be.
pub fn read(shape: Shape, usage: Node<'_>) -> Option<Reported> {
    read_fields(shape, usage, &usage.fields())
}

/// Reads a usage object by its shape.
pub fn recognize(usage: Node<'_>) -> Option<Reported> {
    let fields = usage.fields();
    read_fields(Shape::of_fields(&fields)?, usage, &fields)
}

fn read_fields(shape: Shape, usage: Node<'_>, fields: &[Field<'_>]) -> Option<Reported> {
    let counted = match shape {
        Shape::OpenAi => openai::read(fields),
        Shape::Anthropic => anthropic::read(usage),
        Shape::Gemini => gemini::read(usage),
        Shape::Bedrock => bedrock::read(usage),
        Shape::Cohere => cohere(usage),
    }?;
    if counted.iter().any(|(_, quantity)| quantity > MOST_COUNTED) {
        return None;
    }
    let mut reported = Reported { usage: counted, service_tier: None, billed: None };
    for field in fields {
        match &*field.key {
            "service_tier" | "serviceTier" | "trafficType" => {
                reported.service_tier =
                    reported.service_tier.or_else(|| field.value.string().map(|text| tier_of(&text)));
            }
            "cost" => reported.billed = billed(field.value, usage),
            _ => {}
        }
    }
    Some(reported)
}

/// The tier that a response names.
pub fn tier_of(text: &str) -> ServiceTier {
    match text {
        "flex" | "FLEX" | "ON_DEMAND_FLEX" => ServiceTier::Flex,
        "priority" | "PRIORITY" | "ON_DEMAND_PRIORITY" => ServiceTier::Priority,
        "batch" | "BATCH" => ServiceTier::Batch,
        _ => ServiceTier::Standard,
    }
}

/// A count; absent, `null`, negative and fractional ones are none.
fn count(object: Node<'_>, name: &str) -> Option<u64> {
    object.some(name).and_then(Node::whole)
}

/// Divides a total among its parts, in order; what remains goes to `rest`.
fn split(total: u64, parts: &[(Meter, u64)], rest: Meter, usage: &mut Usage) {
    let mut left = total;
    for (meter, quantity) in parts {
        let taken = left.min(*quantity);
        usage.add(*meter, taken);
        left -= taken;
    }
    usage.add(rest, left);
}

/// OpenRouter: US dollars, and where the caller's own key paid, what the provider behind it charged. The figures went
/// through floats there; what is below a femto-dollar is noise.
fn billed(cost: Node<'_>, usage: Node<'_>) -> Option<Money> {
    let charged = dollars(cost)?;
    let upstream = usage.some("cost_details").and_then(|details| details.some("upstream_inference_cost"));
    Some(upstream.and_then(dollars).filter(|_| charged.nanos() == 0).unwrap_or(charged))
}

fn dollars(amount: Node<'_>) -> Option<Money> {
    let quoted = amount.string();
    let text = quoted.as_deref().unwrap_or(amount.text());
    let noise = text.find('.').map(|point| point + 16).filter(|end| !text.contains(['e', 'E']) && text.len() > *end);
    let rate = Rate::parse_per_unit(&text[..noise.unwrap_or(text.len())]).ok()?;
    Some(Money::from_femtos(rate.times(1), Currency::USD))
}

/// docs.cohere.com/reference/chat: `billed_units` is what is charged; `tokens` also counts Cohere's own preamble.
fn cohere(usage: Node<'_>) -> Option<Usage> {
    let units = usage.some("billed_units").or_else(|| usage.some("tokens"))?;
    let mut counted = Usage::default();
    counted.set(Meter::InputTokens, count(units, "input_tokens").unwrap_or(0));
    counted.set(Meter::OutputTokens, count(units, "output_tokens").unwrap_or(0));
    counted.set(Meter::InputImageTokens, count(units, "image_tokens").unwrap_or(0));
    counted.set(Meter::SearchUnits, count(units, "search_units").unwrap_or(0));
    Some(counted)
}
