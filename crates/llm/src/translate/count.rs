//! Counting tokens: the request is a chat's, the answer a number.

use super::Order;
use crate::{
    AnswerError, PrepareError, Wire,
    dialects::gemini,
    ir::Chat,
    json::{Node, object},
    losses::Losses,
};

/// ai.google.dev/api/tokens: what is counted is a whole request.
pub(super) fn gemini(chat: &Chat<'_>, order: &Order<'_>, losses: &mut Losses) -> Result<Vec<u8>, PrepareError> {
    let mut outcome = Ok(());
    let mut out = Vec::new();
    object(&mut out, |body| {
        body.object("generateContentRequest", |request| {
            request.field("model", format!("models/{}", order.model.trim_start_matches("models/")));
            outcome = gemini::write_contents(chat, order.model, losses, request);
            if !chat.tools.is_empty() && outcome.is_ok() {
                outcome = gemini::write_tools(chat, losses, request);
            }
        });
    });
    outcome.map(|()| out)
}

/// The number in the client's words.
pub(super) fn answer(client: Wire, body: Node<'_>) -> Result<Vec<u8>, AnswerError> {
    let count = body.some("totalTokens").or_else(|| body.some("input_tokens")).and_then(Node::whole);
    let count = count.ok_or(AnswerError::Form("number of tokens"))?;
    let mut out = Vec::new();
    object(&mut out, |answer| {
        answer.field(if client == Wire::GeminiCountTokens { "totalTokens" } else { "input_tokens" }, count);
    });
    Ok(out)
}
