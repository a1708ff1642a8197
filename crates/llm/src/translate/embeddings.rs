//! Embeddings between OpenAI's and Gemini's formats (ai.google.dev/api/embeddings).

use crate::{
    AnswerError, Finding, Meter, MeterGroup, PrepareError, ReadError, Request, Wire,
    dialects::Reading,
    ir::Text,
    json::{Node, Object, object},
    losses::Losses,
};

/// What is to be embedded.
struct Order<'a> {
    texts: Vec<Text<'a>>,
    dimensions: Option<u64>,
}

/// The body in the provider's format.
pub(super) fn request(
    client: Wire,
    body: Node<'_>,
    wire: Wire,
    model: &str,
    losses: &mut Losses,
) -> Result<Vec<u8>, PrepareError> {
    let order = match client {
        Wire::GeminiEmbed => {
            let (text, dimensions) = gemini_item(Reading::of(body, "")?, losses)?;
            Order { texts: vec![text], dimensions }
        }
        Wire::GeminiBatchEmbed => gemini_batch(body, losses)?,
        _ => openai(body, losses)?,
    };
    let mut out = Vec::with_capacity(256);
    object(&mut out, |body| match wire {
        Wire::GeminiBatchEmbed => write_gemini(&order, model, body),
        _ => {
            body.field("model", model).field("input", &order.texts).field("encoding_format", "float");
            body.some("dimensions", order.dimensions);
        }
    });
    Ok(out)
}

fn openai<'a>(body: Node<'a>, losses: &mut Losses) -> Result<Order<'a>, PrepareError> {
    let mut top = Reading::of(body, "")?;
    let texts = top.texts("input")?;
    let dimensions = top.whole("dimensions")?;
    top.ignore(&["model", "user", "encoding_format"]);
    top.finish(losses)?;
    Ok(Order { texts, dimensions })
}

fn gemini_batch<'a>(body: Node<'a>, losses: &mut Losses) -> Result<Order<'a>, PrepareError> {
    let mut top = Reading::of(body, "")?;
    let mut order = Order { texts: Vec::new(), dimensions: None };
    for (index, item) in top.list("requests")?.into_iter().enumerate() {
        let (text, dimensions) = gemini_item(Reading::of(item, format!("requests[{index}]"))?, losses)?;
        if index > 0 && dimensions != order.dimensions {
            return Err(ReadError::wrong("requests.outputDimensionality", "the same in all requests").into());
        }
        order.dimensions = dimensions;
        order.texts.push(text);
    }
    top.ignore(&["model"]);
    top.finish(losses)?;
    Ok(order)
}

fn gemini_item<'a>(mut item: Reading<'a>, losses: &mut Losses) -> Result<(Text<'a>, Option<u64>), PrepareError> {
    let path = item.path("content");
    let content = item.take("content").ok_or_else(|| ReadError::wrong(&path, "given"))?;
    let parts = content.some("parts").map(Node::elements).unwrap_or_default();
    let texts = parts.iter().map(|part| part.some("text").and_then(Node::string)).collect::<Option<Vec<_>>>();
    let mut texts = texts.ok_or_else(|| ReadError::wrong(&path, "text where it is translated"))?;
    let text = if texts.len() == 1 { texts.remove(0) } else { texts.concat().into() };
    let dimensions = item.take_either("outputDimensionality", "output_dimensionality").and_then(Node::whole);
    item.ignore(&["model"]);
    item.note(&["taskType", "task_type", "title"], losses);
    item.finish(losses)?;
    Ok((text, dimensions))
}

fn write_gemini(order: &Order<'_>, model: &str, body: &mut Object<'_>) {
    let model = format!("models/{}", model.trim_start_matches("models/"));
    body.array("requests", |requests| {
        for text in &order.texts {
            requests.object(|request| {
                request.field("model", &model).object("content", |content| {
                    content.array("parts", |parts| {
                        parts.object(|part| {
                            part.field("text", text);
                        });
                    });
                });
                request.some("outputDimensionality", order.dimensions);
            });
        }
    });
}

/// The vectors in the client's format.
pub(super) fn answer(request: &Request, wire: Wire, body: Node<'_>, finding: &Finding) -> Result<Vec<u8>, AnswerError> {
    let (list, field) = if wire == Wire::OpenAiEmbeddings { ("data", "embedding") } else { ("embeddings", "values") };
    let list = body.some(list).filter(|list| list.is_array()).ok_or(AnswerError::Form("embeddings"))?;
    let vectors = list.elements().into_iter().map(|item| item.some(field).filter(|vector| vector.is_array()));
    let vectors = vectors.collect::<Option<Vec<_>>>().ok_or(AnswerError::Form("vectors"))?;
    let mut out = Vec::new();
    object(&mut out, |answer| match request.wire {
        Wire::GeminiEmbed => {
            answer.object("embedding", |embedding| {
                embedding.some("values", vectors.first());
            });
        }
        Wire::GeminiBatchEmbed => {
            answer.array("embeddings", |embeddings| {
                for vector in &vectors {
                    embeddings.object(|embedding| {
                        embedding.field("values", vector);
                    });
                }
            });
        }
        _ => write_openai(request, &vectors, finding, answer),
    });
    Ok(out)
}

fn write_openai(request: &Request, vectors: &[Node<'_>], finding: &Finding, answer: &mut Object<'_>) {
    let format = request.top().and_then(|top| top.some("encoding_format")?.string());
    let base64 = format.as_deref() == Some("base64");
    answer.field("object", "list").array("data", |data| {
        for (index, vector) in vectors.iter().enumerate() {
            data.object(|item| {
                item.field("object", "embedding").field("index", index);
                match base64 {
                    true => item.field("embedding", super::floats_to_base64(&floats(*vector))),
                    false => item.field("embedding", vector),
                };
            });
        }
    });
    // A provider that reports nothing is not said to have counted nothing: four bytes a token, as everywhere.
    let estimate = (request.body.len() as u64).div_ceil(4);
    let counted =
        finding.usage.map_or(estimate, |usage| usage.total(MeterGroup::Input).max(usage.get(Meter::InputTokens)));
    answer.field("model", &request.model).object("usage", |usage| {
        usage.field("prompt_tokens", counted).field("total_tokens", counted);
    });
}

fn floats(vector: Node<'_>) -> Vec<f32> {
    vector.elements().iter().map(|value| value.number().unwrap_or(0.0) as f32).collect()
}
