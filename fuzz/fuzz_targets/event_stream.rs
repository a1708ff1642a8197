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

fuzz_target!(|input: (Vec<u8>, u8)| {
    let (stream, size) = input;
    let whole = frames([stream.as_slice()].into_iter());
    assert_eq!(frames(stream.chunks(usize::from(size).max(1))), whole);
});
