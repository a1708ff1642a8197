//! docs.claude.com/en/api/messages and /messages-streaming.

use http::StatusCode;
use serde_json::{Value, json};

use super::{playing::Piece, script::Script};

fn usage(script: &Script, written: u64) -> Value {
    let Some(output) = script.reported(written) else { return Value::Null };
    json!({
        "input_tokens": script.input, "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
        "output_tokens": output, "service_tier": "standard",
    })
}

fn envelope(model: &str, content: Value, stop_reason: Value, usage: Value) -> Value {
    json!({
        "id": "msg_scripted", "type": "message", "role": "assistant", "model": model, "content": content,
        "stop_reason": stop_reason, "stop_sequence": null, "usage": usage,
    })
}

pub(super) fn message(script: &Script, model: &str) -> Value {
    let content = json!([{ "type": "text", "text": Script::words(0, script.output) }]);
    envelope(model, content, json!("end_turn"), usage(script, script.output))
}

pub(super) fn events(script: &Script, model: &str) -> Vec<Piece> {
    let event = |value: Value| format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap_or_default());
    let start = envelope(model, json!([]), Value::Null, usage(script, script.output.min(1)));
    let block = json!({ "type": "text", "text": "" });
    let mut events = vec![
        Piece::frame(event(json!({ "type": "message_start", "message": start }))),
        Piece::frame(event(json!({ "type": "content_block_start", "index": 0, "content_block": block }))),
        Piece::frame(event(json!({ "type": "ping" }))),
    ];
    events.extend(script.shares().map(|(from, to)| {
        let delta = json!({ "type": "text_delta", "text": Script::words(from, to) });
        let delta = json!({ "type": "content_block_delta", "index": 0, "delta": delta });
        Piece { bytes: event(delta).into(), tokens: to - from }
    }));
    events.extend([
        Piece::frame(event(json!({ "type": "content_block_stop", "index": 0 }))),
        Piece::frame(event(json!({
            "type": "message_delta", "delta": { "stop_reason": "end_turn", "stop_sequence": null },
            "usage": script.reported(script.output).map(|output| json!({ "output_tokens": output })),
        }))),
        Piece::frame(event(json!({ "type": "message_stop" }))),
    ]);
    events
}

/// docs.claude.com/en/api/errors.
pub(super) fn error(status: StatusCode, message: &str) -> Value {
    let kind = match status.as_u16() {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        504 => "timeout_error",
        529 => "overloaded_error",
        400..=499 => "invalid_request_error",
        _ => "api_error",
    };
    json!({ "type": "error", "error": { "type": kind, "message": message }, "request_id": "req_scripted" })
}
