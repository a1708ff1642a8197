use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use super::{Performance, schema, script::Script, tokens, whole};
use crate::{
    json::{Node, Object, object},
    sse,
};

/// What the assistant says.
struct Reply {
    /// Words with the space that follows them.
    words: Vec<String>,
    /// Name and arguments.
    tool: Option<(String, String)>,
    finish: &'static str,
    prompt_tokens: u64,
    reasoning_tokens: u64,
}

pub(super) fn perform(script: &Script, model: &str, body: Node<'_>, stream: bool) -> Performance {
    let reply = Reply::make(script, body);
    if !stream {
        return whole(script, "application/json", reply.whole(script, model));
    }
    let usage = body.some("stream_options").and_then(|options| options.some("include_usage")).and_then(Node::boolean);
    let mut events = reply.events(script, model, usage.unwrap_or(false));
    if let Some(at) = script.fail {
        events.truncate(at);
        let mut event = Vec::new();
        sse::write(None, br#"{"error":{"message":"The sandbox was told to fail.","type":"server_error","param":null,"code":"sandbox_fail"}}"#, &mut event);
        events.push(event);
    } else if let Some(cut) = script.cut {
        events.truncate(cut);
    }
    let wait = |index| if index == 0 { script.slow } else { script.pace };
    let pieces: Vec<(Duration, Bytes)> =
        events.into_iter().enumerate().map(|(index, event)| (wait(index), event.into())).collect();
    Performance { status: StatusCode::OK, content_type: "text/event-stream", retry_after: None, pieces }
}

impl Reply {
    fn make(script: &Script, body: Node<'_>) -> Self {
        let messages = body.some("messages").map(Node::elements).unwrap_or_default();
        let prompt_tokens = tokens(messages.iter().map(|message| text_of(*message).len()).sum()).max(1);
        let said = messages.iter().rev().find(|message| is_role(**message, "user"));
        let said = said.map(|message| text_of(*message)).unwrap_or_default();
        let after_tool = messages.last().is_some_and(|message| is_role(*message, "tool"));
        let mut reply =
            Self { words: Vec::new(), tool: None, finish: "stop", prompt_tokens, reasoning_tokens: script.reason };
        if !after_tool && let Some(tool) = tool_called(body, &said) {
            reply.tool = Some(tool);
            reply.finish = "tool_calls";
            return reply;
        }
        let text = match script.say {
            Some(count) => (1..=count).map(|n| n.to_string()).collect::<Vec<_>>().join(" "),
            None => {
                format_text(body).unwrap_or(if said.is_empty() { "Hello from the sandbox.".to_owned() } else { said })
            }
        };
        reply.words = text.split_inclusive(' ').map(str::to_owned).collect();
        let limit =
            ["max_completion_tokens", "max_tokens"].iter().find_map(|name| body.some(name)).and_then(Node::whole);
        let left = limit.map(|limit| limit.saturating_sub(script.reason));
        if let Some(left) = left.filter(|left| *left < reply.words.len() as u64 && !script.overshoot) {
            reply.words.truncate(usize::try_from(left).unwrap_or(usize::MAX));
            reply.finish = "length";
        }
        reply
    }

    fn completion_tokens(&self) -> u64 {
        let tool = self.tool.as_ref().map_or(0, |(name, arguments)| tokens(name.len() + arguments.len()));
        self.words.len() as u64 + self.reasoning_tokens + tool
    }

    fn usage(&self, usage: &mut Object<'_>) {
        let completion = self.completion_tokens();
        usage.field("prompt_tokens", self.prompt_tokens).field("completion_tokens", completion);
        usage.field("total_tokens", self.prompt_tokens + completion);
        usage.object("prompt_tokens_details", |details| {
            details.field("cached_tokens", 0u64);
        });
        usage.object("completion_tokens_details", |details| {
            details.field("reasoning_tokens", self.reasoning_tokens);
        });
    }

    fn whole(&self, script: &Script, model: &str) -> Vec<u8> {
        let mut out = Vec::new();
        object(&mut out, |body| {
            head(body, "chat.completion", model);
            body.array("choices", |choices| {
                choices.object(|choice| {
                    choice.field("index", 0u64).object("message", |message| {
                        message.field("role", "assistant");
                        message.field("content", self.tool.is_none().then(|| self.words.concat()));
                        if let Some((name, arguments)) = &self.tool {
                            message.array("tool_calls", |calls| calls.object(|call| tool_call(call, name, arguments)));
                        }
                        message.field("refusal", None::<&str>);
                    });
                    choice.field("logprobs", None::<&str>).field("finish_reason", self.finish);
                });
            });
            if !script.silent {
                body.object("usage", |usage| self.usage(usage));
            }
        });
        out
    }

    fn events(&self, script: &Script, model: &str, with_usage: bool) -> Vec<Vec<u8>> {
        let mut events = vec![delta(model, None, |delta| {
            delta.field("role", "assistant").field("content", "");
        })];
        if let Some((name, arguments)) = &self.tool {
            events.push(delta(model, None, |delta| {
                delta.array("tool_calls", |calls| {
                    calls.object(|call| {
                        call.field("index", 0u64);
                        tool_call(call, name, "");
                    });
                });
            }));
            events.push(delta(model, None, |delta| {
                delta.array("tool_calls", |calls| {
                    calls.object(|call| {
                        call.field("index", 0u64).object("function", |function| {
                            function.field("arguments", arguments);
                        });
                    });
                });
            }));
        }
        events.extend(self.words.iter().map(|word| {
            delta(model, None, |delta| {
                delta.field("content", word);
            })
        }));
        events.push(delta(model, Some(self.finish), |_| ()));
        if with_usage && !script.silent {
            events.push(event(|body| {
                head(body, "chat.completion.chunk", model);
                body.array("choices", |_| ()).object("usage", |usage| self.usage(usage));
            }));
        }
        events.push(b"data: [DONE]\n\n".to_vec());
        events
    }
}

fn event(fill: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut data = Vec::new();
    object(&mut data, fill);
    let mut out = Vec::with_capacity(data.len() + 8);
    sse::write(None, &data, &mut out);
    out
}

fn delta(model: &str, finish: Option<&str>, fill: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    event(|body| {
        head(body, "chat.completion.chunk", model);
        body.array("choices", |choices| {
            choices.object(|choice| {
                choice.field("index", 0u64).object("delta", fill).field("finish_reason", finish);
            });
        });
    })
}

fn head(body: &mut Object<'_>, kind: &str, model: &str) {
    body.field("id", "chatcmpl-sandbox").field("object", kind).field("created", 1_700_000_000u64).field("model", model);
}

fn tool_call(call: &mut Object<'_>, name: &str, arguments: &str) {
    call.field("id", "call_sandbox").field("type", "function").object("function", |function| {
        function.field("name", name).field("arguments", arguments);
    });
}

fn is_role(message: Node<'_>, role: &str) -> bool {
    message.some("role").and_then(Node::string).as_deref() == Some(role)
}

/// All text of a message, whether a string or parts.
fn text_of(message: Node<'_>) -> String {
    let Some(content) = message.some("content") else { return String::new() };
    if let Some(text) = content.string() {
        return text.into_owned();
    }
    let parts = content.elements();
    parts.iter().filter_map(|part| part.some("text")?.string()).collect::<Vec<_>>().join(" ")
}

/// The tool that is demanded or named, with arguments that fit its schema.
fn tool_called(body: Node<'_>, said: &str) -> Option<(String, String)> {
    let choice = body.some("tool_choice");
    let demanded = choice.and_then(|choice| choice.some("function")?.some("name")?.string());
    let word = choice.and_then(Node::string);
    if word.as_deref() == Some("none") {
        return None;
    }
    let functions = body.some("tools").map(Node::elements).unwrap_or_default();
    let functions = functions.iter().filter_map(|tool| tool.some("function"));
    let (name, function) =
        functions.filter_map(|function| Some((function.some("name")?.string()?, function))).find(|(name, _)| {
            match &demanded {
                Some(demanded) => demanded == name,
                None => word.as_deref() == Some("required") || said.contains(&**name),
            }
        })?;
    let mut arguments = Vec::new();
    match function.some("parameters") {
        Some(parameters) => schema::instance(parameters, &mut arguments),
        None => arguments.extend_from_slice(b"{}"),
    }
    Some((name.into_owned(), String::from_utf8_lossy(&arguments).into_owned()))
}

/// An instance of the schema that `response_format` demands.
fn format_text(body: Node<'_>) -> Option<String> {
    let format = body.some("response_format")?;
    match format.some("type")?.string()?.as_ref() {
        "json_object" => Some("{}".to_owned()),
        "json_schema" => {
            let mut text = Vec::new();
            schema::instance(format.some("json_schema")?.some("schema")?, &mut text);
            Some(String::from_utf8_lossy(&text).into_owned())
        }
        _ => None,
    }
}
