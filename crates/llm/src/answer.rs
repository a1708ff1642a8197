//! An answer that is not streamed: back into the client's format, with what it used.

use bytes::Bytes;

use crate::{
    Meter, Operation, Request, ServiceTier, Usage, Wire,
    extract::{self, Reported},
    json::{Field, JsonError, Node},
    translate,
};

/// An answer in the client's format.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The body; the provider's own bytes where the formats match.
    pub body: Bytes,
    /// The content type, where it is not the provider's own that should be passed on.
    pub content_type: Option<&'static str>,
    /// What the gateway settles by.
    pub finding: Finding,
}

/// What an answer says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Finding {
    /// The classes; `None` if the provider reported no usage.
    pub usage: Option<Usage>,
    /// The usage object as the provider wrote it.
    pub raw_usage: Option<Box<str>>,
    /// The tier the provider answered on.
    pub service_tier: ServiceTier,
    /// The model the provider says it used.
    pub model: Option<Box<str>>,
    /// What the provider itself says it charged.
    pub billed: Option<glaux_kernel::Money>,
    /// The answer was cut by the output limit.
    pub truncated: bool,
}

/// The provider's answer can't be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Not JSON.
    #[error("the provider's answer is not valid JSON: {0}")]
    Json(#[from] JsonError),
    /// JSON of another form.
    #[error("the provider's answer has no {0}")]
    Form(&'static str),
}

impl Finding {
    /// Takes in a usage object. One that says nothing is kept while there is no better one.
    pub(crate) fn report(&mut self, object: Node<'_>, reported: Option<Reported>) {
        let Some(reported) = reported else {
            if self.usage.is_none() {
                self.raw_usage = Some(object.text().into());
            }
            return;
        };
        self.usage = Some(reported.usage.with(Meter::Calls, 1));
        self.raw_usage = Some(object.text().into());
        self.billed = reported.billed;
        if let Some(tier) = reported.service_tier {
            self.service_tier = tier;
        }
    }

    fn note_model(&mut self, model: Option<Node<'_>>) {
        if let Some(model) = model.and_then(Node::string) {
            self.model = Some(model.as_ref().into());
        }
    }

    /// Reads a whole answer of `wire`, whose members are `fields`.
    pub(crate) fn read(wire: Wire, body: Node<'_>, fields: &[Field<'_>]) -> Self {
        let mut finding = Self::default();
        for field in fields {
            match &*field.key {
                "usage" | "usageMetadata" if field.value.is_object() => {
                    finding.report(field.value, extract::recognize(field.value));
                }
                "model" | "modelVersion" => finding.note_model(Some(field.value)),
                "service_tier" => {
                    if let Some(tier) = field.value.string() {
                        finding.service_tier = extract::tier_of(&tier);
                    }
                }
                "choices" => {
                    finding.truncated |=
                        field.value.elements().iter().any(|choice| names(*choice, "finish_reason", "length"));
                }
                "candidates" => {
                    finding.truncated |=
                        field.value.elements().iter().any(|choice| names(*choice, "finishReason", "MAX_TOKENS"));
                }
                "stop_reason" => finding.truncated |= field.value.string().as_deref() == Some("max_tokens"),
                "stopReason" => finding.truncated |= field.value.string().as_deref() == Some("max_tokens"),
                "status" => finding.truncated |= field.value.string().as_deref() == Some("incomplete"),
                _ => {}
            }
        }
        translate::measure(wire, body, &mut finding);
        finding
    }
}

fn names(object: Node<'_>, field: &str, value: &str) -> bool {
    object.some(field).and_then(Node::string).as_deref() == Some(value)
}

/// Turns the provider's successful answer into the client's.
///
/// # Errors
/// The answer is not what its format promises. It was nevertheless received, and may have been charged.
pub fn translate_answer(request: &Request, outbound_wire: Wire, body: Bytes) -> Result<Answer, AnswerError> {
    if outbound_wire == Wire::OpenAiSpeech {
        let usage = Usage::default().with(Meter::InputCharacters, request.facts.input_characters).with(Meter::Calls, 1);
        let finding = Finding { usage: Some(usage), ..Finding::default() };
        return Ok(Answer { body, content_type: None, finding });
    }
    if outbound_wire.operation() == Operation::Transcription && Node::parse(&body).is_err() {
        // `response_format` text, srt or vtt: text without usage.
        return Ok(Answer { body, content_type: None, finding: Finding::default() });
    }
    let (node, fields) = Node::parse_object(&body)?;
    let mut finding = Finding::read(outbound_wire, node, &fields);
    drop(fields);
    if outbound_wire == request.wire {
        return Ok(Answer { body, content_type: None, finding });
    }
    let body = translate::answer(request, outbound_wire, node, &mut finding)?.into();
    Ok(Answer { body, content_type: Some("application/json"), finding })
}
