//! A stream's usage depends neither on how it is cut nor on the client; what a client gets is events of JSON.
#![no_main]

mod clients;

use bytes::Bytes;
use clients::{WIRES, clients};
use glaux_llm::{StreamTranslator, json::Node, sse};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(([wire, size], stream)) = bytes.split_first_chunk() else { return };
    let wire = WIRES[usize::from(*wire) % WIRES.len()];
    let mut usage = None;
    for request in clients(true) {
        let translates = request.wire != wire;
        let mut translator = StreamTranslator::new(&request, wire);
        let mut out = Vec::new();
        let cut = stream
            .chunks(usize::from(*size).max(1))
            .try_for_each(|chunk| translator.push(Bytes::copy_from_slice(chunk), &mut out));
        translator.estimate();
        let outcome = translator.finish(&mut out);
        if cut.is_err() {
            continue;
        }
        if translates {
            let text = out.concat();
            for event in sse::events(&text) {
                let data = event.data();
                assert!(*data == *b"[DONE]" || Node::parse(&data).is_ok());
            }
            assert_eq!(*usage.get_or_insert(outcome.finding.usage), outcome.finding.usage);
        }
    }
});
