//! Which wire format a path of the gateway is.
//!
//! Paths are matched exactly; the mount points are `/v1` (OpenAI, and Anthropic's `messages`), `/anthropic/v1` and
//! `/gemini/v1` or `/gemini/v1beta`.

use std::borrow::Cow;

use http::Method;

use crate::{Dialect, Wire};

/// What a path asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Route<'p> {
    /// A call of a model.
    Call(Endpoint<'p>),
    /// The list of models. `/v1/models` is OpenAI's and Anthropic's: a request with the header `anthropic-version` is Anthropic's.
    ListModels(Dialect),
    /// One model by name.
    GetModel(Dialect, Cow<'p, str>),
}

/// A path that takes calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint<'p> {
    /// The format of body and answer.
    pub wire: Wire,
    /// The model, where the path and not the body names it (Gemini).
    pub model: Option<Cow<'p, str>>,
    /// The path asks for a stream (Gemini). The answer is server-sent events, as with `alt=sse`.
    pub stream: bool,
}

impl Endpoint<'_> {
    const fn of(wire: Wire) -> Self {
        Self { wire, model: None, stream: false }
    }

    /// The client's family.
    pub const fn dialect(&self) -> Dialect {
        match self.wire.dialect() {
            Some(dialect) => dialect,
            None => Dialect::OpenAi,
        }
    }
}

/// Finds the route; `None` if no operation of any dialect lies there.
pub fn route<'p>(method: &Method, path: &'p str) -> Option<Route<'p>> {
    if let Some(rest) = path.strip_prefix("/gemini/v1beta/").or_else(|| path.strip_prefix("/gemini/v1/")) {
        return gemini(method, rest);
    }
    if let Some(rest) = path.strip_prefix("/anthropic/v1/") {
        return anthropic(method, rest);
    }
    let rest = path.strip_prefix("/v1/")?;
    openai(method, rest).or_else(|| anthropic(method, rest))
}

fn openai<'p>(method: &Method, rest: &'p str) -> Option<Route<'p>> {
    if method == Method::GET {
        return models(Dialect::OpenAi, rest);
    }
    let wire = match rest {
        "chat/completions" => Wire::OpenAiChat,
        "responses" => Wire::OpenAiResponses,
        "completions" => Wire::OpenAiCompletions,
        "embeddings" => Wire::OpenAiEmbeddings,
        "images/generations" => Wire::OpenAiImages,
        "audio/transcriptions" => Wire::OpenAiTranscription,
        "audio/speech" => Wire::OpenAiSpeech,
        "moderations" => Wire::OpenAiModeration,
        _ => return None,
    };
    (method == Method::POST).then(|| Route::Call(Endpoint::of(wire)))
}

fn anthropic<'p>(method: &Method, rest: &'p str) -> Option<Route<'p>> {
    if method == Method::GET {
        return models(Dialect::Anthropic, rest);
    }
    let wire = match rest {
        "messages" => Wire::AnthropicMessages,
        "messages/count_tokens" => Wire::AnthropicCountTokens,
        _ => return None,
    };
    (method == Method::POST).then(|| Route::Call(Endpoint::of(wire)))
}

fn gemini<'p>(method: &Method, rest: &'p str) -> Option<Route<'p>> {
    if method == Method::GET {
        return models(Dialect::Gemini, rest);
    }
    let (model, verb) = rest.strip_prefix("models/")?.rsplit_once(':')?;
    let (wire, stream) = match verb {
        "generateContent" => (Wire::GeminiGenerate, false),
        "streamGenerateContent" => (Wire::GeminiGenerate, true),
        "embedContent" => (Wire::GeminiEmbed, false),
        "batchEmbedContents" => (Wire::GeminiBatchEmbed, false),
        "countTokens" => (Wire::GeminiCountTokens, false),
        _ => return None,
    };
    let model = percent_decode(model)?;
    (method == Method::POST && !model.is_empty()).then_some(Route::Call(Endpoint { wire, model: Some(model), stream }))
}

fn models<'p>(dialect: Dialect, rest: &'p str) -> Option<Route<'p>> {
    if rest == "models" {
        return Some(Route::ListModels(dialect));
    }
    let name = percent_decode(rest.strip_prefix("models/")?)?;
    (!name.is_empty()).then_some(Route::GetModel(dialect, name))
}

/// RFC 3986 section 2.1; `None` for a broken escape or text that is not UTF-8.
fn percent_decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let (digits, tail) = rest.split_at_checked(2)?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        bytes.push(u8::try_from(digit(digits[0])? * 16 + digit(digits[1])?).ok()?);
        rest = tail;
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_dialects_are_known() {
        let check = |path: &str, wire: Wire, model: Option<&str>, stream: bool| {
            let Some(Route::Call(endpoint)) = route(&Method::POST, path) else { panic!("{path}") };
            assert_eq!((endpoint.wire, endpoint.model.as_deref(), endpoint.stream), (wire, model, stream), "{path}");
            assert!(!matches!(route(&Method::GET, path), Some(Route::Call(_))), "{path}");
        };
        check("/v1/chat/completions", Wire::OpenAiChat, None, false);
        check("/v1/audio/transcriptions", Wire::OpenAiTranscription, None, false);
        check("/v1/messages", Wire::AnthropicMessages, None, false);
        check("/anthropic/v1/messages/count_tokens", Wire::AnthropicCountTokens, None, false);
        check(
            "/gemini/v1beta/models/photo-tagging:generateContent",
            Wire::GeminiGenerate,
            Some("photo-tagging"),
            false,
        );
        check("/gemini/v1/models/a%2Fb%3ac:streamGenerateContent", Wire::GeminiGenerate, Some("a/b:c"), true);
        check("/gemini/v1/models/acme/x:batchEmbedContents", Wire::GeminiBatchEmbed, Some("acme/x"), false);
    }

    #[test]
    fn other_paths_are_not() {
        for path in [
            "/",
            "/v1/chat",
            "/v1/messages/",
            "/gemini/v2/models/a:generateContent",
            "/gemini/v1/models/:countTokens",
            "/gemini/v1/models/%zz:countTokens",
        ] {
            assert_eq!(route(&Method::POST, path), None, "{path}");
        }
        assert_eq!(route(&Method::GET, "/v1/models"), Some(Route::ListModels(Dialect::OpenAi)));
        assert_eq!(route(&Method::GET, "/gemini/v1beta/models/a"), Some(Route::GetModel(Dialect::Gemini, "a".into())));
    }
}
