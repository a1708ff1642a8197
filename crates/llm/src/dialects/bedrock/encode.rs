use crate::{
    PrepareError,
    ir::{Chat, Format, Media, MediaKind, Message, Part, Reasoning, Role, Source, ToolChoice},
    json::{Array, Node, Object, object},
    losses::Losses,
    translate::Order,
};

/// The request in this format; the model is in the path.
pub(crate) fn encode(chat: &Chat<'_>, order: &Order<'_>, losses: &mut Losses) -> Result<Vec<u8>, PrepareError> {
    let mut outcome = Ok(());
    let mut out = Vec::with_capacity(1_024);
    object(&mut out, |body| outcome = write(chat, order, losses, body));
    outcome.map(|()| out)
}

fn write(chat: &Chat<'_>, order: &Order<'_>, losses: &mut Losses, body: &mut Object<'_>) -> Result<(), PrepareError> {
    let system: Vec<&Part<'_>> = chat
        .messages
        .iter()
        .filter(|message| message.role == Role::System)
        .flat_map(|message| &message.parts)
        .collect();
    let mut outcome = Ok(());
    if !system.is_empty() {
        body.array("system", |blocks| outcome = system.iter().try_for_each(|part| write_part(part, blocks, losses)));
        outcome?;
    }
    let mut outcome = Ok(());
    body.array("messages", |messages| outcome = write_messages(chat, messages, losses));
    outcome?;
    body.object("inferenceConfig", |config| {
        config.some("maxTokens", order.limit).some("temperature", chat.temperature).some("topP", chat.top_p);
        if !chat.stop.is_empty() {
            config.field("stopSequences", &chat.stop);
        }
    });
    write_tools(chat, losses, body)?;
    write_model_fields(chat, order, losses, body)?;
    let absent = [
        ("seed", chat.seed.is_some()),
        ("presence_penalty", chat.presence_penalty.is_some()),
        ("frequency_penalty", chat.frequency_penalty.is_some()),
        ("n", chat.choices.is_some()),
        ("logprobs", chat.logprobs.is_some()),
        ("service_tier", chat.service_tier.as_deref().is_some_and(|tier| tier != "default")),
    ];
    for (field, asked) in absent {
        if asked {
            losses.lose(field, "Converse has no such parameter")?;
        }
    }
    Ok(())
}

/// Thinking and `top_k` are the model's own parameters here; Claude's are known.
fn write_model_fields(
    chat: &Chat<'_>,
    order: &Order<'_>,
    losses: &mut Losses,
    body: &mut Object<'_>,
) -> Result<(), PrepareError> {
    let claude = order.model.contains("anthropic.claude");
    let budget = match chat.reasoning {
        None | Some(Reasoning::Off) => None,
        Some(Reasoning::Effort(effort)) => Some(effort.budget()),
        Some(Reasoning::Budget(tokens)) => Some(tokens),
        Some(Reasoning::Free) => Some(8_192),
    };
    let budget = budget.map(|budget| budget.max(1_024).min(order.limit.unwrap_or(u64::MAX).saturating_sub(1)));
    if (budget.is_some() || chat.top_k.is_some()) && !claude {
        return losses.lose(
            if budget.is_some() { "reasoning_effort" } else { "top_k" },
            "Converse has no such parameter for this model",
        );
    }
    if budget.is_some_and(|budget| budget < 1_024) {
        return losses.lose("reasoning_effort", "the output limit leaves no room to think");
    }
    if budget.is_some() || chat.top_k.is_some() {
        body.object("additionalModelRequestFields", |fields| {
            fields.some("top_k", chat.top_k);
            if let Some(budget) = budget {
                fields.object("thinking", |thinking| {
                    thinking.field("type", "enabled").field("budget_tokens", budget);
                });
            }
        });
    }
    Ok(())
}

fn write_messages(chat: &Chat<'_>, messages: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    let turns: Vec<&Message<'_>> = chat.messages.iter().filter(|message| message.role != Role::System).collect();
    for turn in turns.chunk_by(|first, second| first.role == second.role) {
        let mut outcome = Ok(());
        messages.object(|entry| {
            entry.field("role", if turn[0].role == Role::Assistant { "assistant" } else { "user" });
            entry.array("content", |content| {
                let mut parts = turn.iter().flat_map(|message| &message.parts);
                outcome = parts.try_for_each(|part| write_part(part, content, losses));
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
            block.field("text", text);
        }),
        Part::Media(media) => return write_media(media, content, losses),
        Part::ToolCall(call) => content.object(|block| {
            block.object("toolUse", |tool| {
                tool.field("toolUseId", &call.id).field("name", &call.name);
                tool.field("input", Node::trusted(&call.arguments));
            });
        }),
        Part::ToolResult(result) => {
            let mut outcome = Ok(());
            content.object(|block| {
                block.object("toolResult", |tool| {
                    tool.field("toolUseId", &result.id).array("content", |inner| {
                        outcome = result.parts.iter().try_for_each(|part| write_part(part, inner, losses));
                    });
                    tool.some("status", result.is_error.then_some("error"));
                });
            });
            return outcome;
        }
        Part::Reasoning { text, signature: Some(signature) } => content.object(|block| {
            block.object("reasoningContent", |reasoning| {
                reasoning.object("reasoningText", |inner| {
                    inner.field("text", text).field("signature", signature);
                });
            });
        }),
        Part::Redacted(data) => content.object(|block| {
            block.object("reasoningContent", |reasoning| {
                reasoning.field("redactedContent", data);
            });
        }),
        Part::Reasoning { .. } => losses.note("reasoning_content"),
    }
    Ok(())
}

fn write_media(media: &Media<'_>, content: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    let Source::Base64 { mime, data } = &media.source else {
        return losses.lose("messages.content", "Converse takes media only as data inside the request");
    };
    let kind = match media.kind {
        MediaKind::Image => "image",
        MediaKind::Document => "document",
        MediaKind::Video => "video",
        MediaKind::Audio => return losses.lose("input_audio", "Converse takes no audio"),
    };
    let format = match &**mime {
        "image/jpeg" | "image/jpg" => "jpeg",
        "text/plain" => "txt",
        "text/markdown" => "md",
        mime => mime.rsplit('/').next().unwrap_or(mime),
    };
    content.object(|block| {
        block.object(kind, |inner| {
            inner.field("format", format);
            inner.some("name", (kind == "document").then(|| media.name.as_deref().unwrap_or("document")));
            inner.object("source", |source| {
                source.field("bytes", data);
            });
        });
    });
    Ok(())
}

fn write_tools(chat: &Chat<'_>, losses: &mut Losses, body: &mut Object<'_>) -> Result<(), PrepareError> {
    match &chat.format {
        Format::Text => {}
        Format::Object => losses.lose("response_format", "Converse answers in JSON by a schema only")?,
        Format::Schema(schema) => {
            body.object("outputConfig", |config| {
                config.object("textFormat", |format| {
                    format.field("type", "json_schema").object("structure", |structure| {
                        structure.object("jsonSchema", |inner| {
                            inner
                                .field("schema", schema.schema.node().compact())
                                .field("name", schema.name.as_deref().unwrap_or("answer"));
                        });
                    });
                });
            });
        }
    }
    if chat.tools.is_empty() || chat.tool_choice == Some(ToolChoice::None) {
        return Ok(());
    }
    if chat.parallel_tools == Some(false) {
        losses.lose("parallel_tool_calls", "Converse has no such parameter")?;
    }
    body.object("toolConfig", |config| {
        config.array("tools", |tools| {
            for tool in &chat.tools {
                tools.object(|entry| {
                    entry.object("toolSpec", |spec| {
                        spec.field("name", &tool.name).some("description", tool.description.as_ref());
                        spec.object("inputSchema", |schema| {
                            match &tool.parameters {
                                Some(parameters) => schema.field("json", parameters),
                                None => schema.field("json", Node::trusted(r#"{"type":"object","properties":{}}"#)),
                            };
                        });
                    });
                });
            }
        });
        match &chat.tool_choice {
            None | Some(ToolChoice::None) => {}
            Some(ToolChoice::Auto) => {
                config.object("toolChoice", |choice| {
                    choice.object("auto", |_| ());
                });
            }
            Some(ToolChoice::Required) => {
                config.object("toolChoice", |choice| {
                    choice.object("any", |_| ());
                });
            }
            Some(ToolChoice::Named(name)) => {
                config.object("toolChoice", |choice| {
                    choice.object("tool", |tool| {
                        tool.field("name", name);
                    });
                });
            }
        }
    });
    Ok(())
}
