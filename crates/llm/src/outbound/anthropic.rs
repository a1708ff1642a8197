use bytes::Bytes;

use super::{Limit, PrepareError, openai::Raw, parameters};
use crate::{Request, Target, Wire, splice::Splice};

/// The client's body with the gateway's decisions spliced in.
pub(super) fn pass(request: &Request, target: &Target<'_>, limit: Limit) -> Result<Bytes, PrepareError> {
    let Some(top) = request.top() else { return Ok(request.body.clone()) };
    let mut splice = Splice::new(top);
    if *request.model != *target.model {
        splice.set("model", target.model);
    }
    if request.wire == Wire::AnthropicCountTokens {
        return Ok(splice.finish(&request.body));
    }
    if limit.sent.is_none() {
        return Err(crate::ReadError::Missing("max_tokens").into());
    }
    if let Some(sent) = limit.changed() {
        splice.set("max_tokens", sent);
    }
    for (name, value) in parameters(target) {
        match name {
            "stop" if value.is_string() => {
                splice.set("stop_sequences", Raw(&serde_json::Value::Array(vec![value.clone()])))
            }
            "stop" => splice.set("stop_sequences", Raw(value)),
            "temperature" | "top_p" | "top_k" | "thinking" | "output_config" | "service_tier" => {
                splice.set(name, Raw(value))
            }
            _ => {
                return Err(PrepareError::unsupported(name, "anthropic providers have no parameter for this override"));
            }
        }
    }
    Ok(splice.finish(&request.body))
}
