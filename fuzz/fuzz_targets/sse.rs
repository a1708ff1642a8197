//! However a stream is cut, its events are the same.
#![no_main]

use bytes::Bytes;
use glaux_llm::sse::{EventBuffer, events};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((size, stream)) = bytes.split_first() else { return };
    let read = |bytes: &[u8]| -> Vec<Vec<u8>> {
        events(bytes).map(|event| event.data().into_owned()).filter(|data| !data.is_empty()).collect()
    };
    let mut buffer = EventBuffer::default();
    let mut found = Vec::new();
    for chunk in stream.chunks(usize::from(*size).max(1)) {
        let Ok(complete) = buffer.push(Bytes::copy_from_slice(chunk)) else { return };
        found.extend(read(&complete));
    }
    found.extend(read(&buffer.finish()));
    assert_eq!(found, read(stream));
});
