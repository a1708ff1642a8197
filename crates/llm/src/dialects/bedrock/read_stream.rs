use crate::{ir::Event, json::Node};

/// Reads the events of ConverseStream.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    tools: u64,
    /// The open block is a tool's: its index among the tools, and whether arguments came.
    open: Option<(u64, bool)>,
}

impl Reader {
    pub(crate) fn event<'a>(&mut self, kind: &str, data: Node<'a>, events: &mut Vec<Event<'a>>) {
        match kind {
            "messageStart" => events.push(Event::Start { id: "".into(), model: "".into(), created: 0 }),
            "contentBlockStart" => {
                self.open = None;
                if let Some(tool) = data.some("start").and_then(|start| start.some("toolUse")) {
                    let text = |name: &str| tool.some(name).and_then(Node::string).unwrap_or_default();
                    let (index, id, name) = (self.tools, text("toolUseId"), text("name"));
                    self.tools += 1;
                    self.open = Some((index, false));
                    events.push(Event::ToolStart { choice: 0, index, id, name, signature: None });
                }
            }
            "contentBlockDelta" => self.delta(data.some("delta").unwrap_or(data), events),
            "contentBlockStop" => {
                if let Some((index, false)) = self.open.take() {
                    events.push(Event::ToolArguments { choice: 0, index, json: "{}".into() });
                }
            }
            "messageStop" => {
                let reason = data.some("stopReason").and_then(Node::string);
                let finish = super::parse_finish(reason.as_deref());
                events.push(Event::Finish { choice: 0, finish, stopped_by: None });
            }
            _ => {}
        }
    }

    fn delta<'a>(&mut self, delta: Node<'a>, events: &mut Vec<Event<'a>>) {
        if let Some(text) = delta.some("text").and_then(Node::string) {
            events.push(Event::Text { choice: 0, text });
        }
        if let Some(json) =
            delta.some("toolUse").and_then(|tool| tool.some("input")?.string()).filter(|json| !json.is_empty())
            && let Some((index, came)) = &mut self.open
        {
            *came = true;
            events.push(Event::ToolArguments { choice: 0, index: *index, json });
        }
        if let Some(reasoning) = delta.some("reasoningContent") {
            let text = |name: &str| reasoning.some(name).and_then(Node::string);
            events.extend(text("text").map(|text| Event::Reasoning { choice: 0, text }));
            events.extend(text("signature").map(|text| Event::Signature { choice: 0, text }));
            events.extend(text("redactedContent").map(|data| Event::Redacted { choice: 0, data }));
        }
    }
}
