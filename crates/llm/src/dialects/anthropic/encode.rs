use super::parameters::write_parameters;
use crate::{
    PrepareError, ReadError,
    ir::{Chat, Media, MediaKind, Message, Part, Role, Source, Text, ToolChoice},
    json::{Array, Node, Object, object},
    losses::Losses,
    translate::Order,
};

/// The request in this format.
pub(crate) fn encode(chat: &Chat<'_>, order: &Order<'_>, losses: &mut Losses) -> Result<Vec<u8>, PrepareError> {
    let mut outcome = Ok(());
    let mut out = Vec::with_capacity(1_024);
    object(&mut out, |body| outcome = write(chat, order, losses, body));
    outcome.map(|()| out)
}

fn write(chat: &Chat<'_>, order: &Order<'_>, losses: &mut Losses, body: &mut Object<'_>) -> Result<(), PrepareError> {
    body.field("model", order.model);
    if !order.counts {
        let limit = order.limit.ok_or(ReadError::Missing("max_tokens"))?;
        body.field("max_tokens", limit);
        write_parameters(chat, order.model, limit, losses, body)?;
        body.some("stream", order.stream.then_some(true));
    }
    write_system(chat, losses, body)?;
    let mut outcome = Ok(());
    body.array("messages", |messages| outcome = write_messages(chat, messages, losses));
    outcome?;
    write_tools(chat, body);
    Ok(())
}

/// System messages come first, wherever they stood; Anthropic does the same with OpenAI's format
/// (docs.claude.com/en/api/openai-sdk).
fn write_system(chat: &Chat<'_>, losses: &mut Losses, body: &mut Object<'_>) -> Result<(), PrepareError> {
    let mut texts: Vec<&Text<'_>> = Vec::new();
    let mut conversation = false;
    for message in &chat.messages {
        if message.role != Role::System {
            conversation = true;
            continue;
        }
        if conversation {
            losses.note("messages.role");
        }
        for part in &message.parts {
            match part {
                Part::Text(text) if text.is_empty() => {}
                Part::Text(text) => texts.push(text),
                _ => losses.lose("messages.content", "a system message may hold text only")?,
            }
        }
    }
    match texts.as_slice() {
        [] => {}
        [text] => {
            body.field("system", text);
        }
        many => {
            body.array("system", |system| {
                many.iter().for_each(|text| {
                    system.object(|block| {
                        block.field("type", "text").field("text", text);
                    });
                });
            });
        }
    }
    Ok(())
}

/// Turns of one role that follow each other are one turn; results of tools come first in it.
fn write_messages(chat: &Chat<'_>, messages: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    let turns: Vec<&Message<'_>> = chat.messages.iter().filter(|message| message.role != Role::System).collect();
    for turn in turns.chunk_by(|first, second| first.role == second.role) {
        let mut outcome = Ok(());
        let mut parts: Vec<&Part<'_>> = turn.iter().flat_map(|message| &message.parts).collect();
        parts.sort_by_key(|part| !matches!(part, Part::ToolResult(_)));
        messages.object(|entry| {
            entry.field("role", if turn[0].role == Role::Assistant { "assistant" } else { "user" });
            if let [Part::Text(text)] = parts.as_slice() {
                entry.field("content", text);
                return;
            }
            entry.array("content", |content| {
                outcome = parts.iter().try_for_each(|part| write_part(part, content, losses))
            });
        });
        outcome?;
    }
    Ok(())
}

fn write_part(part: &Part<'_>, content: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    match part {
        Part::Text(text) | Part::Refusal(text) if text.is_empty() => {}
        Part::Text(text) | Part::Refusal(text) => content.object(|block| {
            block.field("type", "text").field("text", text);
        }),
        Part::Media(media) => return write_media(media, content, losses),
        Part::ToolCall(call) => content.object(|block| {
            block.field("type", "tool_use").field("id", &call.id).field("name", &call.name);
            block.field("input", Node::trusted(&call.arguments));
        }),
        Part::ToolResult(result) => {
            let mut outcome = Ok(());
            content.object(|block| {
                block.field("type", "tool_result").field("tool_use_id", &result.id);
                match result.parts.as_slice() {
                    [Part::Text(text)] => {
                        block.field("content", text);
                    }
                    parts => {
                        block.array("content", |inner| {
                            outcome = parts.iter().try_for_each(|part| write_part(part, inner, losses))
                        });
                    }
                }
                block.some("is_error", result.is_error.then_some(true));
            });
            return outcome;
        }
        Part::Reasoning { text, signature: Some(signature) } => content.object(|block| {
            block.field("type", "thinking").field("thinking", text).field("signature", signature);
        }),
        // Only the provider that sealed a thought takes it back.
        Part::Reasoning { .. } => losses.note("reasoning_content"),
        Part::Redacted(data) => content.object(|block| {
            block.field("type", "redacted_thinking").field("data", data);
        }),
    }
    Ok(())
}

fn write_media(media: &Media<'_>, content: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    let kind = match media.kind {
        MediaKind::Image => "image",
        MediaKind::Document => "document",
        MediaKind::Audio => return losses.lose("input_audio", "Anthropic's models do not hear"),
        MediaKind::Video => return losses.lose("video", "Anthropic's models take no video"),
    };
    if matches!(media.source, Source::File(_)) {
        return losses.lose("file_id", "files are known to one provider only");
    }
    content.object(|block| {
        block.field("type", kind).object("source", |source| match &media.source {
            Source::Base64 { mime, data } => {
                source.field("type", "base64").field("media_type", mime).field("data", data);
            }
            Source::Url(url) | Source::File(url) => {
                source.field("type", "url").field("url", url);
            }
            Source::Plain(text) => {
                source.field("type", "text").field("media_type", "text/plain").field("data", text);
            }
        });
        block.some("title", media.name.as_ref().filter(|_| kind == "document"));
    });
    Ok(())
}

fn write_tools(chat: &Chat<'_>, body: &mut Object<'_>) {
    if chat.tools.is_empty() {
        return;
    }
    body.array("tools", |tools| {
        for tool in &chat.tools {
            tools.object(|entry| {
                entry.field("name", &tool.name).some("description", tool.description.as_ref());
                match &tool.parameters {
                    Some(schema) => entry.field("input_schema", schema),
                    None => entry.field("input_schema", Node::trusted(r#"{"type":"object","properties":{}}"#)),
                };
                entry.some("strict", tool.strict.filter(|strict| *strict));
            });
        }
    });
    let serial = (chat.parallel_tools == Some(false)).then_some(true);
    let kind = match &chat.tool_choice {
        None if serial.is_none() => return,
        None | Some(ToolChoice::Auto) => "auto",
        Some(ToolChoice::None) => "none",
        Some(ToolChoice::Required) => "any",
        Some(ToolChoice::Named(_)) => "tool",
    };
    body.object("tool_choice", |choice| {
        choice.field("type", kind);
        if let Some(ToolChoice::Named(name)) = &chat.tool_choice {
            choice.field("name", name);
        }
        choice.some("disable_parallel_tool_use", serial.filter(|_| kind != "none"));
    });
}
