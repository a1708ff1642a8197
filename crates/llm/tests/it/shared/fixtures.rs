//! Streams and answers of many providers: whatever they are, nothing panics, and what can be read is read.

use std::collections::BTreeMap;

use bytes::Bytes;
use glaux_llm::{StreamTranslator, Wire, sse, translate_answer};
use serde::Deserialize;

use super::lines;
use crate::support::clients;

#[derive(Deserialize)]
struct Fixture {
    file: String,
    provider: String,
    kind: String,
    text: String,
}

fn wire(fixture: &Fixture) -> Wire {
    match fixture.provider.as_str() {
        "anthropic" => Wire::AnthropicMessages,
        "google" | "google-vertex" => Wire::GeminiGenerate,
        _ if fixture.text.contains("\"type\":\"response.") || fixture.text.contains("\"object\": \"response\"") => {
            Wire::OpenAiResponses
        }
        _ => Wire::OpenAiChat,
    }
}

#[test]
fn every_fixture_is_read_for_every_client() {
    let Some(fixtures) = lines::<Fixture>("stream_fixtures/vercel_ai_fixtures.jsonl.gz") else { return };
    let mut read: BTreeMap<&str, usize> = BTreeMap::new();
    for fixture in &fixtures {
        let wire = wire(fixture);
        for request in clients(fixture.kind == "chunks") {
            if wire == Wire::OpenAiResponses && request.wire != wire {
                continue;
            }
            if fixture.kind != "chunks" {
                let answer = translate_answer(&request, wire, Bytes::copy_from_slice(fixture.text.as_bytes()));
                *read.entry(if answer.is_ok() { "answers" } else { "other answers" }).or_default() += 1;
                continue;
            }
            let events: String = fixture.text.lines().map(|line| format!("data: {line}\n\n")).collect();
            let mut translator = StreamTranslator::new(&request, wire);
            let mut out = Vec::new();
            let pushed = events
                .as_bytes()
                .chunks(777)
                .try_for_each(|chunk| translator.push(Bytes::copy_from_slice(chunk), &mut out));
            let usage = translator.finish(&mut out).finding.usage.is_some();
            assert!(pushed.is_ok(), "{}: {pushed:?}", fixture.file);
            *read.entry(if usage { "streams with usage" } else { "streams without" }).or_default() += 1;
            sse::events(&out.concat()).for_each(|event| drop(event.data()));
        }
    }
    eprintln!("{} fixtures: {read:?}", fixtures.len());
    assert_eq!(fixtures.len(), 284);
}
