use glaux_kernel::{ModelId, ProviderId};
use glaux_platform_kit::Kind;
use glaux_routing::document::PriceRule;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A catalogue entry of a provider. Its name is `provider/model`.
pub struct Model;

impl Kind for Model {
    const KIND: &'static str = "model";
    const SCHEMA_VERSION: u32 = 1;
    type Id = ModelId;
    type State = ModelState;
}

/// What a model does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelType {
    /// Text, and what comes with it.
    Llm,
    /// Labels for images.
    Vision,
    /// Vectors.
    Embedding,
    /// Images out.
    Image,
    /// Speech in or out.
    Audio,
    /// An order of documents.
    Rerank,
    /// Categories of harm.
    Moderation,
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
}
