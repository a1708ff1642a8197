use super::answer::{read_logprobs, read_signature};
use crate::{
    ir::{Event, Text},
    json::Node,
};

/// Reads a provider's chunks.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    started: bool,
    /// The tool calls of each choice that have begun: the provider's index, and ours.
    calls: Vec<(u64, u64)>,
}

impl Reader {
    pub(crate) fn event<'a>(&mut self, data: Node<'a>, events: &mut Vec<Event<'a>>) {
        if data.some("error").is_some() {
            return;
        }
        let text = |name: &str| data.some(name).and_then(Node::string).unwrap_or_default();
        let choices = data.some("choices").map(Node::elements).unwrap_or_default();
        // Azure sends a first chunk without choices and without a model, for its filter's verdict on the prompt.
        let announces = !choices.is_empty() || !text("model").is_empty();
        if !self.started && announces {
            self.started = true;
            let created = data.some("created").and_then(Node::whole).unwrap_or(0);
            events.push(Event::Start { id: text("id"), model: text("model"), created });
        }
        for choice in choices {
            let index = choice.some("index").and_then(Node::whole).unwrap_or(0);
            if let Some(delta) = choice.some("delta") {
                self.delta(index, delta, events);
            }
            let tokens = read_logprobs(choice.some("logprobs").and_then(|logprobs| logprobs.some("content")));
            if !tokens.is_empty() {
                events.push(Event::Logprobs { choice: index, tokens });
            }
            if let Some(reason) = choice.some("finish_reason").and_then(Node::string) {
                let finish = super::parse_finish(Some(&reason));
                events.push(Event::Finish { choice: index, finish, stopped_by: None });
            }
        }
    }

    fn delta<'a>(&mut self, choice: u64, delta: Node<'a>, events: &mut Vec<Event<'a>>) {
        let text = |name: &str| delta.some(name).and_then(Node::string).filter(|text: &Text<'_>| !text.is_empty());
        if let Some(text) = text("reasoning_content").or_else(|| text("reasoning")) {
            events.push(Event::Reasoning { choice, text });
        }
        if let Some(text) = text("content") {
            events.push(Event::Text { choice, text });
        }
        for part in delta.some("content").map(Node::elements).unwrap_or_default() {
            if let Some(text) = part.some("text").and_then(Node::string) {
                events.push(Event::Text { choice, text });
            }
            for thought in part.some("thinking").map(Node::elements).unwrap_or_default() {
                events
                    .extend(thought.some("text").and_then(Node::string).map(|text| Event::Reasoning { choice, text }));
            }
        }
        if let Some(text) = text("refusal") {
            events.push(Event::Refusal { choice, text });
        }
        for (position, call) in delta.some("tool_calls").map(Node::elements).unwrap_or_default().into_iter().enumerate()
        {
            self.call(choice, position as u64, call, events);
        }
    }

    fn call<'a>(&mut self, choice: u64, position: u64, call: Node<'a>, events: &mut Vec<Event<'a>>) {
        let theirs = call.some("index").and_then(Node::whole).unwrap_or(position);
        let function = call.some("function").unwrap_or(call);
        let name = function.some("name").and_then(Node::string).filter(|name| !name.is_empty());
        let known = self.calls.iter().position(|known| *known == (choice, theirs));
        let index = match known {
            Some(at) => self.calls[..at].iter().filter(|(other, _)| *other == choice).count() as u64,
            None => {
                let index = self.calls.iter().filter(|(other, _)| *other == choice).count() as u64;
                self.calls.push((choice, theirs));
                let id = call.some("id").and_then(Node::string).unwrap_or_default();
                let signature = read_signature(call);
                events.push(Event::ToolStart { choice, index, id, name: name.unwrap_or_default(), signature });
                index
            }
        };
        let arguments = function.some("arguments").and_then(Node::string).filter(|json| !json.is_empty());
        events.extend(arguments.map(|json| Event::ToolArguments { choice, index, json }));
    }
}
