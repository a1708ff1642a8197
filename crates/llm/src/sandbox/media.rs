use sha2::{Digest, Sha256};

use super::tokens;
use crate::{
    json::{Node, object},
    request::multipart,
};

/// One transparent pixel.
const PIXEL: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const SAMPLE_RATE: u32 = 8_000;
const DEFAULT_DIMENSIONS: u64 = 256;
const MAX_DIMENSIONS: u64 = 4_096;

fn texts(input: Option<Node<'_>>) -> Vec<String> {
    let Some(input) = input else { return Vec::new() };
    let single = input.string().map(|text| vec![text.into_owned()]);
    let many = || {
        input.elements().iter().map(|item| item.string().map_or_else(|| item.text().to_owned(), Into::into)).collect()
    };
    single.unwrap_or_else(many)
}

/// Unit vectors that depend on the text only.
pub(super) fn embeddings(model: &str, body: Node<'_>) -> Vec<u8> {
    let inputs = texts(body.some("input"));
    let dimensions =
        body.some("dimensions").and_then(Node::whole).unwrap_or(DEFAULT_DIMENSIONS).clamp(1, MAX_DIMENSIONS);
    let base64 = body.some("encoding_format").and_then(Node::string).as_deref() == Some("base64");
    let counted = tokens(inputs.iter().map(String::len).sum());
    let mut out = Vec::new();
    object(&mut out, |answer| {
        answer.field("object", "list").array("data", |data| {
            for (index, input) in inputs.iter().enumerate() {
                let vector = unit_vector(input, dimensions);
                data.object(|item| {
                    item.field("object", "embedding").field("index", index);
                    match base64 {
                        true => item.field("embedding", crate::translate::floats_to_base64(&vector)),
                        false => item.field("embedding", vector),
                    };
                });
            }
        });
        answer.field("model", model).object("usage", |usage| {
            usage.field("prompt_tokens", counted).field("total_tokens", counted);
        });
    });
    out
}

fn unit_vector(text: &str, dimensions: u64) -> Vec<f32> {
    let mut values = Vec::new();
    let mut block = 0u64;
    while (values.len() as u64) < dimensions {
        let hash = Sha256::new().chain_update(text).chain_update(block.to_le_bytes()).finalize();
        let (numbers, _) = hash.as_chunks::<2>();
        values.extend(numbers.iter().map(|pair| f64::from(i16::from_le_bytes(*pair)) + 0.5));
        block += 1;
    }
    values.truncate(usize::try_from(dimensions).unwrap_or(usize::MAX));
    let length = values.iter().map(|value| value * value).sum::<f64>().sqrt();
    values.iter().map(|value| (value / length) as f32).collect()
}

pub(super) fn images(body: Node<'_>) -> Vec<u8> {
    let count = body.some("n").and_then(Node::whole).unwrap_or(1).clamp(1, 10);
    let prompt = body.some("prompt").and_then(Node::string).map_or(0, |prompt| tokens(prompt.len()));
    let mut out = Vec::new();
    object(&mut out, |answer| {
        answer.field("created", 1_700_000_000u64).array("data", |data| {
            for _ in 0..count {
                data.object(|image| {
                    image.field("b64_json", PIXEL);
                });
            }
        });
        answer.object("usage", |usage| {
            usage.field("input_tokens", prompt).field("output_tokens", count).field("total_tokens", prompt + count);
            usage.object("output_tokens_details", |details| {
                details.field("image_tokens", count).field("text_tokens", 0u64);
            });
        });
    });
    out
}

/// Silence, a tenth of a second per word: 8-bit mono PCM in a RIFF file.
pub(super) fn speech(body: Node<'_>) -> Vec<u8> {
    let input = body.some("input").and_then(Node::string).unwrap_or_default();
    let words = u32::try_from(input.split_whitespace().count().clamp(1, 1_000)).unwrap_or(1);
    let samples = words * SAMPLE_RATE / 10;
    let mut out = Vec::new();
    out.extend_from_slice(b"RIFF");
    out.extend_from_slice(&(36 + samples).to_le_bytes());
    out.extend_from_slice(b"WAVEfmt ");
    for (value, width) in [(16, 4), (1, 2), (1, 2), (SAMPLE_RATE, 4), (SAMPLE_RATE, 4), (1, 2), (8, 2)] {
        out.extend_from_slice(&value.to_le_bytes()[..width]);
    }
    out.extend_from_slice(b"data");
    out.extend_from_slice(&samples.to_le_bytes());
    out.resize(out.len() + samples as usize, 0x80);
    out
}

/// The model that a form names; the sandbox gets what the client's form says.
pub(super) fn form_model(body: &[u8]) -> String {
    let line = body.strip_prefix(b"--").and_then(|rest| rest.split(|byte| *byte == b'\r').next()).unwrap_or_default();
    let boundary = String::from_utf8_lossy(line);
    let parts = multipart::parse(body, &boundary).unwrap_or_default();
    let model = parts.iter().find(|part| &*part.name == "model");
    model.map(|part| String::from_utf8_lossy(&body[part.value.clone()]).into_owned()).unwrap_or_default()
}

pub(super) fn transcript(bytes: usize) -> Vec<u8> {
    let mut out = Vec::new();
    object(&mut out, |answer| {
        answer.field("text", format!("The sandbox heard {bytes} bytes."));
        answer.object("usage", |usage| {
            usage.field("type", "duration").field("seconds", bytes.div_ceil(SAMPLE_RATE as usize).max(1));
        });
    });
    out
}

/// Flags what contains the word `violence`.
pub(super) fn moderation(model: &str, body: Node<'_>) -> Vec<u8> {
    let inputs = texts(body.some("input"));
    let mut out = Vec::new();
    object(&mut out, |answer| {
        answer.field("id", "modr-sandbox").field("model", model).array("results", |results| {
            for input in &inputs {
                let violent = input.contains("violence");
                results.object(|result| {
                    result.field("flagged", violent).object("categories", |categories| {
                        categories.field("violence", violent);
                    });
                    result.object("category_scores", |scores| {
                        scores.field("violence", if violent { 0.9 } else { 0.01 });
                    });
                });
            }
        });
    });
    out
}
