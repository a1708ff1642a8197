use glaux_kernel::{ModelId, ProviderId};
use glaux_platform_kit::Kind;
use glaux_routing::document::PriceRule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::catalogue::ModelType;

/// A catalogue entry of a provider. Its name is `provider/model`.
pub struct Model;

impl Kind for Model {
    const KIND: &'static str = "model";
    const SCHEMA_VERSION: u32 = 1;
    type Id = ModelId;
    type State = ModelState;
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelState {
    /// Whose it is.
    pub provider: ProviderId,
    /// What it does.
    #[serde(rename = "type")]
    pub model_type: ModelType,
    /// What the provider calls it; absent when it is the name after the slash.
    pub upstream_name: Option<String>,
    /// The most tokens that it can read.
    pub context_window: Option<u64>,
    /// The most output tokens that it can write.
    pub max_output_tokens: Option<u64>,
    /// What it charges.
    pub prices: Vec<PriceRule>,
    /// Where these figures were taken from; absent: a person stated them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
}

/// The entry of the bundled catalogue that a model's figures were taken from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = CatalogOrigin)]
pub struct Origin {
    /// The catalogue's name for the provider.
    #[schema(example = "openai")]
    pub catalog: String,
    /// The catalogue's name for the model.
    #[schema(example = "gpt-4.1-mini")]
    pub model: String,
    /// Each source of a figure, its revision and date.
    #[schema(example = json!(["litellm 1.109.1 of 2026-11-12"]))]
    pub sources: Vec<String>,
}

impl Origin {
    /// The day of the oldest of the sources, `YYYY-MM-DD`.
    pub(crate) fn as_of(&self) -> Option<&str> {
        self.sources.iter().filter_map(|source| source.rsplit_once(" of ")).map(|(_, date)| date).min()
    }
}

/// An entry of the bundled catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CatalogReference {
    /// The catalogue's name for the provider.
    #[schema(example = "openai")]
    pub provider: String,
    /// The provider's name for the model.
    #[schema(example = "gpt-4.1-mini")]
    pub model: String,
}
