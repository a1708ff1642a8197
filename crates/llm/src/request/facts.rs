use smallvec::SmallVec;

use super::{Media, ProviderTools, ReadError, Top, media};
use crate::{
    ServiceTier, Wire,
    json::{Field, Node},
};

/// Names and values from `metadata`.
pub type Tags = SmallVec<[(Box<str>, Box<str>); 2]>;

/// What the gateway must know of a request before it is sent.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// The limit that the client set itself, per choice.
    pub max_output_tokens: Option<u64>,
    /// How many answers (or images) are asked for; at least 1.
    pub choices: u32,
    /// The client asked for a usage chunk at the end of the stream.
    pub wants_stream_usage: bool,
    /// Tools that the provider runs, charged beside the tokens and not bounded by them.
    pub provider_tools: ProviderTools,
    /// The tier that is asked for.
    pub service_tier: Option<ServiceTier>,
    /// The end user, as the client names them.
    pub user: Option<Box<str>>,
    /// `metadata` whose values are strings.
    pub metadata: Tags,
    /// Images, audio and documents in the body.
    pub media: Media,
    /// Characters to be spoken.
    pub input_characters: u64,
}

/// Fields that the gateway acts on; each may be given once only, under exactly this name.
pub(super) const fn reserved(wire: Wire) -> &'static [&'static str] {
    match wire {
        Wire::GeminiGenerate | Wire::GeminiEmbed | Wire::GeminiBatchEmbed | Wire::GeminiCountTokens => &[
            "model",
            "generationConfig",
            "contents",
            "tools",
            "labels",
            "requests",
            "content",
            "generateContentRequest",
            "generation_config",
            "generate_content_request",
        ],
        _ => &[
            "model",
            "stream",
            "stream_options",
            "max_tokens",
            "max_completion_tokens",
            "max_output_tokens",
            "n",
            "best_of",
            "service_tier",
            "user",
            "safety_identifier",
            "metadata",
            "messages",
            "input",
            "prompt",
            "tools",
            "reasoning",
            "reasoning_effort",
            "thinking",
            "temperature",
            "top_p",
        ],
    }
}

impl Facts {
    pub(super) fn read(wire: Wire, top: &Top<'_>) -> Result<Self, ReadError> {
        let mut facts = Self { choices: 1, ..Self::default() };
        match wire {
            Wire::OpenAiChat => facts.chat(top)?,
            Wire::OpenAiResponses => facts.responses(top)?,
            Wire::OpenAiCompletions => facts.completions(top)?,
            Wire::AnthropicMessages | Wire::AnthropicCountTokens => facts.anthropic(top)?,
            Wire::GeminiGenerate | Wire::GeminiCountTokens => facts.gemini(top)?,
            Wire::OpenAiImages => facts.choices = choices(top.whole("n")?)?,
            Wire::OpenAiSpeech => {
                let input = top.text_field("input")?.ok_or(ReadError::Missing("input"))?;
                facts.input_characters = input.chars().count() as u64;
            }
            Wire::OpenAiEmbeddings | Wire::OpenAiModeration => {
                top.some("input").ok_or(ReadError::Missing("input"))?;
            }
            Wire::GeminiEmbed | Wire::GeminiBatchEmbed => {}
            Wire::OpenAiTranscription | Wire::BedrockConverse | Wire::VisionAnnotate => {}
        }
        if facts.user.is_none() && matches!(wire.dialect(), Some(crate::Dialect::OpenAi)) {
            let user = top.text_field("safety_identifier")?.or(top.text_field("user")?);
            facts.user = user.map(|user| user.as_ref().into());
        }
        facts.service_tier = top.text_field("service_tier")?.and_then(|tier| asked_tier(&tier));
        facts.media = media::find(wire, top);
        Ok(facts)
    }

    fn chat(&mut self, top: &Top<'_>) -> Result<(), ReadError> {
        list(top, "messages")?;
        let limits = [top.whole("max_completion_tokens")?, top.whole("max_tokens")?];
        self.max_output_tokens = limits.into_iter().flatten().min();
        self.choices = choices(top.whole("n")?)?;
        if let Some(options) = top.some("stream_options") {
            self.wants_stream_usage = options.get("include_usage").and_then(Node::boolean).unwrap_or(false);
        }
        self.provider_tools = ProviderTools::typed(top);
        if top.some("web_search_options").is_some() {
            self.provider_tools.add("web_search", None);
        }
        self.metadata = tags(top.some("metadata"));
        Ok(())
    }

    fn responses(&mut self, top: &Top<'_>) -> Result<(), ReadError> {
        self.max_output_tokens = top.whole("max_output_tokens")?;
        self.wants_stream_usage = true;
        self.provider_tools = ProviderTools::typed(top);
        self.metadata = tags(top.some("metadata"));
        Ok(())
    }

    fn completions(&mut self, top: &Top<'_>) -> Result<(), ReadError> {
        let prompt = top.some("prompt").ok_or(ReadError::Missing("prompt"))?;
        // The documented default of this API.
        self.max_output_tokens = Some(top.whole("max_tokens")?.unwrap_or(16));
        if let Some(options) = top.some("stream_options") {
            self.wants_stream_usage = options.get("include_usage").and_then(Node::boolean).unwrap_or(false);
        }
        let prompts = prompt.elements();
        let texts =
            if prompts.first().is_some_and(|first| first.is_string() || first.is_array()) { prompts.len() } else { 1 };
        let each = choices(top.whole("n")?.max(top.whole("best_of")?))?;
        self.choices = each.saturating_mul(u32::try_from(texts).unwrap_or(u32::MAX));
        Ok(())
    }

    fn anthropic(&mut self, top: &Top<'_>) -> Result<(), ReadError> {
        list(top, "messages")?;
        self.max_output_tokens = top.whole("max_tokens")?;
        self.wants_stream_usage = true;
        self.provider_tools = ProviderTools::typed(top);
        let user = top.some("metadata").and_then(|metadata| metadata.some("user_id")).and_then(Node::string);
        self.user = user.map(|user| user.as_ref().into());
        Ok(())
    }

    fn gemini(&mut self, top: &Top<'_>) -> Result<(), ReadError> {
        self.wants_stream_usage = true;
        if let Some((_, config)) = top.either("generationConfig", "generation_config")? {
            let config = config.fields();
            let whole = |camel, snake| match one_of(&config, camel, snake)? {
                Some(field) => field.value.whole().map(Some).ok_or_else(|| ReadError::wrong(camel, "a whole number")),
                None => Ok(None),
            };
            self.max_output_tokens = whole("maxOutputTokens", "max_output_tokens")?;
            self.choices = choices(whole("candidateCount", "candidate_count")?)?;
        }
        let tools = top.some("tools").map(Node::elements).unwrap_or_default();
        for field in tools.into_iter().flat_map(Node::fields) {
            // Free here, unlike another provider's tool of the same name.
            let kind = if field.key == "code_execution" { "codeExecution" } else { &*field.key };
            self.provider_tools.add(kind, None);
        }
        self.metadata = tags(top.some("labels"));
        Ok(())
    }
}

/// The member under its camelCase or its snake_case name, which Google's servers take for the same; given once only.
fn one_of<'f, 'a>(fields: &'f [Field<'a>], camel: &str, snake: &str) -> Result<Option<&'f Field<'a>>, ReadError> {
    let mut found = fields.iter().filter(|field| (field.key == camel || field.key == snake) && !field.value.is_null());
    let first = found.next();
    match found.next() {
        Some(_) => Err(ReadError::Duplicate(camel.into())),
        None => Ok(first),
    }
}

fn list(top: &Top<'_>, name: &'static str) -> Result<(), ReadError> {
    match top.some(name) {
        None => Err(ReadError::Missing(name)),
        Some(node) if !node.is_array() => Err(ReadError::wrong(name, "an array")),
        Some(_) => Ok(()),
    }
}

fn choices(asked: Option<u64>) -> Result<u32, ReadError> {
    match asked {
        None => Ok(1),
        Some(n @ 1..=128) => Ok(n as u32),
        Some(_) => Err(ReadError::wrong("n", "between 1 and 128")),
    }
}

fn tags(metadata: Option<Node<'_>>) -> Tags {
    let fields = metadata.map(Node::fields).unwrap_or_default();
    let text =
        fields.into_iter().filter_map(|field| Some((field.key.as_ref().into(), field.value.string()?.as_ref().into())));
    text.take(64).collect()
}

/// The tier that a request names; `auto`, `default` and Anthropic's `standard_only` ask for nothing else than usual.
fn asked_tier(text: &str) -> Option<ServiceTier> {
    match text {
        "flex" => Some(ServiceTier::Flex),
        "priority" => Some(ServiceTier::Priority),
        "default" | "standard" | "standard_only" => Some(ServiceTier::Standard),
        _ => None,
    }
}
