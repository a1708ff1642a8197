use crate::{
    Meter, MeterGroup, Usage,
    ir::{Choice, Finish, Part, Reply, ToolCall},
    json::{Array, Object, object},
};

/// The client's whole answer; this format has one choice.
pub(crate) fn write(reply: &Reply<'_>, usage: Option<&Usage>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    let choice = reply.choices.first();
    let finish = choice.map_or(Finish::Stop, |choice| choice.finish);
    object(&mut out, |body| {
        write_head(&reply.id, &reply.model, reply.created, Some(finish), body);
        body.array("output", |output| {
            if let Some(choice) = choice {
                write_items(choice, &reply.id, output);
            }
        });
        if let Some(usage) = usage {
            body.object("usage", |object| write_usage(usage, object));
        }
    });
    out
}

/// Everything of a response but its output and usage. `finish` is `None` while it is being written.
pub(super) fn write_head(id: &str, model: &str, created: u64, finish: Option<Finish>, body: &mut Object<'_>) {
    let (status, reason) = match finish {
        None => ("in_progress", None),
        Some(Finish::Length) => ("incomplete", Some("max_output_tokens")),
        Some(Finish::Filtered | Finish::Refused) => ("incomplete", Some("content_filter")),
        Some(_) => ("completed", None),
    };
    body.field("id", id).field("object", "response").field("created_at", created).field("status", status);
    body.field("model", model).field("error", None::<&str>);
    match reason {
        Some(reason) => body.object("incomplete_details", |details| {
            details.field("reason", reason);
        }),
        None => body.field("incomplete_details", None::<&str>),
    };
    body.field("instructions", None::<&str>).object("metadata", |_| ()).field("parallel_tool_calls", true);
    body.field("temperature", None::<&str>)
        .field("top_p", None::<&str>)
        .field("tool_choice", "auto")
        .array("tools", |_| ());
}

fn write_items(choice: &Choice<'_>, id: &str, output: &mut Array<'_>) {
    let thoughts: String = choice
        .parts
        .iter()
        .filter_map(|part| if let Part::Reasoning { text, .. } = part { Some(&**text) } else { None })
        .collect();
    if !thoughts.is_empty() {
        output.object(|item| write_reasoning(&format!("rs_{id}"), &thoughts, item));
    }
    let text: String =
        choice.parts.iter().filter_map(|part| if let Part::Text(text) = part { Some(&**text) } else { None }).collect();
    let refusal: String = choice
        .parts
        .iter()
        .filter_map(|part| if let Part::Refusal(text) = part { Some(&**text) } else { None })
        .collect();
    if !text.is_empty() || !refusal.is_empty() {
        output.object(|item| {
            write_message(&format!("msg_{id}"), "completed", item, |content| {
                if !text.is_empty() {
                    content.object(|part| write_text(&text, part));
                }
                if !refusal.is_empty() {
                    content.object(|part| {
                        part.field("type", "refusal").field("refusal", &refusal);
                    });
                }
            })
        });
    }
    for part in &choice.parts {
        if let Part::ToolCall(call) = part {
            output.object(|item| write_call(call, "completed", item));
        }
    }
}

pub(super) fn write_reasoning(id: &str, text: &str, item: &mut Object<'_>) {
    item.field("type", "reasoning").field("id", id).array("summary", |summary| {
        if !text.is_empty() {
            summary.object(|part| {
                part.field("type", "summary_text").field("text", text);
            });
        }
    });
}

pub(super) fn write_message(id: &str, status: &str, item: &mut Object<'_>, fill: impl FnOnce(&mut Array<'_>)) {
    item.field("type", "message").field("id", id).field("status", status).field("role", "assistant");
    item.array("content", fill);
}

pub(super) fn write_text(text: &str, part: &mut Object<'_>) {
    part.field("type", "output_text").field("text", text).array("annotations", |_| ()).array("logprobs", |_| ());
}

pub(super) fn write_call(call: &ToolCall<'_>, status: &str, item: &mut Object<'_>) {
    item.field("type", "function_call").field("id", format!("fc_{}", call.id)).field("call_id", &call.id);
    item.field("name", &call.name).field("arguments", &call.arguments).field("status", status);
}

/// Usage in this format's words.
pub(super) fn write_usage(usage: &Usage, object: &mut Object<'_>) {
    let (input, output) = (usage.total(MeterGroup::Input), usage.total(MeterGroup::Output));
    object.field("input_tokens", input).object("input_tokens_details", |details| {
        details.field("cached_tokens", usage.get(Meter::CachedInputTokens));
    });
    object.field("output_tokens", output).object("output_tokens_details", |details| {
        details.field("reasoning_tokens", usage.get(Meter::ReasoningTokens));
    });
    object.field("total_tokens", input + output);
}
