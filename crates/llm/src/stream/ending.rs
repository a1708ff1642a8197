use bytes::Bytes;

use super::watch::Watch;
use crate::{Wire, json::object, sse};

/// The events with which a stream of `client`'s format ends at its output limit.
pub(super) fn length(client: Wire, watch: &Watch) -> Bytes {
    let mut out = Vec::new();
    match client {
        Wire::OpenAiChat | Wire::OpenAiCompletions => {
            let chunk = watch.chat_head(|chunk| {
                chunk.array("choices", |choices| {
                    choices.object(|choice| {
                        choice.field("index", 0u64);
                        match client {
                            Wire::OpenAiCompletions => choice.field("text", ""),
                            _ => choice.object("delta", |_| ()),
                        };
                        choice.field("finish_reason", "length");
                    });
                });
            });
            sse::write(None, &chunk, &mut out);
            sse::write(None, b"[DONE]", &mut out);
        }
        Wire::AnthropicMessages => anthropic(watch, &mut out),
        Wire::GeminiGenerate => {
            let mut data = Vec::new();
            object(&mut data, |chunk| {
                chunk.array("candidates", |candidates| {
                    candidates.object(|candidate| {
                        candidate.object("content", |content| {
                            content.array("parts", |_| ()).field("role", "model");
                        });
                        candidate.field("finishReason", "MAX_TOKENS").field("index", 0u64);
                    });
                });
            });
            sse::write(None, &data, &mut out);
        }
        _ => {
            let mut data = Vec::new();
            object(&mut data, |event| {
                event.field("type", "response.incomplete").object("response", |response| {
                    response.field("id", &watch.id).field("object", "response").field("status", "incomplete");
                    response.object("incomplete_details", |details| {
                        details.field("reason", "max_output_tokens");
                    });
                    response.array("output", |_| ());
                });
            });
            sse::write(Some("response.incomplete"), &data, &mut out);
        }
    }
    out.into()
}

fn anthropic(watch: &Watch, out: &mut Vec<u8>) {
    let mut event = |name: &str, fill: &mut dyn FnMut(&mut crate::json::Object<'_>)| {
        let mut data = Vec::new();
        object(&mut data, |event| {
            event.field("type", name);
            fill(event);
        });
        sse::write(Some(name), &data, out);
    };
    if let Some(index) = watch.open_block {
        event("content_block_stop", &mut |event| {
            event.field("index", index);
        });
    }
    event("message_delta", &mut |event| {
        event.object("delta", |delta| {
            delta.field("stop_reason", "max_tokens").field("stop_sequence", None::<&str>);
        });
        event.object("usage", |usage| {
            usage.field("output_tokens", watch.output_so_far());
        });
    });
    event("message_stop", &mut |_| ());
}
