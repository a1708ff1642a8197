use super::{Watch, visible_length};
use crate::{
    extract,
    json::{Node, object},
};

impl Watch {
    pub(super) fn anthropic(&mut self, name: Option<&str>, data: &[u8]) {
        let Ok(node) = Node::parse(data) else { return };
        let kind = node.some("type").and_then(Node::string);
        match kind.as_deref().or(name) {
            Some("message_start") => {
                let message = node.some("message").unwrap_or(node);
                self.note_first(message);
                self.merge_usage(message.some("usage"));
            }
            Some("content_block_start") => {
                self.open_block = node.some("index").and_then(Node::whole);
                let block = node.some("content_block").and_then(|block| block.some("type")).and_then(Node::string);
                if block.is_some_and(|kind| kind != "text" && kind != "thinking") {
                    self.wrote(0);
                }
            }
            Some("content_block_delta") => {
                let length = node.some("delta").map_or(0, visible_length);
                self.wrote(length);
            }
            Some("content_block_stop") => self.open_block = None,
            Some("message_delta") => {
                self.merge_usage(node.some("usage"));
                let reason = node.some("delta").and_then(|delta| delta.some("stop_reason")).and_then(Node::string);
                self.finding.truncated |= reason.as_deref() == Some("max_tokens");
            }
            Some("message_stop") => self.complete = true,
            Some("error") => self.fail(529, data),
            _ => {}
        }
    }

    /// `message_delta` repeats and completes what `message_start` said.
    fn merge_usage(&mut self, update: Option<Node<'_>>) {
        let Some(update) = update.filter(|node| node.is_object()) else { return };
        let mut merged = Vec::new();
        let before = self.usage_text.take();
        object(&mut merged, |usage| {
            for field in before.as_deref().map(|text| Node::trusted(text).fields()).unwrap_or_default() {
                if update.some(&field.key).is_none() {
                    usage.field(&field.key, field.value);
                }
            }
            for field in update.fields().iter().filter(|field| !field.value.is_null()) {
                usage.field(&field.key, field.value);
            }
        });
        let text: Box<str> = String::from_utf8_lossy(&merged).into();
        let node = Node::trusted(&text);
        self.finding.report(node, extract::read(extract::Shape::Anthropic, node));
        self.usage_text = Some(text);
    }
}
