//! Between formats that differ: through one neutral form, so that each format is written once.

mod bridge;
mod count;
mod embeddings;

use base64::{Engine, engine::general_purpose::STANDARD};

pub(crate) use bridge::Bridge;

use crate::{
    Dialect, Finding, Meter, Operation, PrepareError, ProviderKind, Request, Target, Usage, Wire,
    answer::AnswerError,
    dialects::{anthropic, bedrock, gemini, openai_chat, openai_completions, openai_responses, vision},
    ir::{Chat, Reply},
    json::Node,
    losses::Losses,
    outbound::{Limit, Prepared, parameters},
    providers::{Provider, Reply as Form},
};

/// What a provider's format needs to know beside the chat itself.
pub(crate) struct Order<'a> {
    pub(crate) model: &'a str,
    pub(crate) kind: ProviderKind,
    /// The name of the output limit in OpenAI's chat format.
    pub(crate) chat_limit: &'static str,
    pub(crate) limit: Option<u64>,
    pub(crate) stream: bool,
    /// The tokens are to be counted, nothing is to be answered.
    pub(crate) counts: bool,
}

/// The body for a provider whose format is not the client's.
pub(crate) fn request(
    request: &Request,
    target: &Target<'_>,
    wire: Wire,
    provider: &Provider,
    limit: Limit,
    form: Form,
) -> Result<Prepared, PrepareError> {
    let mut losses = Losses::new(target.unsupported, request.wire.dialect().unwrap_or(Dialect::OpenAi));
    let Some(top) = request.top() else {
        return Err(PrepareError::unsupported("file", "this provider takes no forms"));
    };
    let body = Node::trusted(top.text.trim_ascii());
    if wire.operation() == Operation::Embeddings {
        let body = embeddings::request(request.wire, body, wire, target.model, &mut losses)?;
        return Ok(Prepared { body: body.into(), dropped: losses.dropped });
    }
    let body = if request.wire == Wire::GeminiCountTokens {
        let inner = top.either("generateContentRequest", "generate_content_request")?;
        inner.map_or(body, |(_, inner)| inner)
    } else {
        body
    };
    let mut chat = decode(request.wire, body, &mut losses)?;
    let order = Order {
        model: target.model,
        kind: target.kind,
        chat_limit: provider.chat_limit,
        limit: limit.sent,
        stream: form == Form::Stream,
        counts: wire.operation() == Operation::CountTokens,
    };
    override_parameters(target, &mut chat, &mut losses)?;
    let body = encode(&chat, wire, &order, &mut losses)?;
    Ok(Prepared { body: body.into(), dropped: losses.dropped })
}

fn decode<'a>(wire: Wire, body: Node<'a>, losses: &mut Losses) -> Result<Chat<'a>, PrepareError> {
    match wire {
        Wire::OpenAiResponses => openai_responses::decode(body, losses),
        Wire::OpenAiCompletions => openai_completions::decode(body, losses),
        Wire::AnthropicMessages | Wire::AnthropicCountTokens => anthropic::decode(body, losses),
        Wire::GeminiGenerate | Wire::GeminiCountTokens => gemini::decode(body, losses),
        _ => openai_chat::decode(body, losses),
    }
}

fn encode(chat: &Chat<'_>, wire: Wire, order: &Order<'_>, losses: &mut Losses) -> Result<Vec<u8>, PrepareError> {
    match wire {
        Wire::AnthropicMessages | Wire::AnthropicCountTokens => anthropic::encode(chat, order, losses),
        Wire::GeminiGenerate => gemini::encode(chat, order, losses),
        Wire::GeminiCountTokens => count::gemini(chat, order, losses),
        Wire::BedrockConverse => bedrock::encode(chat, order, losses),
        Wire::VisionAnnotate => vision::encode(chat, losses),
        _ => openai_chat::encode(chat, order, losses),
    }
}

/// Configured parameters replace the client's.
fn override_parameters<'a>(target: &Target<'a>, chat: &mut Chat<'a>, losses: &mut Losses) -> Result<(), PrepareError> {
    for (name, value) in parameters(target) {
        let text = || value.as_str().map(|text| text.to_owned().into());
        match name {
            "temperature" => chat.temperature = value.as_f64(),
            "top_p" => chat.top_p = value.as_f64(),
            "top_k" => chat.top_k = value.as_u64(),
            "seed" => chat.seed = value.as_i64(),
            "presence_penalty" => chat.presence_penalty = value.as_f64(),
            "frequency_penalty" => chat.frequency_penalty = value.as_f64(),
            "service_tier" => chat.service_tier = text(),
            "parallel_tool_calls" => chat.parallel_tools = value.as_bool(),
            "reasoning_effort" => {
                chat.reasoning = Some(openai_chat::effort(value.as_str().unwrap_or_default(), name)?);
            }
            "stop" => {
                let many = value.as_array().map(|array| array.iter().filter_map(|item| item.as_str()));
                chat.stop = match many {
                    Some(many) => many.map(|text| text.to_owned().into()).collect(),
                    None => text().into_iter().collect(),
                };
            }
            _ => losses.lose(name, "this override has no equivalent at this provider")?,
        }
    }
    Ok(())
}

/// The client's form of an answer.
pub(crate) fn answer(
    request: &Request,
    wire: Wire,
    body: Node<'_>,
    finding: &mut Finding,
) -> Result<Vec<u8>, AnswerError> {
    match wire.operation() {
        Operation::Embeddings => return embeddings::answer(request, wire, body, finding),
        Operation::CountTokens => return count::answer(request.wire, body),
        _ => {}
    }
    let reply = name(read(wire, body)?, request);
    Ok(write(request.wire, &reply, finding.usage.as_ref()))
}

/// A provider's whole chat answer.
pub(crate) fn read(wire: Wire, body: Node<'_>) -> Result<Reply<'_>, AnswerError> {
    match wire {
        Wire::AnthropicMessages => anthropic::read(body),
        Wire::GeminiGenerate => gemini::read(body),
        Wire::BedrockConverse => bedrock::read(body),
        Wire::VisionAnnotate => vision::read(body),
        _ => openai_chat::read(body),
    }
}

/// An answer without an id or a model gets the request's.
fn name<'a>(mut reply: Reply<'a>, request: &'a Request) -> Reply<'a> {
    if reply.id.is_empty() {
        reply.id = (&*request.answer_id).into();
    }
    if reply.model.is_empty() {
        reply.model = (&*request.model).into();
    }
    reply
}

fn write(wire: Wire, reply: &Reply<'_>, usage: Option<&Usage>) -> Vec<u8> {
    match wire {
        Wire::OpenAiResponses => openai_responses::write(reply, usage),
        Wire::OpenAiCompletions => openai_completions::write(reply, usage),
        Wire::AnthropicMessages => anthropic::write(reply, usage),
        Wire::GeminiGenerate => gemini::write(reply, usage),
        _ => openai_chat::write(reply, usage),
    }
}

/// Usage that the answer implies instead of stating it.
pub(crate) fn measure(wire: Wire, body: Node<'_>, finding: &mut Finding) {
    match wire.operation() {
        Operation::Images => {
            let made = body.some("data").map(Node::elements).unwrap_or_default().len() as u64;
            let usage = finding.usage.unwrap_or_default().with(Meter::OutputImages, made).with(Meter::Calls, 1);
            finding.usage = Some(usage);
        }
        // Both are free everywhere.
        Operation::Moderation | Operation::CountTokens => {
            finding.usage.get_or_insert(Usage::default().with(Meter::Calls, 1));
        }
        Operation::Chat if wire == Wire::VisionAnnotate => finding.usage = Some(vision::usage(body)),
        Operation::Chat | Operation::Embeddings | Operation::Transcription | Operation::Speech => {}
    }
}

/// Little-endian 32-bit floats, as OpenAI's `encoding_format: base64` has them.
pub(crate) fn floats_to_base64(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}
