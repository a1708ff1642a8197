use bytes::Bytes;
use serde_json::Value;

use super::{
    Limit, PrepareError,
    openai::{Raw, Text},
    parameters,
};
use crate::{
    Request, Target, Wire,
    json::{Node, Write},
    request::Top,
    splice::{Splice, spans},
};

/// The client's body with the gateway's decisions spliced in; they lie inside `generationConfig`, the model in the path.
pub(super) fn pass(request: &Request, target: &Target<'_>, limit: Limit) -> Result<Bytes, PrepareError> {
    let Some(top) = request.top() else { return Ok(request.body.clone()) };
    let mut splice = Splice::new(top);
    if top.some("model").is_some() {
        splice.set("model", format!("models/{}", target.model.trim_start_matches("models/")));
    }
    if request.wire == Wire::GeminiGenerate {
        let (name, config) = top
            .either("generationConfig", "generation_config")?
            .map_or(("generationConfig", "{}"), |(name, node)| (name, node.text()));
        let spans = spans(config);
        let mut inner = Splice::new(Top { text: config, spans: &spans });
        if let Some(sent) = limit.changed() {
            set(&mut inner, "maxOutputTokens", "max_output_tokens", sent);
        }
        for (parameter, value) in parameters(target) {
            let array = Value::Array(vec![value.clone()]);
            let value = if parameter == "stop" && value.is_string() { &array } else { value };
            set(&mut inner, config_name(parameter)?, parameter, Raw(value));
        }
        if !inner.is_empty() {
            splice.set(name, Text(inner.text()));
        }
    }
    if request.wire == Wire::GeminiCountTokens
        && let Some((name, inner)) = top.either("generateContentRequest", "generate_content_request")?
        && inner.is_object()
    {
        splice.set(name, Text(with_model(inner, target.model)));
    }
    if request.wire == Wire::GeminiBatchEmbed
        && let Some(requests) = top.some("requests")
    {
        splice.set("requests", Text(with_models(requests, target.model)));
    }
    Ok(splice.finish(&request.body))
}

/// Sets a member under one of its two names, so that the other can't say something else.
fn set(config: &mut Splice<'_>, camel: &str, snake: &str, value: impl Write) {
    if camel != snake {
        config.remove(snake);
    }
    config.set(camel, value);
}

/// The name in `generationConfig` of a parameter in OpenAI's words.
fn config_name(name: &str) -> Result<&'static str, PrepareError> {
    Ok(match name {
        "temperature" => "temperature",
        "top_p" => "topP",
        "top_k" => "topK",
        "stop" => "stopSequences",
        "seed" => "seed",
        "presence_penalty" => "presencePenalty",
        "frequency_penalty" => "frequencyPenalty",
        "thinking_config" | "thinkingConfig" => "thinkingConfig",
        _ => return Err(PrepareError::unsupported(name, "gemini providers have no parameter for this override")),
    })
}

/// Each request of a batch names the model again.
fn with_models(requests: Node<'_>, model: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(requests.text().len() + 64);
    crate::json::array(&mut out, |array| {
        for request in requests.elements().into_iter().filter(|request| request.is_object()) {
            array.item(Text(with_model(request, model)));
        }
    });
    out
}

fn with_model(request: Node<'_>, model: &str) -> Vec<u8> {
    let spans = spans(request.text());
    let mut inner = Splice::new(Top { text: request.text(), spans: &spans });
    inner.set("model", format!("models/{}", model.trim_start_matches("models/")));
    inner.text()
}
