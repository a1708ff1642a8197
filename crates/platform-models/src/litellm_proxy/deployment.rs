use glaux_llm::{Meter, ProviderKind};
use serde_json::{Map, Value};

use super::{ConvertError, Gap, account::Account, document::PriceSpec, yaml::Node};
use crate::{CatalogReference, bundled, catalogue::ModelType};

/// An entry of `model_list`.
#[derive(Debug)]
pub(super) struct Deployment {
    /// Where it stands, for gaps.
    pub(super) path: String,
    /// What clients write.
    pub(super) group: String,
    pub(super) account: Account,
    /// The provider's name for the model; `*` for all of them.
    pub(super) model: String,
    pub(super) catalog: Option<CatalogReference>,
    pub(super) model_type: Option<ModelType>,
    pub(super) max_output_tokens: Option<u64>,
    pub(super) prices: Vec<PriceSpec>,
    pub(super) weight: u32,
    /// The smaller is tried first.
    pub(super) order: Option<u64>,
    pub(super) overrides: Map<String, Value>,
    pub(super) concurrency: Option<u64>,
    pub(super) timeout_ms: Option<u64>,
    pub(super) first_byte_timeout_ms: Option<u64>,
}

/// Parameters of a request that a configuration may set.
const REQUEST_PARAMETERS: [&str; 12] = [
    "frequency_penalty",
    "logit_bias",
    "max_completion_tokens",
    "max_tokens",
    "presence_penalty",
    "reasoning_effort",
    "response_format",
    "seed",
    "stop",
    "temperature",
    "top_p",
    "verbosity",
];

/// What an [`Account`] is made of.
const ACCOUNT_PARAMETERS: [&str; 11] = [
    "api_base",
    "api_key",
    "api_version",
    "aws_access_key_id",
    "aws_region_name",
    "aws_secret_access_key",
    "aws_session_token",
    "base_url",
    "custom_llm_provider",
    "model",
    "region_name",
];

const PRICES: [(&str, Meter, u32); 9] = [
    ("input_cost_per_token", Meter::InputTokens, 0),
    ("output_cost_per_token", Meter::OutputTokens, 0),
    ("cache_read_input_token_cost", Meter::CachedInputTokens, 0),
    ("cache_creation_input_token_cost", Meter::CacheWriteTokens, 0),
    ("input_cost_per_audio_token", Meter::InputAudioTokens, 0),
    ("output_cost_per_audio_token", Meter::OutputAudioTokens, 0),
    ("output_cost_per_image", Meter::OutputImages, 0),
    ("input_cost_per_character", Meter::InputCharacters, 0),
    ("input_cost_per_second", Meter::InputAudioMilliseconds, 3),
];

/// The deployments that can be served; the others are gaps.
pub(super) fn read_all(root: &Node, gaps: &mut Vec<Gap>) -> Result<Vec<Deployment>, ConvertError> {
    let list = match root.get("model_list") {
        None | Some(Node::Null) => return Ok(Vec::new()),
        Some(Node::List(list)) => list,
        Some(Node::Text(_) | Node::Map(_)) => {
            return Err(ConvertError::Form { path: "model_list".to_owned(), expected: "a list" });
        }
    };
    let mut deployments = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        let path = format!("model_list[{index}]");
        let Some(group) = entry.get("model_name").and_then(Node::text) else {
            return Err(ConvertError::Form { path, expected: "an entry with a model_name" });
        };
        match Reader::new(&path, entry) {
            Some(reader) => deployments.extend(reader.read(group, gaps)),
            None => gaps.push(Gap::new(format!("{path}.litellm_params"), "names no model")),
        }
        for (key, _) in entry.entries() {
            if !matches!(key, "model_name" | "litellm_params" | "model_info") {
                gaps.push(Gap::without_equivalent(format!("{path}.{key}")));
            }
        }
    }
    Ok(deployments)
}

struct Reader<'a> {
    path: &'a str,
    params: &'a Node,
    information: Option<&'a Node>,
    model: &'a str,
}

impl<'a> Reader<'a> {
    fn new(path: &'a str, entry: &'a Node) -> Option<Self> {
        let params = entry.get("litellm_params")?;
        let model = params.get("model")?.text()?;
        Some(Self { path, params, information: entry.get("model_info"), model })
    }

    fn read(&self, group: &str, gaps: &mut Vec<Gap>) -> Option<Deployment> {
        let (prefix, model) = self.split();
        let mut account = match Account::read(&prefix, self.params) {
            Ok(account) => account,
            Err(reason) => {
                gaps.push(Gap::new(format!("{}.litellm_params.model", self.path), reason));
                return None;
            }
        };
        let model = clean(&mut account, model);
        let mut deployment = Deployment {
            path: self.path.to_owned(),
            group: group.to_owned(),
            catalog: self.find_in_catalogue(&account, &model),
            model_type: self.model_type(&model),
            account,
            model,
            max_output_tokens: None,
            prices: Vec::new(),
            weight: 1,
            order: None,
            overrides: Map::new(),
            concurrency: None,
            timeout_ms: None,
            first_byte_timeout_ms: None,
        };
        self.read_params(&mut deployment, gaps);
        self.read_information(&mut deployment, gaps);
        Some(deployment)
    }

    /// Prefix and model. Without a prefix the catalogue knows whose it is.
    fn split(&self) -> (String, &'a str) {
        if let Some(prefix) = self.params.get("custom_llm_provider").and_then(Node::text) {
            let model = self.model.strip_prefix(prefix).and_then(|rest| rest.strip_prefix('/'));
            return (prefix.to_owned(), model.unwrap_or(self.model));
        }
        if let Some((prefix, model)) = self.model.split_once('/') {
            return (prefix.to_owned(), model);
        }
        let homes = [("openai", "openai"), ("anthropic", "anthropic"), ("cohere", "cohere"), ("bedrock", "bedrock")];
        let is_in = |catalog: &str| bundled::find(catalog, self.model).is_ok_and(|found| found.is_some());
        let home = homes.into_iter().find(|(_, catalog)| is_in(catalog)).map(|(prefix, _)| prefix);
        let home = home.or_else(|| self.model.starts_with("gpt-").then_some("openai"));
        (home.unwrap_or(self.model).to_owned(), self.model)
    }

    fn find_in_catalogue(&self, account: &Account, model: &str) -> Option<CatalogReference> {
        let provider = account.catalog.as_deref()?;
        let base = self.information.and_then(|information| information.get("base_model")).and_then(Node::text);
        let named = base.or_else(|| self.params.get("base_model")?.text());
        let named = named.map(|name| name.rsplit('/').next().unwrap_or(name));
        let mut names = named.into_iter().chain([model]);
        let found = names.find(|name| bundled::find(provider, name).is_ok_and(|found| found.is_some()))?;
        Some(CatalogReference { provider: provider.to_owned(), model: found.to_owned() })
    }

    fn model_type(&self, model: &str) -> Option<ModelType> {
        match self.information?.get("mode")?.text()? {
            "chat" | "completion" | "responses" | "realtime" => Some(ModelType::Llm),
            "embedding" => Some(ModelType::Embedding),
            "image_generation" | "image_edit" => Some(ModelType::Image),
            "audio_transcription" | "audio_speech" => Some(ModelType::Audio),
            "rerank" => Some(ModelType::Rerank),
            "moderation" => Some(ModelType::Moderation),
            _ => Some(ModelType::from_name(model)),
        }
    }

    fn read_params(&self, deployment: &mut Deployment, gaps: &mut Vec<Gap>) {
        for (key, value) in self.params.entries().filter(|(key, _)| !ACCOUNT_PARAMETERS.contains(key)) {
            let path = format!("{}.litellm_params.{key}", self.path);
            let milliseconds = || value.whole().and_then(|seconds| seconds.checked_mul(1000));
            match key {
                _ if REQUEST_PARAMETERS.contains(&key) => {
                    deployment.overrides.insert(key.to_owned(), value.to_json());
                }
                "weight" | "rpm" | "tpm" => {
                    if let Some(weight) = value.whole().and_then(|weight| u32::try_from(weight).ok()) {
                        deployment.weight = weight.max(1);
                    }
                    if key != "weight" {
                        gaps.push(Gap::new(path, "weighs the deployment; limits per minute are of keys and features"));
                    }
                }
                "order" => deployment.order = value.whole(),
                "max_parallel_requests" => deployment.concurrency = value.whole(),
                "timeout" => deployment.timeout_ms = milliseconds(),
                "stream_timeout" => deployment.first_byte_timeout_ms = milliseconds(),
                "base_model" => {}
                _ => match price(key, value) {
                    Some(price) => deployment.prices.push(price),
                    None => gaps.push(Gap::without_equivalent(path)),
                },
            }
        }
        if let Some(literal) =
            self.params.get("api_key").and_then(Node::text).filter(|key| !key.starts_with("os.environ/"))
            && !literal.is_empty()
        {
            let path = format!("{}.litellm_params.api_key", self.path);
            gaps.push(Gap::new(path, "stands in the file and is not copied; put it into the environment"));
        }
    }

    fn read_information(&self, deployment: &mut Deployment, gaps: &mut Vec<Gap>) {
        for (key, value) in self.information.into_iter().flat_map(Node::entries) {
            match key {
                "mode" | "base_model" | "id" => {}
                "max_output_tokens" => deployment.max_output_tokens = value.whole(),
                _ => match price(key, value) {
                    Some(price) => deployment.prices.push(price),
                    None => gaps.push(Gap::without_equivalent(format!("{}.model_info.{key}", self.path))),
                },
            }
        }
    }
}

/// The name that the provider knows: without LiteLLM's route, and without a region, which the account has.
fn clean(account: &mut Account, model: &str) -> String {
    let mut name = model;
    if account.kind == ProviderKind::Bedrock {
        for route in ["converse/", "invoke/", "converse_like/"] {
            name = name.strip_prefix(route).unwrap_or(name);
        }
        if let Some((region, rest)) = name.split_once('/')
            && region.split('-').count() >= 3
            && !rest.is_empty()
            && !region.starts_with("arn:")
        {
            account.region = Some(region.to_owned());
            name = rest;
        }
    }
    for route in ["responses/", "chat/"] {
        name = name.strip_prefix(route).unwrap_or(name);
    }
    name.to_owned()
}

/// A price in dollars per unit, digit by digit.
fn price(key: &str, value: &Node) -> Option<PriceSpec> {
    let (_, meter, power) = PRICES.iter().find(|(name, ..)| *name == key)?;
    let rate_per_million = crate::import::per_million(value.text()?, *power)?;
    Some(PriceSpec { meter: *meter, rate_per_million })
}
