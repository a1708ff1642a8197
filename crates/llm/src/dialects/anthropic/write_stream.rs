use super::{finish_text, write_usage};
use crate::{
    Usage,
    ir::{Event, Finish, ToolCall},
    json::{Object, object},
    sse,
};

/// Writes a client's events: numbered blocks, one open at a time.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    started: bool,
    next: u64,
    open: Option<Open>,
    finish: Option<(Finish, Option<String>)>,
    /// Calls that began while another was open. Providers may write several at a time; here a block is written at once.
    waiting: Vec<(u64, ToolCall<'static>)>,
    input_estimate: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Open {
    Text,
    Thinking,
    Tool(u64),
}

impl Writer {
    /// `message_start` must say how much input there was before the provider does.
    pub(crate) fn new(input_estimate: u64) -> Self {
        Self { input_estimate, ..Self::default() }
    }

    pub(crate) fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match event {
            Event::Start { id, model, .. } => self.start(id, model, out),
            Event::Text { choice: 0, text } | Event::Refusal { choice: 0, text } => {
                self.open(Open::Text, out, |block| {
                    block.field("type", "text").field("text", "");
                });
                self.delta("text_delta", "text", text, out);
            }
            Event::Reasoning { choice: 0, text } => {
                self.open_thinking(out);
                self.delta("thinking_delta", "thinking", text, out);
            }
            Event::Signature { choice: 0, text } => {
                self.open_thinking(out);
                self.delta("signature_delta", "signature", text, out);
            }
            Event::Redacted { choice: 0, data } => {
                self.close(out);
                self.start_block(out, |block| {
                    block.field("type", "redacted_thinking").field("data", data);
                });
                self.stop_block(out);
            }
            Event::ToolStart { choice: 0, index, id, name, .. } => self.call(*index, id, name, out),
            Event::ToolArguments { choice: 0, index, json } if self.open == Some(Open::Tool(*index)) => {
                self.delta("input_json_delta", "partial_json", json, out);
            }
            Event::ToolArguments { choice: 0, index, json } => {
                if let Some((_, call)) = self.waiting.iter_mut().find(|(waiting, _)| waiting == index) {
                    call.arguments.to_mut().push_str(json);
                }
            }
            Event::Finish { choice: 0, finish, stopped_by } => {
                self.finish = Some((*finish, stopped_by.as_deref().map(str::to_owned)));
            }
            _ => {}
        }
    }

    fn call(&mut self, index: u64, id: &str, name: &str, out: &mut Vec<u8>) {
        if matches!(self.open, Some(Open::Tool(_))) {
            let (id, name) = (id.to_owned().into(), name.to_owned().into());
            self.waiting.push((index, ToolCall { id, name, arguments: "".into(), signature: None }));
            return;
        }
        self.open(Open::Tool(index), out, |block| {
            block.field("type", "tool_use").field("id", id).field("name", name).object("input", |_| ());
        });
    }

    /// The calls that waited, each as a whole block.
    fn flush_calls(&mut self, out: &mut Vec<u8>) {
        for (index, call) in std::mem::take(&mut self.waiting) {
            self.close(out);
            self.call(index, &call.id, &call.name, out);
            self.delta("input_json_delta", "partial_json", &call.arguments, out);
        }
    }

    fn start(&mut self, id: &str, model: &str, out: &mut Vec<u8>) {
        self.started = true;
        let input = Usage::default().with(crate::Meter::InputTokens, self.input_estimate);
        write("message_start", out, |event| {
            event.object("message", |message| {
                message.field("id", id).field("type", "message").field("role", "assistant").field("model", model);
                message
                    .array("content", |_| ())
                    .field("stop_reason", None::<&str>)
                    .field("stop_sequence", None::<&str>);
                message.object("usage", |usage| write_usage(&input, usage));
            });
        });
    }

    fn open_thinking(&mut self, out: &mut Vec<u8>) {
        self.open(Open::Thinking, out, |block| {
            block.field("type", "thinking").field("thinking", "").field("signature", "");
        });
    }

    fn open(&mut self, kind: Open, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        if self.open == Some(kind) {
            return;
        }
        self.close(out);
        self.start_block(out, fill);
        self.open = Some(kind);
    }

    fn start_block(&mut self, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        if !self.started {
            self.start("", "", out);
        }
        write("content_block_start", out, |event| {
            event.field("index", self.next).object("content_block", fill);
        });
    }

    fn stop_block(&mut self, out: &mut Vec<u8>) {
        write("content_block_stop", out, |event| {
            event.field("index", self.next);
        });
        self.next += 1;
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.open.take().is_some() {
            self.stop_block(out);
        }
    }

    fn delta(&self, kind: &str, name: &str, text: &str, out: &mut Vec<u8>) {
        write("content_block_delta", out, |event| {
            event.field("index", self.next).object("delta", |delta| {
                delta.field("type", kind).field(name, text);
            });
        });
    }

    /// The end; `cut` is the reason where the model gave none.
    pub(crate) fn end(&mut self, usage: Option<&Usage>, cut: Option<Finish>, out: &mut Vec<u8>) {
        if !self.started {
            self.start("", "", out);
        }
        self.flush_calls(out);
        self.close(out);
        let (finish, stopped_by) = self.finish.take().unwrap_or((cut.unwrap_or(Finish::Stop), None));
        write("message_delta", out, |event| {
            event.object("delta", |delta| {
                delta.field("stop_reason", finish_text(finish)).field("stop_sequence", stopped_by);
            });
            event.object("usage", |object| write_usage(usage.unwrap_or(&Usage::default()), object));
        });
        write("message_stop", out, |_| ());
    }
}

fn write(name: &str, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
    let mut data = Vec::with_capacity(256);
    object(&mut data, |event| {
        event.field("type", name);
        fill(event);
    });
    sse::write(Some(name), &data, out);
}
