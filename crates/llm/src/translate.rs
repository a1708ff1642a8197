//! Between formats that differ: through one neutral form, so that each format is written once.

use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    Finding, PrepareError, Request, Target, Wire,
    answer::AnswerError,
    json::Node,
    outbound::{Limit, Prepared},
    providers::{Provider, Reply},
};

/// The body for a provider whose format is not the client's.
pub(crate) fn request(
    request: &Request,
    target: &Target<'_>,
    _wire: Wire,
    _provider: &Provider,
    _limit: Limit,
    _reply: Reply,
) -> Result<Prepared, PrepareError> {
    Err(PrepareError::unsupported("model", format!("{} providers are not asked in {:?}", target.kind, request.wire)))
}

/// The client's form of an answer.
pub(crate) fn answer(_: &Request, _: Wire, _: Node<'_>, _: &mut Finding) -> Result<Vec<u8>, AnswerError> {
    Err(AnswerError::Form("form that this client reads"))
}

/// Usage that the answer implies instead of stating it.
pub(crate) fn measure(_: Wire, _: Node<'_>, _: &mut Finding) {}

/// Little-endian 32-bit floats, as OpenAI's `encoding_format: base64` has them.
pub(crate) fn floats_to_base64(vector: &[f32]) -> String {
    let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
    STANDARD.encode(bytes)
}
