//! Every format against every other, by files under `tests/golden`.
//!
//! `requests/<case>/client.<wire>.json` is one request said in each client format; `upstream.<kind>.json` is what each
//! kind of provider must be sent for any of them, and `upstream.<kind>.<wire>.json` where the client's format matters.
//! A file `….error` holds the error that names what the provider can't express. `answers/<case>` and `streams/<case>`
//! hold what a provider answers and what each client must get. With `GLAUX_BLESS=1` missing expectations are written,
//! to be read before they are committed.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use bytes::Bytes;
use glaux_llm::{ProviderKind, Request, StreamTranslator, Wire, translate_answer};

use crate::support::{Upstream, json, request, stream};

const CLIENTS: [(&str, &str); 4] = [
    ("openai_chat", "/v1/chat/completions"),
    ("openai_responses", "/v1/responses"),
    ("anthropic", "/v1/messages"),
    ("gemini", "/gemini/v1beta/models/m:generateContent"),
];

const PROVIDERS: [(ProviderKind, &str); 6] = [
    (ProviderKind::OpenAi, "gpt-x"),
    (ProviderKind::OpenAiCompatible, "mistral-x"),
    (ProviderKind::Anthropic, "claude-sonnet-4-5"),
    (ProviderKind::Gemini, "gemini-2.5-flash"),
    (ProviderKind::Bedrock, "anthropic.claude-sonnet-4-5-v1:0"),
    (ProviderKind::GoogleVision, "labels"),
];

const WIRES: [(&str, Wire); 5] = [
    ("openai_chat", Wire::OpenAiChat),
    ("anthropic", Wire::AnthropicMessages),
    ("gemini", Wire::GeminiGenerate),
    ("bedrock", Wire::BedrockConverse),
    ("vision", Wire::VisionAnnotate),
];

fn cases(kind: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(kind);
    let mut cases: Vec<_> = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

/// Compares with the first of the files that exists; JSON by meaning, everything else by text.
fn check(case: &Path, names: &[String], found: &str) {
    let blesses = std::env::var_os("GLAUX_BLESS").is_some();
    let existing = names.iter().map(|name| case.join(name)).find(|path| path.exists());
    let Some(path) = existing else {
        let path = case.join(names.last().unwrap());
        assert!(blesses, "{} is missing; got\n{found}", path.display());
        return fs::write(path, pretty(found)).unwrap();
    };
    let expected = fs::read_to_string(&path).unwrap();
    let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
    let same = match (value(&expected), value(found)) {
        (Some(expected), Some(found)) => expected == found,
        _ => expected.trim_end() == found.trim_end(),
    };
    if !same && blesses && names.len() > 1 {
        return fs::write(case.join(&names[0]), pretty(found)).unwrap();
    }
    assert!(same, "{}: expected\n{expected}\ngot\n{}", path.display(), pretty(found));
}

fn pretty(text: &str) -> String {
    match serde_json::from_str::<serde_json::Value>(text) {
        Ok(value) => serde_json::to_string_pretty(&value).unwrap() + "\n",
        Err(_) => text.trim_end().to_owned() + "\n",
    }
}

fn read_request(case: &Path, client: &str, path: &str) -> Option<Request> {
    let text = fs::read_to_string(case.join(format!("client.{client}.json"))).ok()?;
    Some(request(path, &text))
}

#[test]
fn every_request_reaches_every_provider_in_its_words() {
    for case in cases("requests") {
        for (client, path) in CLIENTS {
            let Some(request) = read_request(&case, client, path) else { continue };
            for (kind, model) in PROVIDERS {
                let name = format!("upstream.{kind}");
                match Upstream::new(kind, model).prepare(&request) {
                    Ok(outbound) => {
                        let specific = format!("{name}.{client}.json");
                        let body = std::str::from_utf8(&outbound.body).unwrap();
                        check(&case, &[specific, format!("{name}.json")], body);
                    }
                    Err(error) => {
                        check(&case, &[format!("{name}.{client}.error"), format!("{name}.error")], &error.to_string());
                    }
                }
            }
        }
    }
}

fn client_requests(streaming: bool) -> BTreeMap<&'static str, Request> {
    let chat = |rest: &str| format!(r#"{{"model":"m","stream":{streaming}{rest}}}"#);
    let usage = if streaming { r#","stream_options":{"include_usage":true}"# } else { "" };
    let gemini = if streaming { "/gemini/v1beta/models/m:streamGenerateContent" } else { CLIENTS[3].1 };
    BTreeMap::from([
        ("openai_chat", request(CLIENTS[0].1, &chat(&format!(r#","messages":[]{usage}"#)))),
        ("openai_responses", request(CLIENTS[1].1, &chat(r#","input":"x""#))),
        ("anthropic", request(CLIENTS[2].1, &chat(r#","max_tokens":9,"messages":[]"#))),
        ("gemini", request(gemini, r#"{"contents":[]}"#)),
    ])
}

#[test]
fn every_answer_reaches_every_client_in_its_words() {
    for case in cases("answers") {
        for (provider, wire) in WIRES {
            let Ok(body) = fs::read(case.join(format!("provider.{provider}.json"))) else { continue };
            for (client, request) in client_requests(false) {
                let answer = translate_answer(&request, wire, Bytes::from(body.clone())).unwrap();
                if request.wire == wire {
                    assert_eq!(json(&answer.body), json(&body));
                    continue;
                }
                let name = format!("client.{client}.from.{provider}.json");
                check(&case, &[name], std::str::from_utf8(&answer.body).unwrap());
            }
        }
    }
}

#[test]
fn every_stream_reaches_every_client_in_its_words() {
    for case in cases("streams") {
        for (provider, wire) in WIRES {
            let Ok(body) = fs::read(case.join(format!("provider.{provider}.sse"))) else { continue };
            for (client, request) in client_requests(true) {
                for size in [1, 64, 1_000_000] {
                    let (text, outcome) = stream(StreamTranslator::new(&request, wire), &body, size);
                    assert!(outcome.complete && outcome.finding.usage.is_some(), "{} {provider}", case.display());
                    if request.wire == wire {
                        assert_eq!(text.as_bytes(), body);
                    } else {
                        check(&case, &[format!("client.{client}.from.{provider}.sse")], &text);
                    }
                }
            }
        }
    }
}
