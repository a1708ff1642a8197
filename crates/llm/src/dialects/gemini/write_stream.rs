use super::answer::{finish_text, write_logprobs, write_part, write_usage};
use crate::{
    Usage,
    ir::{Event, Finish, Part, ToolCall},
    json::{Object, object},
    sse,
};

/// Writes a client's chunks. Calls are collected, because this format has them whole.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    id: String,
    model: String,
    calls: Vec<(u64, u64, ToolCall<'static>)>,
    finish: Vec<(u64, Finish)>,
}

impl Writer {
    pub(crate) fn event(&mut self, event: &Event<'_>, out: &mut Vec<u8>) {
        match event {
            Event::Start { id, model, .. } => (self.id, self.model) = (id.to_string(), model.to_string()),
            Event::Text { choice, text } | Event::Refusal { choice, text } => {
                self.part(*choice, &Part::Text(text.clone()), out);
            }
            Event::Reasoning { choice, text } => {
                self.part(*choice, &Part::Reasoning { text: text.clone(), signature: None }, out);
            }
            Event::ToolStart { choice, index, id, name, signature } => {
                let call = ToolCall {
                    id: id.to_string().into(),
                    name: name.to_string().into(),
                    arguments: "".into(),
                    signature: signature.as_ref().map(|text| text.to_string().into()),
                };
                self.calls.push((*choice, *index, call));
            }
            Event::ToolArguments { choice, index, json } => {
                if let Some((.., call)) = self.calls.iter_mut().find(|(c, i, _)| (c, i) == (choice, index)) {
                    call.arguments.to_mut().push_str(json);
                }
            }
            Event::Logprobs { choice, tokens } => self.candidate(*choice, None, out, |candidate| {
                candidate.object("logprobsResult", |result| write_logprobs(tokens, result));
            }),
            Event::Finish { choice, finish, .. } => {
                self.flush_calls(out);
                self.finish.push((*choice, *finish));
            }
            Event::Signature { choice, text } => {
                self.part(*choice, &Part::Reasoning { text: "".into(), signature: Some(text.clone()) }, out);
            }
            Event::Redacted { .. } => {}
        }
    }

    fn flush_calls(&mut self, out: &mut Vec<u8>) {
        for (choice, _, mut call) in std::mem::take(&mut self.calls) {
            if call.arguments.is_empty() {
                call.arguments = "{}".into();
            }
            self.part(choice, &Part::ToolCall(call), out);
        }
    }

    fn part(&self, choice: u64, part: &Part<'_>, out: &mut Vec<u8>) {
        self.candidate(choice, None, out, |candidate| {
            candidate.object("content", |content| {
                content.array("parts", |parts| write_part(part, parts)).field("role", "model");
            });
        });
    }

    fn candidate(&self, choice: u64, usage: Option<&Usage>, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        let mut data = Vec::with_capacity(256);
        object(&mut data, |chunk| {
            chunk.array("candidates", |candidates| {
                candidates.object(|candidate| {
                    fill(candidate);
                    candidate.field("index", choice);
                });
            });
            if let Some(usage) = usage {
                chunk.object("usageMetadata", |object| write_usage(usage, object));
            }
            chunk.field("modelVersion", &self.model).field("responseId", &self.id);
        });
        sse::write(None, &data, out);
    }

    /// The end: the reason comes with the usage, in the last chunk. `cut` is the reason where the model gave none.
    pub(crate) fn end(&mut self, usage: Option<&Usage>, cut: Option<Finish>, out: &mut Vec<u8>) {
        self.flush_calls(out);
        if self.finish.is_empty() {
            self.finish.push((0, cut.unwrap_or(Finish::Stop)));
        }
        let last = self.finish.len() - 1;
        for (position, (choice, finish)) in self.finish.iter().enumerate() {
            self.candidate(*choice, usage.filter(|_| position == last), out, |candidate| {
                candidate.object("content", |content| {
                    content.array("parts", |_| ()).field("role", "model");
                });
                candidate.field("finishReason", finish_text(*finish));
            });
        }
    }
}
