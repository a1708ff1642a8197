//! ai.google.dev/api/generate-content; errors: cloud.google.com/apis/design/errors.

use http::StatusCode;
use serde_json::{Value, json};

use super::{operation::VECTOR, playing::Piece, script::Script};

fn response(script: &Script, model: &str, words: (u64, u64), finish: Option<&str>) -> Value {
    let (from, to) = words;
    let mut candidate = json!({
        "content": { "parts": [{ "text": Script::words(from, to) }], "role": "model" }, "index": 0,
    });
    if let Some(finish) = finish {
        candidate["finishReason"] = json!(finish);
    }
    let usage = script.reported(to).map(|output| {
        json!({
            "promptTokenCount": script.input, "candidatesTokenCount": output,
            "totalTokenCount": script.input + output,
            "promptTokensDetails": [{ "modality": "TEXT", "tokenCount": script.input }],
        })
    });
    json!({ "candidates": [candidate], "usageMetadata": usage, "modelVersion": model, "responseId": "scripted" })
}

pub(super) fn content(script: &Script, model: &str) -> Value {
    response(script, model, (0, script.output), Some("STOP"))
}

/// Every event carries the usage so far; the last one carries the reason to end.
pub(super) fn events(script: &Script, model: &str) -> Vec<Piece> {
    let shares: Vec<(u64, u64)> = script.shares().collect();
    let event = |(number, words): (usize, &(u64, u64))| {
        let finish = (number + 1 == shares.len()).then_some("STOP");
        let data = response(script, model, *words, finish);
        Piece { bytes: format!("data: {data}\r\n\r\n").into(), tokens: words.1 - words.0 }
    };
    shares.iter().enumerate().map(event).collect()
}

pub(super) fn embeddings(request: &Value) -> Value {
    let count = request["requests"].as_array().map_or(1, Vec::len);
    json!({ "embeddings": vec![json!({ "values": VECTOR }); count] })
}

pub(super) fn error(status: StatusCode, message: &str) -> Value {
    let name = match status.as_u16() {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        429 => "RESOURCE_EXHAUSTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        400..=499 => "INVALID_ARGUMENT",
        _ => "INTERNAL",
    };
    json!({ "error": { "code": status.as_u16(), "message": message, "status": name } })
}
