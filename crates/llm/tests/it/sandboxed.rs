//! The sandbox answers every operation, deterministically, as its script says.

use glaux_llm::{Meter, ProviderKind, Request, StreamTranslator, Wire, sandbox, translate_answer};

use crate::support::{Upstream, json, request, stream};

fn perform(request: &Request, model: &'static str) -> sandbox::Performance {
    sandbox::perform(&Upstream::new(ProviderKind::Sandbox, model).prepare(request).unwrap())
}

fn answer(path: &str, model: &'static str, body: &str) -> serde_json::Value {
    let performance = perform(&request(path, body), model);
    assert_eq!(performance.status, 200);
    json(&performance.pieces[0].1)
}

fn translator(request: &Request) -> StreamTranslator {
    StreamTranslator::new(request, Wire::OpenAiChat)
}

const CHAT: &str = "/v1/chat/completions";

#[test]
fn it_echoes_and_counts() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"one two three"}]}"#;
    let said = answer(CHAT, "echo", body);
    assert_eq!(said["choices"][0]["message"]["content"], "one two three");
    assert_eq!(said["usage"]["completion_tokens"], 3);
    assert_eq!(said["usage"]["prompt_tokens"], 4);
    let limited = answer(CHAT, "say-9", r#"{"model":"m","max_tokens":4,"messages":[]}"#);
    assert_eq!(limited["choices"][0]["finish_reason"], "length");
    assert_eq!(limited["usage"]["completion_tokens"], 4);
    let over = answer(CHAT, "say-9+overshoot", r#"{"model":"m","max_tokens":4,"messages":[]}"#);
    assert_eq!(over["usage"]["completion_tokens"], 9);
    assert!(answer(CHAT, "silent", body).get("usage").is_none());
}

#[test]
fn it_calls_tools_and_fits_schemas() {
    let tools = r#""tools":[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]"#;
    let called = answer(
        CHAT,
        "echo",
        &format!(r#"{{"model":"m","messages":[{{"role":"user","content":"the weather?"}}],{tools}}}"#),
    );
    let call = &called["choices"][0]["message"]["tool_calls"][0]["function"];
    assert_eq!((call["name"].as_str(), call["arguments"].as_str()), (Some("weather"), Some(r#"{"city":"sandbox"}"#)));
    let not =
        answer(CHAT, "echo", &format!(r#"{{"model":"m","messages":[{{"role":"user","content":"hi"}}],{tools}}}"#));
    assert_eq!(not["choices"][0]["message"]["content"], "hi");
    let format = r#""response_format":{"type":"json_schema","json_schema":{"name":"a","schema":{"type":"object","properties":{"n":{"type":"integer"}}}}}"#;
    let fitted = answer(CHAT, "echo", &format!(r#"{{"model":"m","messages":[],{format}}}"#));
    assert_eq!(fitted["choices"][0]["message"]["content"], r#"{"n":0}"#);
}

#[test]
fn it_streams_at_the_pace_of_the_script() {
    let request = request(CHAT, r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"a b"}]}"#);
    let performance = perform(&request, "echo+slow-20+pace-5");
    let waits: Vec<_> = performance.pieces.iter().map(|(wait, _)| wait.as_millis()).collect();
    assert_eq!(waits, [20, 5, 5, 5, 5, 5]);
    let text: Vec<u8> = performance.pieces.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
    let (client, outcome) = stream(translator(&request), &text, 50);
    assert!(outcome.complete && !client.contains("prompt_tokens"));
    assert_eq!(outcome.finding.usage.unwrap().get(Meter::OutputTokens), 2);
    let cut = perform(&request, "cut-2");
    assert_eq!(cut.pieces.len(), 2);
    let failed = perform(&request, "fail-1");
    let text: Vec<u8> = failed.pieces.iter().flat_map(|(_, bytes)| bytes.to_vec()).collect();
    let (_, outcome) = stream(translator(&request), &text, 50);
    assert_eq!(outcome.failure.unwrap().message, "The sandbox was told to fail.");
}

#[test]
fn it_fails_as_told() {
    let request = request(CHAT, r#"{"model":"m","messages":[],"metadata":{"sandbox":"error-429"}}"#);
    let performance = perform(&request, "echo");
    assert_eq!((performance.status.as_u16(), performance.retry_after), (429, Some(1)));
}

#[test]
fn it_has_every_modality() {
    let vectors = answer("/v1/embeddings", "embed", r#"{"model":"m","input":["a","b"],"dimensions":8}"#);
    let vector: Vec<f64> =
        vectors["data"][0]["embedding"].as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect();
    assert_eq!(vector.len(), 8);
    assert!((vector.iter().map(|v| v * v).sum::<f64>() - 1.0).abs() < 1e-5);
    assert_ne!(vectors["data"][0], vectors["data"][1]);
    let image = answer("/v1/images/generations", "paint", r#"{"model":"m","prompt":"owl","n":2}"#);
    assert_eq!(image["data"].as_array().unwrap().len(), 2);
    let flagged = answer("/v1/moderations", "judge", r#"{"model":"m","input":"violence"}"#);
    assert_eq!(flagged["results"][0]["flagged"], true);
    let speak = request("/v1/audio/speech", r#"{"model":"m","voice":"alloy","input":"two words"}"#);
    let audio = perform(&speak, "tts");
    assert_eq!(audio.content_type, "audio/wav");
    let wav = audio.pieces[0].1.clone();
    assert_eq!(wav.len(), 44 + 1_600);
    assert_eq!(u32::from_le_bytes(wav[4..8].try_into().unwrap()) as usize, wav.len() - 8);
    let answer = translate_answer(&speak, Wire::OpenAiSpeech, wav).unwrap();
    assert_eq!(answer.finding.usage.unwrap().get(Meter::InputCharacters), 9);
}
