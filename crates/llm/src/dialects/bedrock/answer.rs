use crate::{
    AnswerError,
    ir::{Choice, Finish, Part, Reply, Text, ToolCall},
    json::Node,
};

/// A provider's whole answer. It names neither itself nor its model.
pub(crate) fn read(body: Node<'_>) -> Result<Reply<'_>, AnswerError> {
    let message =
        body.some("output").and_then(|output| output.some("message")).ok_or(AnswerError::Form("output.message"))?;
    let finish = body.some("stopReason").and_then(Node::string);
    let blocks = message.some("content").map(Node::elements).unwrap_or_default();
    let choice = Choice {
        parts: blocks.into_iter().filter_map(read_block).collect(),
        finish: parse_finish(finish.as_deref()),
        stopped_by: None,
        logprobs: Vec::new(),
    };
    Ok(Reply { choices: vec![choice], ..Reply::default() })
}

fn read_block(block: Node<'_>) -> Option<Part<'_>> {
    if let Some(text) = block.some("text") {
        return text.string().map(Part::Text);
    }
    if let Some(tool) = block.some("toolUse") {
        let text = |name: &str| -> Option<Text<'_>> { tool.some(name)?.string() };
        let arguments = tool.some("input").map_or("{}".into(), Node::compact);
        return Some(Part::ToolCall(ToolCall {
            id: text("toolUseId")?,
            name: text("name")?,
            arguments,
            signature: None,
        }));
    }
    let reasoning = block.some("reasoningContent")?;
    if let Some(data) = reasoning.some("redactedContent").and_then(Node::string) {
        return Some(Part::Redacted(data));
    }
    let inner = reasoning.some("reasoningText")?;
    let signature = inner.some("signature").and_then(Node::string);
    Some(Part::Reasoning { text: inner.some("text")?.string()?, signature })
}

pub(crate) fn parse_finish(reason: Option<&str>) -> Finish {
    match reason {
        Some("max_tokens" | "model_context_window_exceeded") => Finish::Length,
        Some("stop_sequence") => Finish::StopSequence,
        Some("tool_use") => Finish::ToolCalls,
        Some("guardrail_intervened" | "content_filtered") => Finish::Filtered,
        _ => Finish::Stop,
    }
}
