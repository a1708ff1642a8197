//! platform.openai.com/docs/api-reference/chat and /embeddings.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    operation::VECTOR,
    playing::Piece,
    script::{Script, Told},
};

/// The seconds since 1970 that every answer was created at.
const CREATED: u64 = 1_780_000_000;

fn usage(script: &Script) -> Value {
    let Some(output) = script.reported(script.output) else { return Value::Null };
    json!({
        "prompt_tokens": script.input, "completion_tokens": output, "total_tokens": script.input + output,
        "prompt_tokens_details": { "cached_tokens": 0, "audio_tokens": 0 },
        "completion_tokens_details": {
            "reasoning_tokens": 0, "audio_tokens": 0,
            "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0,
        },
    })
}

pub(super) fn completion(script: &Script, model: &str) -> Value {
    let message = json!({
        "role": "assistant", "content": Script::words(0, script.output), "refusal": null, "annotations": [],
    });
    json!({
        "id": "chatcmpl-scripted", "object": "chat.completion", "created": CREATED, "model": model,
        "choices": [{ "index": 0, "message": message, "logprobs": null, "finish_reason": "stop" }],
        "usage": usage(script), "service_tier": "default", "system_fingerprint": "fp_scripted",
    })
}

/// One vector for each input: a text, texts, tokens, or lists of tokens.
pub(super) fn embeddings(script: &Script, model: &str, request: &Value) -> Value {
    let inputs = match request["input"].as_array() {
        Some(list) if !list.first().is_some_and(Value::is_number) => list.len(),
        Some(_) | None => 1,
    };
    let entry = |index: usize| json!({ "object": "embedding", "index": index, "embedding": VECTOR });
    json!({
        "object": "list", "model": model, "data": (0..inputs).map(entry).collect::<Vec<_>>(),
        "usage": { "prompt_tokens": script.input, "total_tokens": script.input },
    })
}

/// Usage comes in a last chunk without choices, if the request asks for it.
pub(super) fn events(script: &Script, model: &str, request: &Value) -> Vec<Piece> {
    let with_usage = request["stream_options"]["include_usage"] == true;
    let chunk = |choices: Value, usage: Value| {
        let mut chunk = json!({
            "id": "chatcmpl-scripted", "object": "chat.completion.chunk", "created": CREATED, "model": model,
            "service_tier": "default", "system_fingerprint": "fp_scripted", "choices": choices,
        });
        if with_usage {
            chunk["usage"] = usage;
        }
        format!("data: {chunk}\n\n")
    };
    let choice = |delta: Value, finish: Value| json!([{ "index": 0, "delta": delta, "logprobs": null, "finish_reason": finish }]);
    let mut events: Vec<Piece> = script
        .shares()
        .enumerate()
        .map(|(event, (from, to))| {
            let mut delta = json!({ "content": Script::words(from, to) });
            if event == 0 {
                delta["role"] = json!("assistant");
                delta["refusal"] = Value::Null;
            }
            Piece { bytes: chunk(choice(delta, Value::Null), Value::Null).into(), tokens: to - from }
        })
        .collect();
    events.push(Piece::frame(chunk(choice(json!({}), json!("stop")), Value::Null)));
    if with_usage && script.told != Told::Nothing {
        events.push(Piece::frame(chunk(json!([]), usage(script))));
    }
    events.push(Piece::frame("data: [DONE]\n\n"));
    events
}

/// platform.openai.com/docs/guides/error-codes.
pub(super) fn error(status: StatusCode, message: &str) -> Value {
    let (kind, code) = match status.as_u16() {
        401 => ("invalid_request_error", json!("invalid_api_key")),
        404 => ("invalid_request_error", json!("model_not_found")),
        429 => ("requests", json!("rate_limit_exceeded")),
        400..=499 => ("invalid_request_error", Value::Null),
        _ => ("server_error", Value::Null),
    };
    json!({ "error": { "message": message, "type": kind, "param": null, "code": code } })
}
