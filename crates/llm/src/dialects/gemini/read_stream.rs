use super::{
    answer::{parse_finish, read_logprobs},
    read_parts,
};
use crate::{
    ir::{Event, Part},
    json::Node,
};

/// Reads a provider's chunks. Calls come whole here.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    id: Option<String>,
    calls: u64,
}

impl Reader {
    pub(crate) fn event<'a>(&mut self, data: Node<'a>, events: &mut Vec<Event<'a>>) {
        let text = |name: &str| data.some(name).and_then(Node::string).unwrap_or_default();
        if data.some("error").is_some() {
            return;
        }
        if self.id.is_none() {
            let id = text("responseId");
            self.id = Some(id.to_string());
            events.push(Event::Start { id, model: text("modelVersion"), created: 0 });
        }
        for (position, candidate) in
            data.some("candidates").map(Node::elements).unwrap_or_default().into_iter().enumerate()
        {
            let choice = candidate.some("index").and_then(Node::whole).unwrap_or(position as u64);
            for part in read_parts(candidate, self.id.as_deref().unwrap_or_default(), self.calls) {
                self.part(choice, part, events);
            }
            let tokens = read_logprobs(candidate.some("logprobsResult"));
            if !tokens.is_empty() {
                events.push(Event::Logprobs { choice, tokens });
            }
            if let Some(reason) = candidate.some("finishReason").and_then(Node::string) {
                let finish = parse_finish(Some(&reason), self.calls > 0);
                events.push(Event::Finish { choice, finish, stopped_by: None });
            }
        }
        if data.some("promptFeedback").is_some_and(|feedback| feedback.some("blockReason").is_some()) {
            events.push(Event::Finish { choice: 0, finish: crate::ir::Finish::Filtered, stopped_by: None });
        }
    }

    fn part<'a>(&mut self, choice: u64, part: Part<'a>, events: &mut Vec<Event<'a>>) {
        match part {
            Part::Text(text) => events.push(Event::Text { choice, text }),
            Part::Reasoning { text, .. } => events.push(Event::Reasoning { choice, text }),
            Part::ToolCall(call) => {
                let index = self.calls;
                self.calls += 1;
                events.push(Event::ToolStart {
                    choice,
                    index,
                    id: call.id,
                    name: call.name,
                    signature: call.signature,
                });
                events.push(Event::ToolArguments { choice, index, json: call.arguments });
            }
            Part::Media(_) | Part::ToolResult(_) | Part::Redacted(_) | Part::Refusal(_) => {}
        }
    }
}
