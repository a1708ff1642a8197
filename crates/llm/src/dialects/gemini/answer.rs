use crate::{
    AnswerError, Meter, MeterGroup, Usage,
    ir::{Choice, Finish, Part, Reply, Text, TokenLogprob, ToolCall},
    json::{Array, Node, Object, object},
};

/// A provider's whole answer. A prompt that was blocked has no candidates; that is an answer, filtered.
pub(crate) fn read(body: Node<'_>) -> Result<Reply<'_>, AnswerError> {
    let text = |name: &str| body.some(name).and_then(Node::string).unwrap_or_default();
    let id = text("responseId");
    let candidates = body.some("candidates").map(Node::elements).unwrap_or_default();
    let mut choices: Vec<Choice<'_>> = candidates.into_iter().map(|candidate| read_candidate(candidate, &id)).collect();
    if choices.is_empty() {
        body.some("promptFeedback").or_else(|| body.some("usageMetadata")).ok_or(AnswerError::Form("candidates"))?;
        choices.push(Choice { parts: Vec::new(), finish: Finish::Filtered, stopped_by: None, logprobs: Vec::new() });
    }
    Ok(Reply { model: text("modelVersion"), created: 0, choices, id })
}

fn read_candidate<'a>(candidate: Node<'a>, id: &str) -> Choice<'a> {
    let parts = read_parts(candidate, id, 0);
    let finish = candidate.some("finishReason").and_then(Node::string);
    let calls = parts.iter().any(|part| matches!(part, Part::ToolCall(_)));
    Choice {
        finish: parse_finish(finish.as_deref(), calls),
        logprobs: read_logprobs(candidate.some("logprobsResult")),
        stopped_by: None,
        parts,
    }
}

/// The parts of a candidate. Calls without an id get one from the answer's and their number, from `calls` on.
pub(crate) fn read_parts<'a>(candidate: Node<'a>, id: &str, mut calls: u64) -> Vec<Part<'a>> {
    let parts =
        candidate.some("content").and_then(|content| content.some("parts")).map(Node::elements).unwrap_or_default();
    let mut read = Vec::with_capacity(parts.len());
    for part in parts {
        let thought = part.some("thought").and_then(Node::boolean).unwrap_or(false);
        if let Some(text) = part.some("text").and_then(Node::string) {
            match thought {
                true => read.push(Part::Reasoning { text, signature: None }),
                false if text.is_empty() => {}
                false => read.push(Part::Text(text)),
            }
        } else if let Some(call) = part.some("functionCall") {
            let given = call.some("id").and_then(Node::string);
            let name = call.some("name").and_then(Node::string).unwrap_or_default();
            let arguments = call.some("args").map_or("{}".into(), Node::compact);
            let signature = part.some("thoughtSignature").and_then(Node::string);
            let id = given.unwrap_or_else(|| format!("call_{id}_{calls}").into());
            calls += 1;
            read.push(Part::ToolCall(ToolCall { id, name, arguments, signature }));
        } else if let Some(data) = part.some("inlineData") {
            read.extend(read_media(data));
        } else if let Some(code) = part.some("executableCode").and_then(|code| code.some("code")?.string()) {
            read.push(Part::Text(format!("```\n{code}\n```\n").into()));
        } else if let Some(output) = part.some("codeExecutionResult").and_then(|result| result.some("output")?.string())
        {
            read.push(Part::Text(output));
        }
    }
    read
}

/// An image in an answer becomes the Markdown that chat clients show.
fn read_media(data: Node<'_>) -> Option<Part<'_>> {
    let mime = data.some("mimeType")?.string()?;
    let bytes = data.some("data")?.string()?;
    Some(Part::Text(format!("![{mime}](data:{mime};base64,{bytes})").into()))
}

pub(super) fn read_logprobs(result: Option<Node<'_>>) -> Vec<TokenLogprob<'_>> {
    let list = |name: &str| result.and_then(|result| result.some(name)).map(Node::elements).unwrap_or_default();
    let tops = list("topCandidates");
    let tokens = list("chosenCandidates").into_iter().enumerate().map(|(index, chosen)| {
        let (token, logprob) = read_token(chosen);
        let top = tops.get(index).and_then(|top| top.some("candidates")).map(Node::elements).unwrap_or_default();
        TokenLogprob { token, logprob, top: top.into_iter().map(read_token).collect() }
    });
    tokens.collect()
}

fn read_token(node: Node<'_>) -> (Text<'_>, f64) {
    let token = node.some("token").and_then(Node::string).unwrap_or_default();
    (token, node.some("logProbability").and_then(Node::number).unwrap_or(-9999.0))
}

pub(super) fn parse_finish(reason: Option<&str>, calls: bool) -> Finish {
    match reason {
        Some("MAX_TOKENS") => Finish::Length,
        Some("STOP") | None if calls => Finish::ToolCalls,
        Some("STOP" | "FINISH_REASON_UNSPECIFIED" | "OTHER" | "MALFORMED_FUNCTION_CALL") | None => Finish::Stop,
        Some(_) => Finish::Filtered,
    }
}

pub(super) const fn finish_text(finish: Finish) -> &'static str {
    match finish {
        Finish::Stop | Finish::StopSequence | Finish::ToolCalls | Finish::Paused => "STOP",
        Finish::Length => "MAX_TOKENS",
        Finish::Filtered | Finish::Refused => "SAFETY",
    }
}

/// The client's whole answer.
pub(crate) fn write(reply: &Reply<'_>, usage: Option<&Usage>) -> Vec<u8> {
    let mut out = Vec::with_capacity(1_024);
    object(&mut out, |body| {
        body.array("candidates", |candidates| {
            for (index, choice) in reply.choices.iter().enumerate() {
                candidates.object(|candidate| {
                    candidate.object("content", |content| {
                        content.array("parts", |parts| choice.parts.iter().for_each(|part| write_part(part, parts)));
                        content.field("role", "model");
                    });
                    candidate.field("finishReason", finish_text(choice.finish)).field("index", index);
                    if !choice.logprobs.is_empty() {
                        candidate.object("logprobsResult", |result| write_logprobs(&choice.logprobs, result));
                    }
                });
            }
        });
        if let Some(usage) = usage {
            body.object("usageMetadata", |object| write_usage(usage, object));
        }
        body.field("modelVersion", &reply.model).field("responseId", &reply.id);
    });
    out
}

pub(super) fn write_part(part: &Part<'_>, parts: &mut Array<'_>) {
    match part {
        Part::Text(text) | Part::Refusal(text) => parts.object(|entry| {
            entry.field("text", text);
        }),
        Part::Reasoning { text, signature } => parts.object(|entry| {
            entry.field("text", text).field("thought", true).some("thoughtSignature", signature.as_ref());
        }),
        Part::ToolCall(call) => parts.object(|entry| {
            let arguments = super::decode::response_object(&call.arguments, false);
            entry.object("functionCall", |function| {
                function.field("id", &call.id).field("name", &call.name).field("args", arguments);
            });
            entry.some("thoughtSignature", call.signature.as_ref());
        }),
        Part::Media(_) | Part::ToolResult(_) | Part::Redacted(_) => {}
    }
}

pub(super) fn write_logprobs(tokens: &[TokenLogprob<'_>], result: &mut Object<'_>) {
    result.array("topCandidates", |tops| {
        for token in tokens {
            tops.object(|top| {
                top.array("candidates", |candidates| {
                    for (token, logprob) in &token.top {
                        candidates.object(|entry| {
                            entry.field("token", token).field("logProbability", *logprob);
                        });
                    }
                });
            });
        }
    });
    result.array("chosenCandidates", |chosen| {
        for token in tokens {
            chosen.object(|entry| {
                entry.field("token", &token.token).field("logProbability", token.logprob);
            });
        }
    });
}

/// Usage in this format's words: thoughts beside the candidates.
pub(super) fn write_usage(usage: &Usage, object: &mut Object<'_>) {
    let (input, output) = (usage.total(MeterGroup::Input), usage.total(MeterGroup::Output));
    let thoughts = usage.get(Meter::ReasoningTokens);
    let cached = usage.get(Meter::CachedInputTokens)
        + usage.get(Meter::CachedInputAudioTokens)
        + usage.get(Meter::CachedInputImageTokens);
    object.field("promptTokenCount", input).field("candidatesTokenCount", output - thoughts);
    object.field("totalTokenCount", input + output).some("thoughtsTokenCount", (thoughts > 0).then_some(thoughts));
    object.some("cachedContentTokenCount", (cached > 0).then_some(cached));
}
