use crate::{
    AnswerError, Meter, Usage,
    ir::{Choice, Finish, Part, Reply, Text, ToolCall},
    json::{Array, Node, Object, object},
};

/// A provider's whole answer.
pub(crate) fn read(body: Node<'_>) -> Result<Reply<'_>, AnswerError> {
    let content = body.some("content").filter(|content| content.is_array()).ok_or(AnswerError::Form("content"))?;
    let text = |name: &str| body.some(name).and_then(Node::string).unwrap_or_default();
    let finish = body.some("stop_reason").and_then(Node::string);
    let choice = Choice {
        parts: content.elements().into_iter().filter_map(read_block).collect(),
        finish: parse_finish(finish.as_deref()),
        stopped_by: body.some("stop_sequence").and_then(Node::string),
        logprobs: Vec::new(),
    };
    Ok(Reply { id: text("id"), model: text("model"), created: 0, choices: vec![choice] })
}

/// Blocks of the provider's own tools are its affair; what they led to is in the text.
fn read_block(block: Node<'_>) -> Option<Part<'_>> {
    let text = |name: &str| -> Option<Text<'_>> { block.some(name)?.string() };
    Some(match &*text("type")? {
        "text" => Part::Text(text("text")?),
        "thinking" => Part::Reasoning { text: text("thinking")?, signature: text("signature") },
        "redacted_thinking" => Part::Redacted(text("data")?),
        "tool_use" => {
            let arguments = block.some("input").map_or("{}".into(), Node::compact);
            Part::ToolCall(ToolCall { id: text("id")?, name: text("name")?, arguments, signature: None })
        }
        _ => return None,
    })
}

pub(crate) fn parse_finish(reason: Option<&str>) -> Finish {
    match reason {
        Some("max_tokens" | "model_context_window_exceeded") => Finish::Length,
        Some("stop_sequence") => Finish::StopSequence,
        Some("tool_use") => Finish::ToolCalls,
        Some("pause_turn") => Finish::Paused,
        Some("refusal") => Finish::Refused,
        _ => Finish::Stop,
    }
}

pub(crate) const fn finish_text(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop => "end_turn",
        Finish::StopSequence => "stop_sequence",
        Finish::Length => "max_tokens",
        Finish::ToolCalls => "tool_use",
        Finish::Filtered | Finish::Refused => "refusal",
        Finish::Paused => "pause_turn",
    }
}

/// The client's whole answer; this format has one choice.
pub(crate) fn write(reply: &Reply<'_>, usage: Option<&Usage>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    let choice = reply.choices.first();
    object(&mut out, |body| {
        body.field("id", &reply.id).field("type", "message").field("role", "assistant").field("model", &reply.model);
        body.array("content", |content| {
            choice.into_iter().flat_map(|choice| &choice.parts).for_each(|part| write_block(part, content));
        });
        body.field("stop_reason", finish_text(choice.map_or(Finish::Stop, |choice| choice.finish)));
        body.field("stop_sequence", choice.and_then(|choice| choice.stopped_by.as_ref()));
        body.object("usage", |object| write_usage(usage.unwrap_or(&Usage::default()), object));
    });
    out
}

fn write_block(part: &Part<'_>, content: &mut Array<'_>) {
    match part {
        Part::Text(text) | Part::Refusal(text) => content.object(|block| {
            block.field("type", "text").field("text", text);
        }),
        Part::Reasoning { text, signature } => content.object(|block| {
            block.field("type", "thinking").field("thinking", text);
            block.field("signature", signature.as_deref().unwrap_or(""));
        }),
        Part::Redacted(data) => content.object(|block| {
            block.field("type", "redacted_thinking").field("data", data);
        }),
        Part::ToolCall(call) => content.object(|block| {
            block.field("type", "tool_use").field("id", &call.id).field("name", &call.name);
            block.field("input", object_text(&call.arguments));
        }),
        Part::Media(_) | Part::ToolResult(_) => {}
    }
}

/// Arguments that a model wrote need not be JSON; what is none becomes an empty object with the text in it.
fn object_text(arguments: &str) -> crate::ir::Json<'_> {
    match Node::parse(arguments.as_bytes()) {
        Ok(node) if node.is_object() => node.into(),
        _ => {
            let mut out = Vec::new();
            object(&mut out, |object| {
                object.field("arguments", arguments);
            });
            crate::ir::Json(String::from_utf8_lossy(&out).into_owned().into())
        }
    }
}

/// Usage in this format's words: cached tokens beside the input.
pub(crate) fn write_usage(usage: &Usage, object: &mut Object<'_>) {
    let cached = usage.get(Meter::CachedInputTokens)
        + usage.get(Meter::CachedInputAudioTokens)
        + usage.get(Meter::CachedInputImageTokens);
    let written = usage.get(Meter::CacheWriteTokens) + usage.get(Meter::CacheWriteHourTokens);
    let input = usage.total(crate::MeterGroup::Input) - cached - written;
    object.field("input_tokens", input).field("cache_creation_input_tokens", written);
    object.field("cache_read_input_tokens", cached);
    object.field("output_tokens", usage.total(crate::MeterGroup::Output));
}
