//! Google Cloud Vision `images:annotate`: the images of a chat become one annotation request, its labels a JSON answer.
//!
//! The answer's text is `{"labels":[{"name":…,"score":…}]}`, highest score first: the form that a chat model gives
//! when it is asked with that schema, so that either can stand in for the other.

use crate::{
    AnswerError, Meter, PrepareError, Usage,
    ir::{Chat, Choice, Finish, Format, MediaKind, Message, Part, Reply, Role, Source},
    json::{Array, Node, Object, object},
    losses::Losses,
};

/// More labels than this are not asked for; the API's own default is 10.
const MAX_LABELS: u64 = 50;

/// The request: labels of every image of the last user's message that has one.
pub(crate) fn encode(chat: &Chat<'_>, losses: &mut Losses) -> Result<Vec<u8>, PrepareError> {
    let has_image = |message: &&Message<'_>| message.role == Role::User && images(message).next().is_some();
    let message = chat.messages.iter().rev().find(has_image);
    let message = message.ok_or_else(|| PrepareError::unsupported("messages", "Google Vision needs an image"))?;
    check_format(&chat.format, losses)?;
    if !chat.tools.is_empty() {
        losses.lose("tools", "Google Vision calls no tools")?;
    }
    let mut outcome = Ok(());
    let mut out = Vec::with_capacity(256);
    object(&mut out, |body| {
        body.array("requests", |requests| {
            outcome = images(message).try_for_each(|source| write_request(source, requests, losses));
        });
    });
    outcome.map(|()| out)
}

fn images<'m>(message: &'m Message<'_>) -> impl Iterator<Item = &'m Source<'m>> {
    message.parts.iter().filter_map(|part| match part {
        Part::Media(media) if media.kind == MediaKind::Image => Some(&media.source),
        _ => None,
    })
}

/// Free text can be had as labels; another schema can't.
fn check_format(format: &Format<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    let fits = match format {
        Format::Text | Format::Object => true,
        Format::Schema(schema) => {
            schema.schema.node().some("properties").is_some_and(|properties| properties.some("labels").is_some())
        }
    };
    if fits { Ok(()) } else { losses.lose("response_format", "Google Vision answers with `labels` only") }
}

fn write_request(source: &Source<'_>, requests: &mut Array<'_>, losses: &mut Losses) -> Result<(), PrepareError> {
    if matches!(source, Source::File(_) | Source::Plain(_)) {
        return losses.lose("file_id", "files are known to one provider only");
    }
    requests.object(|request| {
        request.object("image", |image| match source {
            Source::Base64 { data, .. } => {
                image.field("content", data);
            }
            Source::Url(url) | Source::File(url) | Source::Plain(url) => {
                image.object("source", |source| {
                    source.field("imageUri", url);
                });
            }
        });
        request.array("features", |features| {
            features.object(|feature| {
                feature.field("type", "LABEL_DETECTION").field("maxResults", MAX_LABELS);
            });
        });
    });
    Ok(())
}

/// The answer: the labels of all images in one object. An error of one image is an error of all.
pub(crate) fn read(body: Node<'_>) -> Result<Reply<'static>, AnswerError> {
    let responses = body.some("responses").filter(|node| node.is_array()).ok_or(AnswerError::Form("responses"))?;
    let mut labels: Vec<(String, f64)> = Vec::new();
    for response in responses.elements() {
        if response.some("error").is_some() {
            return Err(AnswerError::Form("labels: an image could not be read"));
        }
        for label in response.some("labelAnnotations").map(Node::elements).unwrap_or_default() {
            let name = label.some("description").and_then(Node::string).unwrap_or_default().into_owned();
            labels.push((name, label.some("score").and_then(Node::number).unwrap_or(0.0)));
        }
    }
    labels.sort_by(|(_, first), (_, second)| second.total_cmp(first));
    let mut text = Vec::new();
    object(&mut text, |answer: &mut Object<'_>| {
        answer.array("labels", |array| {
            for (name, score) in &labels {
                array.object(|label| {
                    label.field("name", name).field("score", *score);
                });
            }
        });
    });
    let text = String::from_utf8_lossy(&text).into_owned();
    let choice =
        Choice { parts: vec![Part::Text(text.into())], finish: Finish::Stop, stopped_by: None, logprobs: Vec::new() };
    Ok(Reply { choices: vec![choice], ..Reply::default() })
}

/// One unit per image and feature that was answered (cloud.google.com/vision/pricing).
pub(crate) fn usage(body: Node<'_>) -> Usage {
    let mut usage = Usage::default().with(Meter::Calls, 1);
    for response in body.some("responses").map(Node::elements).unwrap_or_default() {
        usage.add(Meter::InputImages, 1);
        if response.some("error").is_none() {
            usage.add(Meter::VisionLabels, 1);
        }
    }
    usage
}
