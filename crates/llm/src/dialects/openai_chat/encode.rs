use crate::{
    PrepareError, ProviderKind,
    ir::{
        Chat, Effort, Format, Media, MediaKind, Message, Part, Reasoning, Role, Schema, Source, ToolCall, ToolChoice,
        ToolResult,
    },
    json::{Array, Object, object},
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
    let mut outcome = Ok(());
    body.array("messages", |messages| {
        outcome = chat.messages.iter().try_for_each(|message| write_message(message, messages, losses));
    });
    outcome?;
    body.some(order.chat_limit, order.limit);
    body.some("temperature", chat.temperature).some("top_p", chat.top_p);
    if let Some(top_k) = chat.top_k {
        match order.kind {
            ProviderKind::OpenAi | ProviderKind::AzureOpenAi => {
                losses.lose("top_k", "OpenAI's models have no such parameter")?
            }
            _ => {
                body.field("top_k", top_k);
            }
        }
    }
    if !chat.stop.is_empty() {
        body.field("stop", &chat.stop);
    }
    body.some("seed", chat.seed).some("presence_penalty", chat.presence_penalty);
    body.some("frequency_penalty", chat.frequency_penalty).some("n", chat.choices);
    if let Some(alternatives) = chat.logprobs {
        body.field("logprobs", true).some("top_logprobs", (alternatives > 0).then_some(alternatives));
    }
    body.some("reasoning_effort", effort(chat.reasoning));
    body.some("user", chat.user.as_ref()).some("service_tier", chat.service_tier.as_ref());
    write_tools(chat, body);
    write_format(&chat.format, body);
    if order.stream {
        body.field("stream", true).object("stream_options", |options| {
            options.field("include_usage", true);
        });
    }
    Ok(())
}

/// A budget becomes the effort that may spend as much; thinking freely is the model's own default.
fn effort(reasoning: Option<Reasoning>) -> Option<&'static str> {
    match reasoning? {
        Reasoning::Off => Some("none"),
        Reasoning::Free => None,
        Reasoning::Effort(effort) => Some(effort.as_str()),
        Reasoning::Budget(tokens) => Some(Effort::of_budget(tokens).as_str()),
    }
}

fn write_tools(chat: &Chat<'_>, body: &mut Object<'_>) {
    if chat.tools.is_empty() {
        return;
    }
    body.array("tools", |tools| {
        for tool in &chat.tools {
            tools.object(|entry| {
                entry.field("type", "function").object("function", |function| {
                    function.field("name", &tool.name).some("description", tool.description.as_ref());
                    function.some("parameters", tool.parameters.as_ref()).some("strict", tool.strict);
                });
            });
        }
    });
    match &chat.tool_choice {
        None => {}
        Some(ToolChoice::Auto) => {
            body.field("tool_choice", "auto");
        }
        Some(ToolChoice::None) => {
            body.field("tool_choice", "none");
        }
        Some(ToolChoice::Required) => {
            body.field("tool_choice", "required");
        }
        Some(ToolChoice::Named(name)) => {
            body.object("tool_choice", |choice| {
                choice.field("type", "function").object("function", |function| {
                    function.field("name", name);
                });
            });
        }
    }
    body.some("parallel_tool_calls", chat.parallel_tools);
}

fn write_format(format: &Format<'_>, body: &mut Object<'_>) {
    match format {
        Format::Text => {}
        Format::Object => {
            body.object("response_format", |format| {
                format.field("type", "json_object");
            });
        }
        Format::Schema(Schema { name, description, schema, strict }) => {
            body.object("response_format", |format| {
                format.field("type", "json_schema").object("json_schema", |inner| {
                    inner.field("name", name.as_deref().unwrap_or("answer")).some("description", description.as_ref());
                    inner.field("schema", schema).some("strict", *strict);
                });
            });
        }
    }
}

fn write_message(message: &Message<'_>, messages: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    let (results, rest): (Vec<_>, Vec<_>) = message.parts.iter().partition(|part| matches!(part, Part::ToolResult(_)));
    for part in &results {
        if let Part::ToolResult(result) = part {
            write_result(result, messages, losses)?;
        }
    }
    if !results.is_empty() && rest.is_empty() {
        return Ok(());
    }
    let mut outcome = Ok(());
    messages.object(|entry| {
        outcome = match message.role {
            Role::System => write_parts("system", &rest, entry, losses),
            Role::User => write_parts("user", &rest, entry, losses),
            Role::Assistant => write_assistant(&rest, entry, losses),
        };
    });
    outcome
}

fn write_result(result: &ToolResult<'_>, messages: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    if result.parts.iter().any(|part| !matches!(part, Part::Text(_))) {
        losses.lose("tool_result.content", "results of tools may hold text only")?;
    }
    if result.is_error {
        losses.note("tool_result.is_error");
    }
    messages.object(|entry| {
        entry.field("role", "tool").field("tool_call_id", &result.id).field("content", result.text());
    });
    Ok(())
}

fn write_parts(
    role: &str,
    parts: &[&Part<'_>],
    entry: &mut Object<'_>,
    losses: &mut Losses,
) -> Result<(), PrepareError> {
    entry.field("role", role);
    if let [Part::Text(text)] = parts {
        entry.field("content", text);
        return Ok(());
    }
    let mut outcome = Ok(());
    entry.array("content", |content| outcome = parts.iter().try_for_each(|part| write_part(part, content, losses)));
    outcome
}

fn write_part(part: &Part<'_>, content: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    match part {
        Part::Text(text) => content.object(|entry| {
            entry.field("type", "text").field("text", text);
        }),
        Part::Media(media) => return write_media(media, content, losses),
        Part::Refusal(text) => content.object(|entry| {
            entry.field("type", "refusal").field("refusal", text);
        }),
        Part::Reasoning { .. } | Part::Redacted(_) => losses.note("thinking"),
        Part::ToolCall(_) | Part::ToolResult(_) => {}
    }
    Ok(())
}

fn write_media(media: &Media<'_>, content: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    match (media.kind, &media.source) {
        (MediaKind::Image, Source::Url(_) | Source::Base64 { .. }) => content.object(|entry| {
            entry.field("type", "image_url").object("image_url", |image| {
                image.field("url", data_url(&media.source)).some("detail", media.detail.as_ref());
            });
        }),
        (MediaKind::Audio, Source::Base64 { mime, data }) => {
            let format = match &**mime {
                "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
                "audio/mpeg" | "audio/mp3" => "mp3",
                _ => return losses.lose("audio", "only wav and mp3 are heard here"),
            };
            content.object(|entry| {
                entry.field("type", "input_audio").object("input_audio", |audio| {
                    audio.field("data", data).field("format", format);
                });
            });
        }
        (MediaKind::Document, Source::Base64 { .. } | Source::File(_)) => content.object(|entry| {
            entry.field("type", "file").object("file", |file| match &media.source {
                Source::File(id) => {
                    file.field("file_id", id);
                }
                _ => {
                    file.field("filename", media.name.as_deref().unwrap_or("document.pdf"));
                    file.field("file_data", data_url(&media.source));
                }
            });
        }),
        (_, Source::Plain(text)) => content.object(|entry| {
            entry.field("type", "text").field("text", text);
        }),
        (MediaKind::Video, _) => return losses.lose("video", "this provider takes no video"),
        (_, Source::Url(_)) => return losses.lose("file_url", "this provider takes no such files by URL"),
        (_, Source::File(_)) => return losses.lose("file_id", "files are known to one provider only"),
    }
    Ok(())
}

/// The URL, or the data as one.
fn data_url(source: &Source<'_>) -> String {
    match source {
        Source::Url(text) | Source::File(text) | Source::Plain(text) => text.to_string(),
        Source::Base64 { mime, data } => format!("data:{mime};base64,{data}"),
    }
}

fn write_assistant(parts: &[&Part<'_>], entry: &mut Object<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    entry.field("role", "assistant");
    let mut text: Option<String> = None;
    for part in parts {
        match part {
            Part::Text(more) | Part::Refusal(more) => text.get_or_insert_default().push_str(more),
            Part::Reasoning { .. } | Part::Redacted(_) => losses.note("thinking"),
            Part::Media(_) => {
                losses.lose("messages.content", "an assistant's message may hold text and tool calls only")?
            }
            Part::ToolCall(_) | Part::ToolResult(_) => {}
        }
    }
    entry.field("content", text);
    let calls: Vec<_> =
        parts.iter().filter_map(|part| if let Part::ToolCall(call) = part { Some(call) } else { None }).collect();
    if !calls.is_empty() {
        entry.array("tool_calls", |array| calls.iter().for_each(|call| array.object(|entry| write_call(call, entry))));
    }
    Ok(())
}

/// A call with all its arguments.
pub(super) fn write_call(call: &ToolCall<'_>, entry: &mut Object<'_>) {
    entry.field("id", &call.id).field("type", "function").object("function", |function| {
        function.field("name", &call.name).field("arguments", &call.arguments);
    });
    write_signature(call.signature.as_deref(), entry);
}

/// Where Google's own translation of this format keeps the seal (ai.google.dev/gemini-api/docs/thought-signatures).
pub(super) fn write_signature(signature: Option<&str>, entry: &mut Object<'_>) {
    if let Some(signature) = signature {
        entry.object("extra_content", |extra| {
            extra.object("google", |google| {
                google.field("thought_signature", signature);
            });
        });
    }
}
