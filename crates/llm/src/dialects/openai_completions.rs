//! platform.openai.com/docs/api-reference/completions, as clients speak it: a prompt that becomes a user's message.

use crate::{
    PrepareError, ReadError, Usage,
    dialects::{
        Reading,
        openai_chat::{finish_text, write_usage},
    },
    ir::{Chat, Event, Finish, Message, Part, Reply, Role},
    json::{Node, Object, object},
    losses::Losses,
    sse,
};

/// A client's request.
pub(crate) fn decode<'a>(body: Node<'a>, losses: &mut Losses) -> Result<Chat<'a>, PrepareError> {
    let mut top = Reading::of(body, "")?;
    let mut chat = Chat::default();
    let prompts = top.texts("prompt")?;
    let [prompt] =
        <[_; 1]>::try_from(prompts).map_err(|_| ReadError::wrong("prompt", "one text where it is translated"))?;
    chat.messages.push(Message { role: Role::User, parts: vec![Part::Text(prompt)] });
    chat.temperature = top.number("temperature")?;
    chat.top_p = top.number("top_p")?;
    chat.stop = top.texts("stop")?;
    chat.seed = top.integer("seed")?;
    chat.presence_penalty = top.number("presence_penalty")?.filter(|penalty| *penalty != 0.0);
    chat.frequency_penalty = top.number("frequency_penalty")?.filter(|penalty| *penalty != 0.0);
    chat.choices = top.whole("n")?.filter(|choices| *choices != 1);
    if top.whole("best_of")?.is_some_and(|count| count > 1) {
        losses.lose("best_of", "chat models have no such parameter")?;
    }
    chat.user = top.text("user")?;
    top.ignore(&["model", "stream", "stream_options", "max_tokens", "metadata"]);
    top.finish(losses)?;
    Ok(chat)
}

/// The client's whole answer.
pub(crate) fn write(reply: &Reply<'_>, usage: Option<&Usage>) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    object(&mut out, |body| {
        body.field("id", &reply.id).field("object", "text_completion").field("created", reply.created);
        body.field("model", &reply.model).array("choices", |choices| {
            for (index, choice) in reply.choices.iter().enumerate() {
                let text: String = choice.parts.iter().filter_map(visible).collect();
                choices.object(|entry| write_choice(index as u64, &text, Some(choice.finish), entry));
            }
        });
        if let Some(usage) = usage {
            body.object("usage", |object| write_usage(usage, object));
        }
    });
    out
}

fn visible<'p>(part: &'p Part<'_>) -> Option<&'p str> {
    match part {
        Part::Text(text) | Part::Refusal(text) => Some(text),
        _ => None,
    }
}

fn write_choice(index: u64, text: &str, finish: Option<Finish>, entry: &mut Object<'_>) {
    entry.field("index", index).field("text", text).field("logprobs", None::<&str>);
    entry.field("finish_reason", finish.map(finish_text));
}

/// Writes a client's chunks.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    id: String,
    model: String,
    created: u64,
    with_usage: bool,
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
            Event::Text { choice, text } | Event::Refusal { choice, text } => self.choice(*choice, text, None, out),
            Event::Finish { choice, finish, .. } => {
                self.finished = true;
                self.choice(*choice, "", Some(*finish), out);
            }
            _ => {}
        }
    }

    fn choice(&self, index: u64, text: &str, finish: Option<Finish>, out: &mut Vec<u8>) {
        self.chunk(out, |chunk| {
            chunk.array("choices", |choices| choices.object(|entry| write_choice(index, text, finish, entry)));
        });
    }

    fn chunk(&self, out: &mut Vec<u8>, fill: impl FnOnce(&mut Object<'_>)) {
        let mut data = Vec::with_capacity(256);
        object(&mut data, |chunk| {
            chunk.field("id", &self.id).field("object", "text_completion").field("created", self.created);
            chunk.field("model", &self.model);
            fill(chunk);
        });
        sse::write(None, &data, out);
    }

    /// The end; `cut` is the reason where the model gave none.
    pub(crate) fn end(&mut self, usage: Option<&Usage>, cut: Option<Finish>, out: &mut Vec<u8>) {
        if !self.finished && cut.is_some() {
            self.choice(0, "", cut, out);
        }
        if let Some(usage) = usage.filter(|_| self.with_usage) {
            self.chunk(out, |chunk| {
                chunk.array("choices", |_| ()).object("usage", |object| write_usage(usage, object));
            });
        }
        sse::write(None, b"[DONE]", out);
    }
}
