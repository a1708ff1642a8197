//! However a stream is cut, its frames are the same.
#![no_main]

use glaux_llm::event_stream::{Frame, FrameBuffer, FrameError};
use libfuzzer_sys::fuzz_target;

fn frames<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Result<Vec<Frame>, FrameError> {
    let mut buffer = FrameBuffer::default();
    let mut frames = Vec::new();
    for chunk in chunks {
        buffer.push(chunk);
        while let Some(frame) = buffer.next_frame()? {
            frames.push(frame);
        }
    }
    Ok(frames)
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([size, split], rest)) = bytes.split_first_chunk() else { return };
    let (message, rest) = rest.split_at(usize::from(*split).min(rest.len()));
    let stream = &[&checked(message), rest].concat()[..];
    assert_eq!(frames(stream.chunks(usize::from(*size).max(1))), frames([stream].into_iter()));
});

/// A message with right lengths and checksums: the first byte says how much of the rest is headers.
fn checked(content: &[u8]) -> Vec<u8> {
    let (headers, content) = content.split_first().map_or((0, content), |(first, rest)| (u32::from(*first), rest));
    let total = u32::try_from(content.len() + 16).expect("a short message");
    let mut message = [total.to_be_bytes(), headers.to_be_bytes()].concat();
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(content);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}
