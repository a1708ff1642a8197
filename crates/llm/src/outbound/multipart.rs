use bytes::Bytes;

use super::PrepareError;
use crate::{Request, request::Content};

/// The form with another model; everything else stays.
pub(super) fn with_model(request: &Request, model: &str) -> Result<Bytes, PrepareError> {
    let Content::Multipart { parts, .. } = &request.content else { return Ok(request.body.clone()) };
    let Some(part) = parts.iter().find(|part| &*part.name == "model") else { return Ok(request.body.clone()) };
    if *request.model == *model {
        return Ok(request.body.clone());
    }
    if model.contains(['\r', '\n']) {
        return Err(PrepareError::unsupported("model", "its name can't be part of a form"));
    }
    let body = &request.body;
    let mut out = Vec::with_capacity(body.len() + model.len());
    out.extend_from_slice(&body[..part.value.start]);
    out.extend_from_slice(model.as_bytes());
    out.extend_from_slice(&body[part.value.end..]);
    Ok(out.into())
}
