//! An answer is refused, or what the client gets is JSON; its usage does not depend on the client.
#![no_main]

mod clients;

use bytes::Bytes;
use clients::{WIRES, clients};
use glaux_llm::{Dialect, json::Node, read_failure, render_failure, translate_answer};
use http::HeaderMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(([wire, status], body)) = bytes.split_first_chunk() else { return };
    let wire = WIRES[usize::from(*wire) % WIRES.len()];
    let status = 400 + u16::from(*status);
    let body = Bytes::copy_from_slice(body);
    let mut usage = None;
    for request in clients(false) {
        let Ok(answer) = translate_answer(&request, wire, body.clone()) else { continue };
        assert!(Node::parse(&answer.body).is_ok());
        assert_eq!(*usage.get_or_insert(answer.finding.usage), answer.finding.usage);
    }
    let failure = read_failure(wire, status, &HeaderMap::new(), body);
    for dialect in [Dialect::OpenAi, Dialect::Anthropic, Dialect::Gemini] {
        assert!(Node::parse(&render_failure(dialect, &failure, "r").body).is_ok());
    }
});
