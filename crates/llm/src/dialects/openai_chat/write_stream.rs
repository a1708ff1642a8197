use super::{answer::write_logprobs, encode::write_signature, finish_text, write_usage};
use crate::{
    Usage,
    ir::{Event, Finish},
    json::{Object, object},
    sse,
};

/// Writes a client's chunks.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    id: String,
    model: String,
    created: u64,
    with_usage: bool,
    greeted: Vec<u64>,
    finished: bool,
}

impl Writer {
    pub(crate) fn new(with_usage: bool) -> Self {
        Self { with_usage, ..Self::default() }
    }

    pub(crate) fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match event {
            Event::Start { id, model, created } => {
                (self.id, self.model, self.created) = (id.to_string(), model.to_string(), *created);
            }
            Event::Text { choice, text } => self.delta(*choice, out, |delta| {
                delta.field("content", text);
            }),
            Event::Reasoning { choice, text } => self.delta(*choice, out, |delta| {
                delta.field("reasoning_content", text);
            }),
            Event::Refusal { choice, text } => self.delta(*choice, out, |delta| {
                delta.field("refusal", text);
            }),
            Event::ToolStart { choice, index, id, name, signature } => self.tool(*choice, *index, out, |call| {
                call.field("id", id).field("type", "function").object("function", |function| {
                    function.field("name", name).field("arguments", "");
                });
                write_signature(signature.as_deref(), call);
            }),
            Event::ToolArguments { choice, index, json } => self.tool(*choice, *index, out, |call| {
                call.object("function", |function| {
                    function.field("arguments", json);
                });
            }),
            Event::Logprobs { choice, tokens } => {
                self.choice(*choice, out, |entry| {
                    entry.object("delta", |_| ()).object("logprobs", |logprobs| write_logprobs(tokens, logprobs));
                    entry.field("finish_reason", None::<&str>);
                });
            }
            Event::Finish { choice, finish, .. } => self.finish(*choice, *finish, out),
            Event::Signature { .. } | Event::Redacted { .. } => {}
        }
    }

    fn tool(&mut self, choice: u64, index: u64, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        self.delta(choice, out, |delta| {
            delta.array("tool_calls", |calls| {
                calls.object(|call| {
                    call.field("index", index);
                    fill(call);
                });
            });
        });
    }

    fn delta(&mut self, choice: u64, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        let first = !self.greeted.contains(&choice);
        if first {
            self.greeted.push(choice);
        }
        self.choice(choice, out, |entry| {
            entry.object("delta", |delta| {
                delta.some("role", first.then_some("assistant"));
                fill(delta);
            });
            entry.field("finish_reason", None::<&str>);
        });
    }

    fn finish(&mut self, choice: u64, finish: Finish, out: &mut Vec<u8>) {
        self.finished = true;
        self.choice(choice, out, |entry| {
            entry.object("delta", |_| ()).field("finish_reason", finish_text(finish));
        });
    }

    fn choice(&self, index: u64, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        self.chunk(out, |chunk| {
            chunk.array("choices", |choices| {
                choices.object(|entry| {
                    entry.field("index", index);
                    fill(entry);
                });
            });
        });
    }

    fn chunk(&self, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        let mut data = Vec::with_capacity(256);
        object(&mut data, |chunk| {
            chunk.field("id", &self.id).field("object", "chat.completion.chunk").field("created", self.created);
            chunk.field("model", &self.model);
            fill(chunk);
        });
        sse::write(None, &data, out);
    }

    /// The end; `cut` is the reason where the model gave none.
    pub(crate) fn end(&mut self, usage: Option<&Usage>, cut: Option<Finish>, out: &mut Vec<u8>) {
        if !self.finished
            && let Some(finish) = cut
        {
            self.finish(0, finish, out);
        }
        if let Some(usage) = usage.filter(|_| self.with_usage) {
            self.chunk(out, |chunk| {
                chunk.array("choices", |_| ()).object("usage", |object| write_usage(usage, object));
            });
        }
        sse::write(None, b"[DONE]", out);
    }
}
