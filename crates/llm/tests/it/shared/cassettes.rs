//! Recorded traffic: what is extracted equals what was counted independently.

use bytes::Bytes;
use glaux_llm::{
    Endpoint, Meter, MeterGroup, Request, StreamTranslator, Usage, Wire, event_stream::FrameBuffer, extract,
    extract::Shape, json::Node, sse, translate_answer,
};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{lines, recording::Recording};
use crate::support::{clients, request};

#[derive(Deserialize)]
struct Truth {
    file: String,
    events: u64,
    terminator: Option<String>,
    raw_usage: Option<Box<RawValue>>,
    norm: Option<Norm>,
}

#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
struct Norm {
    in_: u64,
    out: u64,
    cache_read: u64,
    cache_write: u64,
    reasoning: u64,
}

/// The classes summed up as the truth states them: its input is the provider's own figure.
fn norm(shape: Shape, usage: &Usage) -> Norm {
    let cache_read = usage.get(Meter::CachedInputTokens)
        + usage.get(Meter::CachedInputAudioTokens)
        + usage.get(Meter::CachedInputImageTokens);
    let cache_write = usage.get(Meter::CacheWriteTokens) + usage.get(Meter::CacheWriteHourTokens);
    let input = usage.total(MeterGroup::Input);
    let beside = matches!(shape, Shape::Anthropic | Shape::Bedrock);
    Norm {
        in_: if beside { input - cache_read - cache_write } else { input },
        out: usage.total(MeterGroup::Output),
        cache_read,
        cache_write,
        reasoning: usage.get(Meter::ReasoningTokens),
    }
}

/// Why a line's usage differs from its truth: part of the file's name, and the reason.
const EXPLAINED: &[(&str, &str)] = &[
    (
        "test_fixed_version_tool_chain_with_thinking_display",
        "the truth does not divide Anthropic's output; its `thinking_tokens` are reasoning",
    ),
    (
        "test_generate_content_with_file_uri_image[False]",
        "the truth wants `promptTokenCount`, which this usage lacks; its output is read all the same",
    ),
];

fn load() -> Option<Vec<(Recording, Truth)>> {
    let recordings = lines::<Recording>("cassettes/dev.jsonl.gz")?;
    let truths = lines::<Truth>("cassettes/dev_usage_truth.jsonl.gz")?;
    assert_eq!(recordings.len(), truths.len());
    Some(recordings.into_iter().zip(truths).collect())
}

fn explained(file: &str) -> bool {
    EXPLAINED.iter().any(|(part, _)| file.contains(part))
}

#[test]
fn every_usage_object_is_read_as_it_was_counted() {
    let Some(pairs) = load() else { return };
    let (mut equal, mut wrong) = (0, Vec::new());
    for (line, (_, truth)) in pairs.iter().enumerate() {
        let (Some(raw), Some(expected)) = (&truth.raw_usage, truth.norm) else { continue };
        let node = Node::parse(raw.get().as_bytes()).unwrap();
        let shape = Shape::of(node);
        let found = shape.and_then(|shape| Some(norm(shape, &extract::read(shape, node)?.usage)));
        match found {
            Some(found) if found == expected => equal += 1,
            _ if explained(&truth.file) => {}
            found => wrong.push(format!("line {line} {}: {found:?} is not {expected:?} of {raw}", truth.file)),
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(equal, 786);
}

/// A client's request in the recording's own format; where the recorded body is one, that body.
fn client(wire: Wire, recording: &Recording) -> Request {
    let stream = recording.framing().is_some();
    let body = Bytes::from(recording.request());
    let endpoint = Endpoint { wire, model: Some("m".into()), stream };
    let endpoint =
        if wire == Wire::GeminiGenerate { endpoint } else { Endpoint { model: None, stream: false, ..endpoint } };
    Request::read(&endpoint, None, body).unwrap_or_else(|_| {
        let body = format!(r#"{{"model":"m","stream":{stream},"messages":[],"input":"x","prompt":"x"}}"#);
        Request::read(&endpoint, None, Bytes::from(body)).unwrap()
    })
}

fn through(wire: Wire, recording: &Recording) -> Option<(Option<Usage>, bool)> {
    let request = match wire {
        Wire::BedrockConverse => request("/v1/chat/completions", r#"{"model":"m","messages":[],"stream":true}"#),
        _ => client(wire, recording),
    };
    if recording.framing().is_none() {
        let answer = translate_answer(&request, wire, recording.response().into()).ok()?;
        return Some((answer.finding.usage, true));
    }
    let mut translator = StreamTranslator::new(&request, wire);
    let mut out = Vec::new();
    for chunk in recording.response().chunks(1_000) {
        translator.push(Bytes::copy_from_slice(chunk), &mut out).unwrap();
    }
    let outcome = translator.finish(&mut out);
    Some((outcome.finding.usage, outcome.complete))
}

#[test]
fn every_answer_yields_its_usage_on_its_way_through() {
    let Some(pairs) = load() else { return };
    let (mut equal, mut silent, mut unmarked, mut wrong) = (0, 0, 0, Vec::new());
    for (line, (recording, truth)) in pairs.iter().enumerate() {
        let Some(wire) = recording.wire().filter(|_| recording.answers()) else { continue };
        let Some((usage, complete)) = through(wire, recording) else {
            wrong.push(format!("line {line} {}: not an answer", truth.file));
            continue;
        };
        let shape = truth.raw_usage.as_ref().and_then(|raw| Shape::of(Node::parse(raw.get().as_bytes()).unwrap()));
        let found = usage.and_then(|usage| shape.map(|shape| norm(shape, &usage)));
        match (found, truth.norm) {
            (None, None) if recording.noted_framing() != recording.framing() => unmarked += u32::from(usage.is_some()),
            (Some(found), Some(expected)) if found == expected => equal += 1,
            (None, None) => silent += 1,
            _ if explained(&truth.file) => {}
            (found, expected) => {
                wrong.push(format!(
                    "line {line} {} {wire:?} {:?}: {found:?} is not {expected:?}",
                    truth.file,
                    recording.framing()
                ));
            }
        }
        if recording.framing().is_some() && !complete {
            wrong.push(format!(
                "line {line} {} {wire:?}: ended without its terminator {:?}",
                truth.file, truth.terminator
            ));
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!((equal, silent, unmarked), (720, 102, 21));
}

#[test]
fn every_stream_has_as_many_events_as_were_counted() {
    let Some(pairs) = load() else { return };
    let mut total = 0;
    for (line, (recording, truth)) in pairs.iter().enumerate() {
        let bytes = recording.response();
        let events = match recording.noted_framing() {
            Some("sse") => sse::events(&bytes).filter(|event| !event.data().is_empty()).count() as u64,
            Some("aws_eventstream") => {
                let mut buffer = FrameBuffer::default();
                buffer.push(&bytes);
                let mut count = 0;
                while buffer.next_frame().unwrap().is_some() {
                    count += 1;
                }
                assert!(buffer.is_empty());
                count
            }
            _ => continue,
        };
        assert_eq!(events, truth.events, "line {line} {}", truth.file);
        total += events;
    }
    assert!(total > 10_000, "{total}");
}

/// Each recorded answer is also translated for every other client; nothing of it may be lost or panic.
#[test]
fn every_answer_reaches_every_client() {
    let Some(pairs) = load() else { return };
    let mut translated = 0;
    for (line, (recording, truth)) in pairs.iter().enumerate() {
        let Some(wire) = recording.wire().filter(|wire| recording.answers() && *wire != Wire::OpenAiResponses) else {
            continue;
        };
        if wire.operation() != glaux_llm::Operation::Chat || wire == Wire::OpenAiCompletions {
            continue;
        }
        for request in clients(recording.framing().is_some()) {
            if recording.framing().is_none() {
                let answer = translate_answer(&request, wire, recording.response().into());
                let answer = answer.unwrap_or_else(|error| panic!("line {line} {}: {error}", truth.file));
                Node::parse(&answer.body).unwrap();
            } else {
                let mut translator = StreamTranslator::new(&request, wire);
                let mut out = Vec::new();
                for chunk in recording.response().chunks(333) {
                    translator.push(Bytes::copy_from_slice(chunk), &mut out).unwrap();
                }
                assert!(translator.finish(&mut out).complete, "line {line} {}", truth.file);
                let whole = out.concat();
                sse::events(&whole).map(|event| event.data()).filter(|data| **data != *b"[DONE]").for_each(|data| {
                    if !data.is_empty() {
                        Node::parse(&data).unwrap();
                    }
                });
            }
            translated += 1;
        }
    }
    assert!(translated > 1_500, "{translated}");
}
