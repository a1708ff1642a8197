use crate::{
    AnswerError, Meter, MeterGroup, Usage,
    ir::{Choice, Finish, Part, Reply, Text, TokenLogprob, ToolCall},
    json::{Node, Object, object},
};

/// A provider's whole answer.
pub(crate) fn read(body: Node<'_>) -> Result<Reply<'_>, AnswerError> {
    let choices = body.some("choices").filter(|choices| choices.is_array()).ok_or(AnswerError::Form("choices"))?;
    Ok(Reply {
        id: text(body, "id"),
        model: text(body, "model"),
        created: body.some("created").and_then(Node::whole).unwrap_or(0),
        choices: choices.elements().into_iter().map(read_choice).collect(),
    })
}

fn text<'a>(node: Node<'a>, name: &str) -> Text<'a> {
    node.some(name).and_then(Node::string).unwrap_or_default()
}

fn read_choice(choice: Node<'_>) -> Choice<'_> {
    let message = choice.some("message").unwrap_or(Node::trusted("{}"));
    let mut parts = Vec::new();
    let thoughts = message.some("reasoning_content").or_else(|| message.some("reasoning")).and_then(Node::string);
    parts.extend(thoughts.filter(|text| !text.is_empty()).map(|text| Part::Reasoning { text, signature: None }));
    if let Some(content) = message.some("content") {
        match content.string() {
            Some(text) if !text.is_empty() => parts.push(Part::Text(text)),
            Some(_) => {}
            // Mistral answers in parts where it thinks.
            None => parts.extend(content.elements().into_iter().filter_map(read_part)),
        }
    }
    parts.extend(message.some("refusal").and_then(Node::string).map(Part::Refusal));
    let calls = message.some("tool_calls").map(Node::elements).unwrap_or_default();
    parts.extend(calls.into_iter().map(|call| Part::ToolCall(read_call(call))));
    let finish = choice.some("finish_reason").and_then(Node::string);
    let logprobs = choice.some("logprobs").and_then(|logprobs| logprobs.some("content"));
    Choice { parts, finish: parse_finish(finish.as_deref()), stopped_by: None, logprobs: read_logprobs(logprobs) }
}

fn read_part(part: Node<'_>) -> Option<Part<'_>> {
    if let Some(text) = part.some("text").and_then(Node::string) {
        return Some(Part::Text(text));
    }
    let thoughts = part.some("thinking")?.elements();
    let text = thoughts.iter().filter_map(|thought| thought.some("text")?.string()).collect::<String>();
    Some(Part::Reasoning { text: text.into(), signature: None })
}

fn read_call(call: Node<'_>) -> ToolCall<'_> {
    let function = call.some("function").unwrap_or(call);
    let arguments = function.some("arguments").map(|node| node.string().unwrap_or(node.text().into()));
    ToolCall {
        id: text(call, "id"),
        name: text(function, "name"),
        arguments: arguments.filter(|text| !text.is_empty()).unwrap_or("{}".into()),
        signature: read_signature(call),
    }
}

pub(super) fn read_signature(call: Node<'_>) -> Option<Text<'_>> {
    call.some("extra_content")?.some("google")?.some("thought_signature")?.string()
}

pub(super) fn read_logprobs(content: Option<Node<'_>>) -> Vec<TokenLogprob<'_>> {
    let number = |node: Node<'_>| node.some("logprob").and_then(Node::number).unwrap_or(-9999.0);
    let tokens = content.map(Node::elements).unwrap_or_default();
    tokens
        .into_iter()
        .map(|token| {
            let top = token.some("top_logprobs").map(Node::elements).unwrap_or_default();
            let top = top.into_iter().map(|token| (text(token, "token"), number(token))).collect();
            TokenLogprob { token: text(token, "token"), logprob: number(token), top }
        })
        .collect()
}

pub(crate) fn parse_finish(reason: Option<&str>) -> Finish {
    match reason {
        Some("length" | "model_length") => Finish::Length,
        Some("tool_calls" | "function_call") => Finish::ToolCalls,
        Some("content_filter") => Finish::Filtered,
        _ => Finish::Stop,
    }
}

pub(crate) const fn finish_text(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::StopSequence | Finish::Paused => "stop",
        Finish::Length => "length",
        Finish::ToolCalls => "tool_calls",
        Finish::Filtered | Finish::Refused => "content_filter",
    }
}

/// The client's whole answer.
pub(crate) fn write(reply: &Reply<'_>, usage: Option<&Usage>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    object(&mut out, |body| {
        body.field("id", &reply.id).field("object", "chat.completion").field("created", reply.created);
        body.field("model", &reply.model).array("choices", |choices| {
            for (index, choice) in reply.choices.iter().enumerate() {
                choices.object(|entry| write_choice(index, choice, entry));
            }
        });
        if let Some(usage) = usage {
            body.object("usage", |object| write_usage(usage, object));
        }
    });
    out
}

fn write_choice(index: usize, choice: &Choice<'_>, entry: &mut Object<'_>) {
    let join = |pick: fn(&Part<'_>) -> Option<String>| {
        let texts: Vec<String> = choice.parts.iter().filter_map(pick).collect();
        (!texts.is_empty()).then(|| texts.concat())
    };
    entry.field("index", index).object("message", |message| {
        message.field("role", "assistant");
        message.field("content", join(|part| if let Part::Text(text) = part { Some(text.to_string()) } else { None }));
        message
            .field("refusal", join(|part| if let Part::Refusal(text) = part { Some(text.to_string()) } else { None }));
        message.some(
            "reasoning_content",
            join(|part| match part {
                Part::Reasoning { text, .. } if !text.is_empty() => Some(text.to_string()),
                _ => None,
            }),
        );
        let mut calls = choice
            .parts
            .iter()
            .filter_map(|part| if let Part::ToolCall(call) = part { Some(call) } else { None })
            .peekable();
        if calls.peek().is_some() {
            message.array("tool_calls", |array| {
                calls.for_each(|call| array.object(|entry| super::encode::write_call(call, entry)));
            });
        }
    });
    if choice.logprobs.is_empty() {
        entry.field("logprobs", None::<&str>);
    } else {
        entry.object("logprobs", |logprobs| write_logprobs(&choice.logprobs, logprobs));
    }
    entry.field("finish_reason", finish_text(choice.finish));
}

pub(super) fn write_logprobs(tokens: &[TokenLogprob<'_>], logprobs: &mut Object<'_>) {
    let write = |token: &str, logprob: f64, entry: &mut Object<'_>| {
        entry.field("token", token).field("logprob", logprob);
        entry.array("bytes", |bytes| token.bytes().for_each(|byte| bytes.item(u64::from(byte))));
    };
    logprobs.array("content", |content| {
        for token in tokens {
            content.object(|entry| {
                write(&token.token, token.logprob, entry);
                entry.array("top_logprobs", |top| {
                    token.top.iter().for_each(|(token, logprob)| top.object(|entry| write(token, *logprob, entry)));
                });
            });
        }
    });
    logprobs.field("refusal", None::<&str>);
}

/// Usage in this format's words: totals, with the classes as details.
pub(crate) fn write_usage(usage: &Usage, object: &mut Object<'_>) {
    let (input, output) = (usage.total(MeterGroup::Input), usage.total(MeterGroup::Output));
    let cached = usage.get(Meter::CachedInputTokens)
        + usage.get(Meter::CachedInputAudioTokens)
        + usage.get(Meter::CachedInputImageTokens);
    object.field("prompt_tokens", input).field("completion_tokens", output).field("total_tokens", input + output);
    object.object("prompt_tokens_details", |details| {
        details.field("cached_tokens", cached);
        details.field("audio_tokens", usage.get(Meter::InputAudioTokens) + usage.get(Meter::CachedInputAudioTokens));
    });
    object.object("completion_tokens_details", |details| {
        details.field("reasoning_tokens", usage.get(Meter::ReasoningTokens));
        details.field("audio_tokens", usage.get(Meter::OutputAudioTokens));
    });
}
