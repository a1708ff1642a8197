//! The provider without a network: scripted, deterministic answers in OpenAI's formats.
//!
//! [`perform`] is a pure function of the outgoing request. The model's name is a script, its words joined by `+`;
//! `metadata.sandbox` of the body, if it is there, goes before it. Unknown words mean nothing, so any name answers.
//!
//! | word | does |
//! |---|---|
//! | `echo` | says what the last user message says (also the default) |
//! | `say-N` | says N numbered words instead |
//! | `reason-N` | spends N tokens on reasoning first |
//! | `slow-MS` | waits before the first byte |
//! | `pace-MS` | waits before each further event of a stream |
//! | `error-STATUS` | fails with that status; 429 and 503 ask to wait a second |
//! | `cut-N` | the stream ends after N events without its terminator, a whole answer after N bytes |
//! | `fail-N` | the stream carries an error after N events |
//! | `garbled` | the answer is no JSON |
//! | `silent` | the answer has no usage |
//! | `overshoot` | the output limit is ignored |
//!
//! A tool is called when `tool_choice` demands one, or when the last user message names it. A JSON schema is answered
//! by its smallest instance. One word is one output token; four bytes are one input token. Waits are at most a minute.

mod chat;
mod media;
mod schema;
mod script;

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;

use crate::{Operation, Outbound, json::Node, json::object};
use script::Script;

/// What the sandbox does with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Performance {
    /// The status.
    pub status: StatusCode,
    /// The content type.
    pub content_type: &'static str,
    /// What `retry-after` says, in seconds.
    pub retry_after: Option<u64>,
    /// The body in pieces, each with the wait before it.
    pub pieces: Vec<(Duration, Bytes)>,
}

/// Answers an outgoing request to a sandbox provider.
pub fn perform(outbound: &Outbound) -> Performance {
    if outbound.wire.operation() == Operation::Transcription {
        let script = Script::parse(&media::form_model(&outbound.body));
        return failure(&script)
            .unwrap_or_else(|| whole(&script, "application/json", media::transcript(outbound.body.len())));
    }
    let Ok(body) = Node::parse(&outbound.body) else {
        return error(StatusCode::BAD_REQUEST, Duration::ZERO, "The body is not valid JSON.");
    };
    let metadata = body.some("metadata").and_then(|metadata| metadata.some("sandbox")).and_then(Node::string);
    let model = body.some("model").and_then(Node::string).unwrap_or_default();
    let script = Script::parse(&format!("{}+{model}", metadata.unwrap_or_default()));
    if let Some(failure) = failure(&script) {
        return failure;
    }
    match outbound.wire.operation() {
        Operation::Chat => chat::perform(&script, &model, body, outbound.stream),
        Operation::Embeddings => whole(&script, "application/json", media::embeddings(&model, body)),
        Operation::Images => whole(&script, "application/json", media::images(body)),
        Operation::Speech => whole(&script, "audio/wav", media::speech(body)),
        Operation::Moderation => whole(&script, "application/json", media::moderation(&model, body)),
        Operation::Transcription | Operation::CountTokens => {
            error(StatusCode::NOT_FOUND, Duration::ZERO, "The sandbox has no such operation.")
        }
    }
}

fn failure(script: &Script) -> Option<Performance> {
    if let Some(status) = script.error {
        return Some(error(status, script.slow, "The sandbox was told to fail."));
    }
    script.garbled.then(|| whole(script, "application/json", b"<html>garbled".to_vec()))
}

fn whole(script: &Script, content_type: &'static str, mut body: Vec<u8>) -> Performance {
    if let Some(cut) = script.cut {
        body.truncate(cut);
    }
    Performance { status: StatusCode::OK, content_type, retry_after: None, pieces: vec![(script.slow, body.into())] }
}

fn error(status: StatusCode, wait: Duration, message: &str) -> Performance {
    let mut body = Vec::new();
    object(&mut body, |body| {
        body.object("error", |error| {
            error.field("message", message).field("type", "sandbox_error").field("param", None::<&str>);
            error.field("code", format!("sandbox_{}", status.as_u16()));
        });
    });
    let retry_after = matches!(status.as_u16(), 429 | 503).then_some(1);
    Performance { status, content_type: "application/json", retry_after, pieces: vec![(wait, body.into())] }
}

/// Four bytes of text are a token; no text is none.
fn tokens(bytes: usize) -> u64 {
    bytes.div_ceil(4) as u64
}
