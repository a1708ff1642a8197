use super::answer::{write_call, write_head, write_message, write_reasoning, write_text, write_usage};
use crate::{
    Usage,
    ir::{Event, Finish, ToolCall},
    json::{Array, Object, object},
    sse,
};

/// Writes a client's events: items that open, grow and close, and at the end the whole response once more.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    id: String,
    model: String,
    created: u64,
    started: bool,
    sequence: u64,
    items: Vec<Item>,
    open: bool,
    finish: Option<Finish>,
}

#[derive(Debug)]
enum Item {
    Thoughts(String),
    Text(String),
    Refusal(String),
    Call(u64, ToolCall<'static>),
}

impl Writer {
    pub(crate) fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match event {
            Event::Start { id, model, created } => {
                (self.id, self.model, self.created) = (id.to_string(), model.to_string(), *created);
                self.start(out);
            }
            Event::Text { choice: 0, text } => self.grow(Item::Text(String::new()), text, out),
            Event::Refusal { choice: 0, text } => self.grow(Item::Refusal(String::new()), text, out),
            Event::Reasoning { choice: 0, text } => self.grow(Item::Thoughts(String::new()), text, out),
            Event::ToolStart { choice: 0, index, id, name, .. } => {
                let (id, name) = (id.to_string().into(), name.to_string().into());
                let call = ToolCall { id, name, arguments: "".into(), signature: None };
                self.open(Item::Call(*index, call), out);
            }
            Event::ToolArguments { choice: 0, index, json } => self.grow_call(*index, json, out),
            Event::Finish { choice: 0, finish, .. } => self.finish = Some(*finish),
            _ => {}
        }
    }

    fn write(&mut self, name: &str, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        let mut data = Vec::with_capacity(256);
        object(&mut data, |event| {
            event.field("type", name).field("sequence_number", self.sequence);
            fill(event);
        });
        self.sequence += 1;
        sse::write(Some(name), &data, out);
    }

    fn start(&mut self, out: &mut Vec<u8>) {
        self.started = true;
        for name in ["response.created", "response.in_progress"] {
            let (id, model, created) = (self.id.clone(), self.model.clone(), self.created);
            self.write(name, out, |event| {
                event.object("response", |response| {
                    write_head(&id, &model, created, None, response);
                    response.array("output", |_| ());
                });
            });
        }
    }

    /// Text of the item that is open, if it is of that kind, else of a new one.
    fn grow(&mut self, kind: Item, text: &str, out: &mut Vec<u8>) {
        let same = self.items.last().is_some_and(|last| std::mem::discriminant(last) == std::mem::discriminant(&kind));
        if !(self.open && same) {
            self.open(kind, out);
        }
        let index = self.items.len() - 1;
        let id = self.item_id(index);
        let (name, part) = match self.items.last_mut() {
            Some(Item::Thoughts(whole)) => {
                whole.push_str(text);
                ("response.reasoning_summary_text.delta", "summary_index")
            }
            Some(Item::Text(whole)) => {
                whole.push_str(text);
                ("response.output_text.delta", "content_index")
            }
            Some(Item::Refusal(whole)) => {
                whole.push_str(text);
                ("response.refusal.delta", "content_index")
            }
            _ => return,
        };
        self.write(name, out, |event| {
            event.field("item_id", id).field("output_index", index).field(part, 0u64).field("delta", text);
        });
    }

    fn grow_call(&mut self, call: u64, json: &str, out: &mut Vec<u8>) {
        let found = self.items.iter().position(|item| matches!(item, Item::Call(index, _) if *index == call));
        let Some(index) = found else { return };
        let id = self.item_id(index);
        if let Item::Call(_, call) = &mut self.items[index] {
            call.arguments.to_mut().push_str(json);
        }
        self.write("response.function_call_arguments.delta", out, |event| {
            event.field("item_id", id).field("output_index", index).field("delta", json);
        });
    }

    fn item_id(&self, index: usize) -> String {
        match &self.items[index] {
            Item::Thoughts(_) => format!("rs_{}_{index}", self.id),
            Item::Text(_) | Item::Refusal(_) => format!("msg_{}_{index}", self.id),
            Item::Call(_, call) => format!("fc_{}", call.id),
        }
    }

    fn open(&mut self, item: Item, out: &mut Vec<u8>) {
        if !self.started {
            self.start(out);
        }
        self.close(out);
        self.items.push(item);
        self.open = true;
        let index = self.items.len() - 1;
        let mut added = Vec::new();
        object(&mut added, |item| self.write_item(index, "in_progress", false, item));
        self.write("response.output_item.added", out, |event| {
            event.field("output_index", index).field("item", Raw(&added));
        });
        let part = match &self.items[index] {
            Item::Text(_) => Some(r#"{"type":"output_text","text":"","annotations":[],"logprobs":[]}"#),
            Item::Refusal(_) => Some(r#"{"type":"refusal","refusal":""}"#),
            Item::Thoughts(_) | Item::Call(..) => None,
        };
        let id = self.item_id(index);
        if let Some(part) = part {
            self.write("response.content_part.added", out, |event| {
                event.field("item_id", id).field("output_index", index).field("content_index", 0u64);
                event.field("part", Raw(part.as_bytes()));
            });
        } else if matches!(self.items[index], Item::Thoughts(_)) {
            self.write("response.reasoning_summary_part.added", out, |event| {
                event.field("item_id", id).field("output_index", index).field("summary_index", 0u64);
                event.object("part", |part| {
                    part.field("type", "summary_text").field("text", "");
                });
            });
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if !std::mem::take(&mut self.open) {
            return;
        }
        let index = self.items.len() - 1;
        let id = self.item_id(index);
        match &self.items[index] {
            Item::Thoughts(text) => {
                let text = text.clone();
                self.write("response.reasoning_summary_text.done", out, |event| {
                    event
                        .field("item_id", id)
                        .field("output_index", index)
                        .field("summary_index", 0u64)
                        .field("text", text);
                });
            }
            Item::Text(text) => {
                let text = text.clone();
                self.write("response.output_text.done", out, |event| {
                    event.field("item_id", &id).field("output_index", index).field("content_index", 0u64);
                    event.field("text", &text).array("logprobs", |_| ());
                });
                self.write("response.content_part.done", out, |event| {
                    event.field("item_id", &id).field("output_index", index).field("content_index", 0u64);
                    event.object("part", |part| write_text(&text, part));
                });
            }
            Item::Refusal(text) => {
                let text = text.clone();
                self.write("response.refusal.done", out, |event| {
                    event
                        .field("item_id", id)
                        .field("output_index", index)
                        .field("content_index", 0u64)
                        .field("refusal", text);
                });
            }
            Item::Call(_, call) => {
                let call = call.clone();
                self.write("response.function_call_arguments.done", out, |event| {
                    event.field("item_id", id).field("output_index", index).field("name", call.name);
                    event.field("arguments", call.arguments);
                });
            }
        }
        let mut done = Vec::new();
        object(&mut done, |item| self.write_item(index, "completed", true, item));
        self.write("response.output_item.done", out, |event| {
            event.field("output_index", index).field("item", Raw(&done));
        });
    }

    fn write_item(&self, index: usize, status: &str, whole: bool, item: &mut Object<'_>) {
        let id = self.item_id(index);
        match &self.items[index] {
            Item::Thoughts(text) => write_reasoning(&id, if whole { text } else { "" }, item),
            Item::Text(text) => write_message(&id, status, item, |content: &mut Array<'_>| {
                if whole {
                    content.object(|part| write_text(text, part));
                }
            }),
            Item::Refusal(text) => write_message(&id, status, item, |content| {
                if whole {
                    content.object(|part| {
                        part.field("type", "refusal").field("refusal", text);
                    });
                }
            }),
            Item::Call(_, call) => write_call(call, status, item),
        }
    }

    /// The end; `cut` is the reason where the model gave none.
    pub(crate) fn end(&mut self, usage: Option<&Usage>, cut: Option<Finish>, out: &mut Vec<u8>) {
        if !self.started {
            self.start(out);
        }
        self.close(out);
        let finish = self.finish.or(cut).unwrap_or(Finish::Stop);
        let incomplete = matches!(finish, Finish::Length | Finish::Filtered | Finish::Refused);
        let mut response = Vec::new();
        object(&mut response, |body| {
            write_head(&self.id, &self.model, self.created, Some(finish), body);
            body.array("output", |output| {
                (0..self.items.len())
                    .for_each(|index| output.object(|item| self.write_item(index, "completed", true, item)));
            });
            if let Some(usage) = usage {
                body.object("usage", |object| write_usage(usage, object));
            }
        });
        let name = if incomplete { "response.incomplete" } else { "response.completed" };
        self.write(name, out, |event| {
            event.field("response", Raw(&response));
        });
    }
}

struct Raw<'a>(&'a [u8]);

impl crate::json::Write for Raw<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0);
    }
}
