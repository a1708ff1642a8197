use std::collections::HashMap;

use super::decode::response_object;
use crate::{
    PrepareError,
    ir::{Chat, Effort, Format, Media, Part, Reasoning, Role, Source, ToolChoice},
    json::{Array, Node, Object, object},
    losses::Losses,
    translate::Order,
};

/// Takes the place of the seal on a call that another model made (ai.google.dev/gemini-api/docs/thought-signatures).
const NO_SEAL: &str = "skip_thought_signature_validator";

/// The request in this format.
pub(crate) fn encode(chat: &Chat<'_>, order: &Order<'_>, losses: &mut Losses) -> Result<Vec<u8>, PrepareError> {
    let mut outcome = Ok(());
    let mut out = Vec::with_capacity(1_024);
    object(&mut out, |body| outcome = write(chat, order, losses, body));
    outcome.map(|()| out)
}

fn write(chat: &Chat<'_>, order: &Order<'_>, losses: &mut Losses, body: &mut Object<'_>) -> Result<(), PrepareError> {
    write_contents(chat, order.model, losses, body)?;
    if !chat.tools.is_empty() {
        write_tools(chat, losses, body)?;
    }
    let mut outcome = Ok(());
    body.object("generationConfig", |config| outcome = write_config(chat, order, losses, config));
    outcome?;
    match chat.service_tier.as_deref() {
        None | Some("auto" | "default" | "standard") => Ok(()),
        Some(_) => losses.lose("service_tier", "this tier is not offered here"),
    }
}

/// `systemInstruction` and `contents`.
pub(crate) fn write_contents(
    chat: &Chat<'_>,
    model: &str,
    losses: &mut Losses,
    body: &mut Object<'_>,
) -> Result<(), PrepareError> {
    let mut outcome = Ok(());
    let system: Vec<&Part<'_>> = chat
        .messages
        .iter()
        .filter(|message| message.role == Role::System)
        .flat_map(|message| &message.parts)
        .collect();
    let scribe = Scribe { names: call_names(chat), seals: model.contains("gemini-3") };
    if !system.is_empty() {
        let first_turn = chat.messages.iter().position(|message| message.role != Role::System);
        let last_system = chat.messages.iter().rposition(|message| message.role == Role::System);
        if first_turn.is_some_and(|first| last_system.is_some_and(|last| last > first)) {
            losses.note("messages.role");
        }
        body.object("systemInstruction", |content| {
            content
                .array("parts", |parts| outcome = system.iter().try_for_each(|part| scribe.part(part, parts, losses)));
        });
        outcome?;
    }
    let mut outcome = Ok(());
    body.array("contents", |contents| {
        for message in chat.messages.iter().filter(|message| message.role != Role::System) {
            contents.object(|content| {
                content.field("role", if message.role == Role::Assistant { "model" } else { "user" });
                content.array("parts", |parts| {
                    if outcome.is_ok() {
                        outcome = message.parts.iter().try_for_each(|part| scribe.part(part, parts, losses));
                    }
                });
            });
        }
    });
    outcome
}

/// The function that each call names; results must repeat it here.
fn call_names<'a>(chat: &'a Chat<'_>) -> HashMap<&'a str, &'a str> {
    let parts = chat.messages.iter().flat_map(|message| &message.parts);
    parts
        .filter_map(|part| if let Part::ToolCall(call) = part { Some((&*call.id, &*call.name)) } else { None })
        .collect()
}

struct Scribe<'a> {
    names: HashMap<&'a str, &'a str>,
    /// The model demands a seal on every call.
    seals: bool,
}

impl Scribe<'_> {
    fn part(&self, part: &Part<'_>, parts: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
        match part {
            Part::Text(text) | Part::Refusal(text) => parts.object(|entry| {
                entry.field("text", text);
            }),
            Part::Media(media) => return write_media(media, parts, losses),
            Part::ToolCall(call) => parts.object(|entry| {
                entry.object("functionCall", |function| {
                    function.field("name", &call.name).field("args", Node::trusted(&call.arguments));
                });
                let seal = call.signature.as_deref().or(self.seals.then_some(NO_SEAL));
                entry.some("thoughtSignature", seal);
            }),
            Part::ToolResult(result) => {
                let name = result.name.as_deref().or_else(|| self.names.get(&*result.id).copied());
                let Some(name) = name else {
                    return Err(crate::ReadError::wrong("messages.tool_call_id", "the id of a call before it").into());
                };
                let text = result.text();
                parts.object(|entry| {
                    entry.object("functionResponse", |response| {
                        response.field("name", name).field("response", response_object(&text, result.is_error));
                    });
                });
                for part in result.parts.iter().filter(|part| !matches!(part, Part::Text(_))) {
                    self.part(part, parts, losses)?;
                }
            }
            Part::Reasoning { .. } | Part::Redacted(_) => losses.note("reasoning_content"),
        }
        Ok(())
    }
}

fn write_media(media: &Media<'_>, parts: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    match &media.source {
        Source::Base64 { mime, data } => parts.object(|entry| {
            entry.object("inlineData", |inline| {
                inline.field("mimeType", mime).field("data", data);
            });
        }),
        Source::Url(url) => parts.object(|entry| {
            entry.object("fileData", |file| {
                file.some("mimeType", mime_of_url(url)).field("fileUri", url);
            });
        }),
        Source::Plain(text) => parts.object(|entry| {
            entry.field("text", text);
        }),
        Source::File(_) => return losses.lose("file_id", "files are known to one provider only"),
    }
    Ok(())
}

fn mime_of_url(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or(url);
    Some(match path.rsplit_once('.')?.1.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "mp3" => "audio/mp3",
        "wav" => "audio/wav",
        "mp4" => "video/mp4",
        _ => return None,
    })
}

pub(crate) fn write_tools(chat: &Chat<'_>, losses: &mut Losses, body: &mut Object<'_>) -> Result<(), PrepareError> {
    body.array("tools", |tools| {
        tools.object(|tool| {
            tool.array("functionDeclarations", |functions| {
                for tool in &chat.tools {
                    functions.object(|function| {
                        function.field("name", &tool.name).some("description", tool.description.as_ref());
                        function.some("parametersJsonSchema", tool.parameters.as_ref());
                    });
                }
            });
        });
    });
    if chat.tools.iter().any(|tool| tool.strict == Some(true)) {
        losses.note("tools.function.strict");
    }
    if chat.parallel_tools == Some(false) {
        losses.lose("parallel_tool_calls", "Gemini calls as many tools as it likes")?;
    }
    let (mode, name) = match &chat.tool_choice {
        None => return Ok(()),
        Some(ToolChoice::Auto) => ("AUTO", None),
        Some(ToolChoice::None) => ("NONE", None),
        Some(ToolChoice::Required) => ("ANY", None),
        Some(ToolChoice::Named(name)) => ("ANY", Some(name)),
    };
    body.object("toolConfig", |config| {
        config.object("functionCallingConfig", |calling| {
            calling.field("mode", mode).some("allowedFunctionNames", name.map(|name| vec![name]));
        });
    });
    Ok(())
}

fn write_config(
    chat: &Chat<'_>,
    order: &Order<'_>,
    losses: &mut Losses,
    config: &mut Object<'_>,
) -> Result<(), PrepareError> {
    config.some("maxOutputTokens", order.limit).some("temperature", chat.temperature).some("topP", chat.top_p);
    config.some("topK", chat.top_k).some("seed", chat.seed).some("candidateCount", chat.choices);
    config.some("presencePenalty", chat.presence_penalty).some("frequencyPenalty", chat.frequency_penalty);
    if !chat.stop.is_empty() {
        config.field("stopSequences", &chat.stop);
    }
    if let Some(alternatives) = chat.logprobs {
        config.field("responseLogprobs", true).some("logprobs", (alternatives > 0).then_some(alternatives));
    }
    match &chat.format {
        Format::Text => {}
        Format::Object => {
            config.field("responseMimeType", "application/json");
        }
        Format::Schema(schema) => {
            config.field("responseMimeType", "application/json").field("responseJsonSchema", &schema.schema);
        }
    }
    let Some(reasoning) = chat.reasoning else { return Ok(()) };
    let levels = order.model.contains("gemini-3");
    if levels && reasoning == Reasoning::Off {
        return losses.lose("reasoning_effort", "this model always thinks");
    }
    config.object("thinkingConfig", |thinking| {
        match (reasoning, levels) {
            (Reasoning::Off, _) => thinking.field("thinkingBudget", 0u64),
            (Reasoning::Free, false) => thinking.field("thinkingBudget", -1i64),
            (Reasoning::Free, true) => thinking,
            (Reasoning::Effort(effort), true) => thinking.field("thinkingLevel", level(effort)),
            (Reasoning::Budget(tokens), true) => thinking.field("thinkingLevel", level(Effort::of_budget(tokens))),
            (Reasoning::Effort(effort), false) => thinking.field("thinkingBudget", effort.budget()),
            (Reasoning::Budget(tokens), false) => thinking.field("thinkingBudget", tokens),
        };
        thinking.some("includeThoughts", (reasoning != Reasoning::Off).then_some(true));
    });
    Ok(())
}

const fn level(effort: Effort) -> &'static str {
    match effort {
        Effort::Minimal | Effort::Low => "low",
        Effort::Medium => "medium",
        Effort::High | Effort::Max => "high",
    }
}
