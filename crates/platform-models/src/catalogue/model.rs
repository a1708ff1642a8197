use std::collections::BTreeSet;

use glaux_kernel::{PriceRuleId, Rate, Timestamp};
use glaux_llm::{Conditions, Meter, PriceRule};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser::SerializeMap};
use utoipa::ToSchema;

use super::{Match, Source};

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelType {
    /// Reads and writes text, maybe more.
    Llm,
    /// Annotates images.
    Vision,
    /// Makes vectors.
    Embedding,
    /// Makes images.
    Image,
    /// Transcribes or speaks.
    Audio,
    /// Orders documents by relevance.
    Rerank,
    /// Judges content.
    Moderation,
}

impl ModelType {
    /// What the name says, for sources that state no type.
    pub fn from_name(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| name.contains(word));
        if says(&["embed", "voyage-", "bge-", "gte-", "e5-"]) {
            Self::Embedding
        } else if says(&["rerank"]) {
            Self::Rerank
        } else if says(&["moderation"]) {
            Self::Moderation
        } else if says(&["whisper", "-tts", "tts-", "transcribe"]) {
            Self::Audio
        } else if says(&["dall-e", "gpt-image", "imagen", "flux", "stable-diffusion"]) {
            Self::Image
        } else {
            Self::Llm
        }
    }
}

/// What a model can do beyond reading and writing text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// Calls tools.
    Tools,
    /// Calls several tools at once.
    ParallelTools,
    /// Answers in a given JSON schema.
    StructuredOutput,
    /// Thinks before it answers.
    Reasoning,
    /// Reads images.
    ImageInput,
    /// Reads documents.
    DocumentInput,
    /// Reads audio.
    AudioInput,
    /// Reads video.
    VideoInput,
    /// Makes images.
    ImageOutput,
    /// Makes audio.
    AudioOutput,
    /// Reads a repeated beginning from the provider's cache.
    PromptCaching,
    /// Searches the web by itself.
    WebSearch,
    /// Operates a computer.
    ComputerUse,
    /// Continues an answer that the caller began.
    Prefill,
}

/// A number and who says so. In a file `{"litellm":200000}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figure {
    /// Tokens.
    pub value: u64,
    /// Who says so.
    pub source: Source,
}

impl Serialize for Figure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(&self.source, &self.value)?;
        map.end()
    }
}

impl<'de> Deserialize<'de> for Figure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let map = std::collections::BTreeMap::<Source, u64>::deserialize(deserializer)?;
        match map.into_iter().collect::<Vec<_>>().as_slice() {
            [(source, value)] => Ok(Self { value: *value, source: *source }),
            _ => Err(de::Error::custom("a figure has exactly one source")),
        }
    }
}

/// A rate of a model, with the conditions under which it holds and who says so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// What it charges.
    pub meter: Meter,
    /// Per unit of the meter.
    pub rate: Rate,
    /// When it applies.
    pub conditions: Conditions,
    /// Who says so.
    pub source: Source,
}

impl Price {
    /// As the rule by which calls are rated.
    pub fn into_rule(self, id: PriceRuleId) -> PriceRule {
        PriceRule { id, meter: self.meter, rate: self.rate, conditions: self.conditions }
    }
}

/// A model as a catalogue knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// The provider's name for it.
    pub name: Box<str>,
    /// What it is for.
    pub kind: ModelType,
    /// The most tokens it takes in.
    pub context_window: Option<Figure>,
    /// The most tokens it writes in one answer.
    pub max_output_tokens: Option<Figure>,
    /// What it can do.
    pub capabilities: BTreeSet<Capability>,
    /// Other names that it answers to.
    pub matches: Option<Match>,
    /// The day from which the provider no longer serves it, `YYYY-MM-DD`.
    pub retired_on: Option<Box<str>>,
    /// Its rates, each condition of a meter at most once.
    pub prices: Vec<Price>,
}

impl Model {
    /// A model of which only name and type are known.
    pub fn new(name: &str, kind: ModelType) -> Self {
        Self {
            name: name.into(),
            kind,
            context_window: None,
            max_output_tokens: None,
            capabilities: BTreeSet::new(),
            matches: None,
            retired_on: None,
            prices: Vec::new(),
        }
    }

    /// Its rule matches `name`.
    pub fn answers_to(&self, name: &str) -> bool {
        self.matches.as_ref().is_some_and(|rule| rule.is_match(name))
    }

    /// The provider no longer serves it at that moment. A day that can't be read has not come.
    pub fn is_retired(&self, at: Timestamp) -> bool {
        let day = self.retired_on.as_deref().and_then(|day| format!("{day}T00:00:00Z").parse::<Timestamp>().ok());
        day.is_some_and(|day| day <= at)
    }

    /// Puts the prices into their canonical order: by meter, then by what makes the condition more specific.
    pub fn sort_prices(&mut self) {
        self.prices.sort_by(|a, b| {
            let key = |price: &Price| {
                let conditions = &price.conditions;
                (
                    conditions.region.clone(),
                    conditions.service_tier,
                    conditions.effective_from,
                    conditions.minutes_of_day,
                    conditions.above_input_tokens,
                    price.meter,
                )
            };
            key(a).cmp(&key(b))
        });
    }
}
