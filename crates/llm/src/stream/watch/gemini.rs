use super::{Watch, visible_length};
use crate::{extract, json::Node};

impl Watch {
    pub(super) fn gemini(&mut self, data: &[u8]) {
        let Ok(node) = Node::parse(data) else { return };
        if self.events == 0 {
            self.note_first(node);
        }
        if let Some(usage) = node.some("usageMetadata") {
            self.finding.report(usage, extract::read(extract::Shape::Gemini, usage));
        }
        if node.some("error").is_some() {
            return self.fail(500, data);
        }
        let candidates = node.some("candidates").map(Node::elements).unwrap_or_default();
        for candidate in &candidates {
            let parts = candidate.some("content").and_then(|content| content.some("parts"));
            for part in parts.map(Node::elements).unwrap_or_default() {
                self.wrote(visible_length(part));
            }
        }
        let finished = candidates.iter().any(|candidate| candidate.some("finishReason").is_some());
        self.complete |=
            finished || node.some("promptFeedback").is_some_and(|feedback| feedback.some("blockReason").is_some());
        self.finding.truncated |= candidates
            .iter()
            .any(|candidate| candidate.some("finishReason").and_then(Node::string).as_deref() == Some("MAX_TOKENS"));
    }
}
