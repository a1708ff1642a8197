use super::{Watch, visible_length};
use crate::{event_stream::Frame, extract, json::Node};

impl Watch {
    /// A frame of Bedrock's.
    pub(in crate::stream) fn frame(&mut self, frame: &Frame) {
        if &*frame.message_type != "event" {
            let status = match &*frame.kind {
                "throttlingException" => 429,
                "validationException" => 400,
                "serviceUnavailableException" => 503,
                _ => 500,
            };
            self.fail(status, &frame.payload);
            if let Some(failure) = &mut self.failure {
                failure.code = Some(frame.kind.clone());
            }
            return;
        }
        let Ok(node) = Node::parse(&frame.payload) else { return };
        match &*frame.kind {
            "contentBlockDelta" => self.wrote(node.some("delta").map_or(0, visible_length)),
            "contentBlockStart" if node.some("start").is_some() => self.wrote(0),
            "messageStop" => {
                self.complete = true;
                let reason = node.some("stopReason").and_then(Node::string);
                self.finding.truncated |= reason.as_deref() == Some("max_tokens");
            }
            "metadata" => {
                if let Some(usage) = node.some("usage") {
                    self.finding.report(usage, extract::read(extract::Shape::Bedrock, usage));
                }
            }
            _ => {}
        }
    }
}
