//! Hostile and odd input: the JSON suite is decided as it demands, naughty strings come through byte for byte.

use bytes::Bytes;
use glaux_llm::{ProviderKind, Request, json::validate, translate_answer};

use super::read;
use crate::support::{Upstream, endpoint, json};

/// Name and content of each file of a tar archive (POSIX.1-1988).
fn untar(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim_end_matches(['\0', ' ']).to_owned();
    let mut files = Vec::new();
    let mut rest = bytes;
    while rest.len() > 512 && rest[0] != 0 {
        let (head, body) = rest.split_at(512);
        let size = usize::from_str_radix(text(&head[124..136]).trim(), 8).unwrap();
        if matches!(head[156], b'0' | 0) {
            files.push((text(&head[..100]), body[..size].to_vec()));
        }
        rest = &body[size.div_ceil(512) * 512..];
    }
    files
}

#[test]
fn the_json_suite_is_decided_as_it_demands() {
    let Some(archive) = read("security/jsontestsuite.tgz") else { return };
    let (mut valid, mut invalid, mut either) = (0, 0, 0);
    for (path, content) in untar(&archive) {
        let Some(name) = path.split("test_parsing/").nth(1) else { continue };
        let parsed = validate(&content);
        match name.split('_').next() {
            Some("y") => {
                assert!(parsed.is_ok(), "{name}: {parsed:?}");
                valid += 1;
            }
            Some("n") => {
                assert!(parsed.is_err(), "{name}");
                invalid += 1;
            }
            _ => either += 1,
        }
        // As a body it is at most refused.
        let request = Request::read(&endpoint("/v1/chat/completions"), None, Bytes::from(content));
        assert!(request.is_err(), "{name}");
    }
    assert_eq!((valid, invalid, either), (95, 188, 35));
}

#[test]
fn naughty_strings_come_through_byte_for_byte() {
    let Some(bytes) = read("security/blns.json") else { return };
    let strings: Vec<String> = serde_json::from_slice(&bytes).unwrap();
    assert_eq!(strings.len(), 515);
    for text in &strings {
        let body = serde_json::json!({"model": "m", "max_tokens": 5, "messages": [{"role": "user", "content": text}]});
        let request = |path: &str| Request::read(&endpoint(path), None, body.to_string().into()).unwrap();
        let openai = request("/v1/chat/completions");
        let sent = |kind| json(&Upstream::new(kind, "m").prepare(&openai).unwrap().body);
        assert_eq!(sent(ProviderKind::OpenAi)["messages"][0]["content"], **text);
        assert_eq!(sent(ProviderKind::Gemini)["contents"][0]["parts"][0]["text"], **text);
        if !text.is_empty() {
            assert_eq!(sent(ProviderKind::Anthropic)["messages"][0]["content"], **text);
        }
        let answer = serde_json::json!({"choices": [{"message": {"content": text}, "finish_reason": "stop"}]});
        let anthropic = request("/v1/messages");
        let answer = translate_answer(&anthropic, glaux_llm::Wire::OpenAiChat, answer.to_string().into()).unwrap();
        if !text.is_empty() {
            assert_eq!(json(&answer.body)["content"][0]["text"], **text);
        }
    }
}
