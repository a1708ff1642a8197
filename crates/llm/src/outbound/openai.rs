use bytes::Bytes;

use super::{Limit, PrepareError, asks_for_usage, parameters};
use crate::{
    Operation, ProviderKind, Request, Target, Wire,
    json::{Object, Write},
    providers::Provider,
    splice::{Splice, spans},
};

/// The client's body with the gateway's decisions spliced in.
pub(super) fn pass(
    request: &Request,
    target: &Target<'_>,
    provider: &Provider,
    limit: Limit,
) -> Result<Bytes, PrepareError> {
    let Some(top) = request.top() else { return Ok(request.body.clone()) };
    let mut splice = Splice::new(top);
    if *request.model != *target.model {
        splice.set("model", target.model);
    }
    match request.wire {
        Wire::OpenAiChat => chat_limit(provider, limit, &mut splice),
        Wire::OpenAiCompletions => set_limit("max_tokens", limit, &mut splice),
        Wire::OpenAiResponses => set_limit("max_output_tokens", limit, &mut splice),
        _ => {}
    }
    let reports_on_request = matches!(request.wire, Wire::OpenAiChat | Wire::OpenAiCompletions);
    if request.stream && reports_on_request && !request.facts.wants_stream_usage && asks_for_usage(target.kind) {
        ask_for_usage(&mut splice);
    }
    if request.wire.operation() == Operation::Chat {
        for (name, value) in parameters(target) {
            match (request.wire, name) {
                (Wire::OpenAiResponses, "reasoning_effort") => splice.set("reasoning", Effort(value)),
                _ => splice.set(name, Raw(value)),
            }
        }
    }
    if target.kind == ProviderKind::Sandbox && splice.is_empty() {
        return Ok(request.body.clone());
    }
    Ok(splice.finish(&request.body))
}

fn set_limit(name: &str, limit: Limit, splice: &mut Splice<'_>) {
    if let Some(sent) = limit.changed() {
        splice.set(name, sent);
    }
}

/// One limit goes out, under the name that the provider obeys.
fn chat_limit(provider: &Provider, limit: Limit, splice: &mut Splice<'_>) {
    let Some(sent) = limit.sent else { return };
    let top = splice.top();
    let other = if provider.chat_limit == "max_tokens" { "max_completion_tokens" } else { "max_tokens" };
    splice.remove(other);
    if top.some(provider.chat_limit).and_then(crate::json::Node::whole) != Some(sent) {
        splice.set(provider.chat_limit, sent);
    }
}

fn ask_for_usage(splice: &mut Splice<'_>) {
    let options = splice.top().some("stream_options").filter(|node| node.is_object());
    match options {
        None => splice.set("stream_options", IncludeUsage),
        Some(options) => {
            let spans = spans(options.text());
            let mut inner = Splice::new(crate::request::Top { text: options.text(), spans: &spans });
            inner.set("include_usage", true);
            splice.set("stream_options", Text(inner.text()));
        }
    }
}

struct IncludeUsage;

impl Write for IncludeUsage {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"include_usage\":true}");
    }
}

struct Effort<'a>(&'a serde_json::Value);

impl Write for Effort<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        crate::json::object(out, |object: &mut Object<'_>| {
            object.field("effort", Raw(self.0));
        });
    }
}

/// JSON text.
pub(super) struct Text(pub(super) Vec<u8>);

impl Write for Text {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }
}

/// A configured value.
pub(super) struct Raw<'a>(pub(super) &'a serde_json::Value);

impl Write for Raw<'_> {
    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.0.to_string().as_bytes());
    }
}
