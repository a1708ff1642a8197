use crate::{ir::Event, json::Node};

/// Reads a provider's events.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    tools: u64,
    /// The open block is a tool's: its index among the tools, and whether arguments came.
    open: Option<(u64, bool)>,
}

impl Reader {
    pub(crate) fn event<'a>(&mut self, data: Node<'a>, events: &mut Vec<Event<'a>>) {
        let text = |node: Node<'a>, name: &str| node.some(name).and_then(Node::string);
        match text(data, "type").as_deref() {
            Some("message_start") => {
                let message = data.some("message").unwrap_or(data);
                let id = text(message, "id").unwrap_or_default();
                events.push(Event::Start { id, model: text(message, "model").unwrap_or_default(), created: 0 });
            }
            Some("content_block_start") => self.start(data.some("content_block").unwrap_or(data), events),
            Some("content_block_delta") => self.delta(data.some("delta").unwrap_or(data), events),
            Some("content_block_stop") => {
                if let Some((index, false)) = self.open.take() {
                    events.push(Event::ToolArguments { choice: 0, index, json: "{}".into() });
                }
            }
            Some("message_delta") => {
                let delta = data.some("delta").unwrap_or(data);
                if let Some(reason) = text(delta, "stop_reason") {
                    let finish = super::parse_finish(Some(&reason));
                    events.push(Event::Finish { choice: 0, finish, stopped_by: text(delta, "stop_sequence") });
                }
            }
            _ => {}
        }
    }

    fn start<'a>(&mut self, block: Node<'a>, events: &mut Vec<Event<'a>>) {
        let text = |name: &str| block.some(name).and_then(Node::string).unwrap_or_default();
        self.open = None;
        match &*text("type") {
            "tool_use" => {
                let index = self.tools;
                self.tools += 1;
                self.open = Some((index, false));
                events.push(Event::ToolStart { choice: 0, index, id: text("id"), name: text("name"), signature: None });
            }
            "redacted_thinking" => events.push(Event::Redacted { choice: 0, data: text("data") }),
            "text" if !text("text").is_empty() => events.push(Event::Text { choice: 0, text: text("text") }),
            _ => {}
        }
    }

    fn delta<'a>(&mut self, delta: Node<'a>, events: &mut Vec<Event<'a>>) {
        let text = |name: &str| delta.some(name).and_then(Node::string).unwrap_or_default();
        match &*text("type") {
            "text_delta" => events.push(Event::Text { choice: 0, text: text("text") }),
            "thinking_delta" => events.push(Event::Reasoning { choice: 0, text: text("thinking") }),
            "signature_delta" => events.push(Event::Signature { choice: 0, text: text("signature") }),
            "input_json_delta" => {
                if let Some((index, came)) = &mut self.open
                    && !text("partial_json").is_empty()
                {
                    *came = true;
                    events.push(Event::ToolArguments { choice: 0, index: *index, json: text("partial_json") });
                }
            }
            _ => {}
        }
    }
}
