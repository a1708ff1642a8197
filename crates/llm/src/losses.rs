use crate::{Dialect, PrepareError, UnsupportedPolicy};

/// What a translation leaves out, and whether it may.
#[derive(Debug)]
pub(crate) struct Losses {
    policy: UnsupportedPolicy,
    client: Dialect,
    pub(crate) dropped: Vec<Box<str>>,
}

impl Losses {
    pub(crate) const fn new(policy: UnsupportedPolicy, client: Dialect) -> Self {
        Self { policy, client, dropped: Vec::new() }
    }

    /// A field that would change the answer can't be expressed. `field` is in OpenAI's words or already the client's.
    ///
    /// # Errors
    /// The policy is to refuse.
    pub(crate) fn lose(&mut self, field: &str, reason: &str) -> Result<(), PrepareError> {
        let field = in_words_of(self.client, field);
        match self.policy {
            UnsupportedPolicy::Refuse => Err(PrepareError::unsupported(field, reason)),
            UnsupportedPolicy::Drop => {
                self.dropped.push(field.into());
                Ok(())
            }
        }
    }

    /// A hint that does not change what the answer means can't be expressed: it is named, never refused.
    pub(crate) fn note(&mut self, field: &str) {
        let field = in_words_of(self.client, field);
        if !self.dropped.iter().any(|known| **known == *field) {
            self.dropped.push(field.into());
        }
    }
}

fn in_words_of(client: Dialect, field: &str) -> &str {
    match (client, field) {
        (Dialect::Anthropic, "stop") => "stop_sequences",
        (Dialect::Anthropic, "reasoning_effort") => "thinking",
        (Dialect::Anthropic, "response_format") => "output_config.format",
        (Dialect::Anthropic, "parallel_tool_calls") => "tool_choice.disable_parallel_tool_use",
        (Dialect::Gemini, "seed") => "generationConfig.seed",
        (Dialect::Gemini, "n") => "generationConfig.candidateCount",
        (Dialect::Gemini, "stop") => "generationConfig.stopSequences",
        (Dialect::Gemini, "top_k") => "generationConfig.topK",
        (Dialect::Gemini, "temperature") => "generationConfig.temperature",
        (Dialect::Gemini, "logprobs") => "generationConfig.responseLogprobs",
        (Dialect::Gemini, "presence_penalty") => "generationConfig.presencePenalty",
        (Dialect::Gemini, "frequency_penalty") => "generationConfig.frequencyPenalty",
        (Dialect::Gemini, "response_format") => "generationConfig.responseMimeType",
        (Dialect::Gemini, "reasoning_effort") => "generationConfig.thinkingConfig",
        (_, field) => field,
    }
}
