//! Callers that wrk can't play, for measurements. They speak OpenAI's chat completions over HTTP/1.1.
//!
//! - `bench-client pace ADDRESS KEY RATE SECONDS` calls at a fixed rate and prints what the latencies were, as JSON.
//! - `bench-client hold ADDRESS KEY MODEL COUNT` opens so many streams, prints a line when all are open, and reads what
//!   comes until it is killed. It fails if one of them ends.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a tool for measurements")]

mod answer;
mod hold;
mod pace;

use std::str::FromStr;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["pace", address, key, rate, seconds] => {
            let request = request(key, "chatbot", "");
            let latencies = pace::run(read(address), &request, read(rate), read(seconds));
            println!("{}", latencies.to_json());
        }
        ["hold", address, key, model, count] => {
            hold::run(read(address), request(key, model, r#""stream":true,"#), read(count))
        }
        _ => panic!("pace ADDRESS KEY RATE SECONDS, or hold ADDRESS KEY MODEL COUNT"),
    }
}

fn read<T: FromStr>(word: &str) -> T {
    word.parse().unwrap_or_else(|_| panic!("`{word}` is not understood"))
}

/// The same chat of 1 KB that wrk sends.
fn request(key: &str, model: &str, terms: &str) -> Vec<u8> {
    let head =
        format!(r#"{{"model":"{model}","max_completion_tokens":64,{terms}"messages":[{{"role":"user","content":""#);
    let tail = r#""}]}"#;
    let content = "x".repeat(1024 - head.len() - tail.len());
    let head_lines = format!(
        "POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ncontent-length: 1024\r\n\r\n"
    );
    format!("{head_lines}{head}{content}{tail}").into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_as_long_as_it_says() {
        let text = String::from_utf8(request("key", "chatbot", r#""stream":true,"#)).unwrap();
        let (_, body) = text.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.len(), 1024);
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["model"], &body["stream"]), (&"chatbot".into(), &true.into()));
    }
}
