//! AWS event streams (docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html and
//! smithy.io/2.0/aws/amazon-eventstream.html): frames with typed headers and two CRC-32 sums, cut out of chunks that
//! begin and end anywhere.

use bytes::{Buf, Bytes, BytesMut};

/// The longest frame that is read.
pub const MAX_FRAME: usize = 32 * 1024 * 1024;
const PRELUDE: usize = 12;
const CHECKSUM: usize = 4;

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// `event`, `exception` or `error`.
    pub message_type: Box<str>,
    /// The event's or exception's type, such as `contentBlockDelta`.
    pub kind: Box<str>,
    /// JSON.
    pub payload: Bytes,
}

/// Bytes that are no frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// A length is smaller than a frame's parts, or larger than [`MAX_FRAME`].
    #[error("a frame's length is out of range")]
    Length,
    /// A checksum does not match.
    #[error("a frame's checksum does not match")]
    Checksum,
    /// The headers are cut or of unknown types.
    #[error("a frame's headers are malformed")]
    Headers,
}

/// Bytes until a frame is whole.
#[derive(Debug, Default)]
pub struct FrameBuffer {
    rest: BytesMut,
}

impl FrameBuffer {
    /// Adds a chunk.
    pub fn push(&mut self, chunk: &[u8]) {
        self.rest.extend_from_slice(chunk);
    }

    /// The next whole frame.
    ///
    /// # Errors
    /// The bytes are no frame; the stream can't be read any further.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FrameError> {
        let Some(prelude) = self.rest.first_chunk::<PRELUDE>() else { return Ok(None) };
        let [total, headers, sum] =
            [0, 4, 8].map(|at| u32::from_be_bytes([prelude[at], prelude[at + 1], prelude[at + 2], prelude[at + 3]]));
        if crc32fast::hash(&prelude[..8]) != sum {
            return Err(FrameError::Checksum);
        }
        let (total, headers) = (total as usize, headers as usize);
        if !(PRELUDE + CHECKSUM..=MAX_FRAME).contains(&total) || headers > total - PRELUDE - CHECKSUM {
            return Err(FrameError::Length);
        }
        if self.rest.len() < total {
            return Ok(None);
        }
        let mut frame = self.rest.split_to(total).freeze();
        let sum = frame.slice(total - CHECKSUM..).get_u32();
        if crc32fast::hash(&frame[..total - CHECKSUM]) != sum {
            return Err(FrameError::Checksum);
        }
        frame.truncate(total - CHECKSUM);
        frame.advance(PRELUDE);
        let payload = frame.split_off(headers);
        read_headers(&frame, payload).map(Some)
    }

    /// Bytes of a frame that did not end.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }
}

fn read_headers(mut bytes: &[u8], payload: Bytes) -> Result<Frame, FrameError> {
    let mut frame = Frame { message_type: "".into(), kind: "".into(), payload };
    while let Some((length, rest)) = bytes.split_first() {
        let (name, rest) = rest.split_at_checked(usize::from(*length)).ok_or(FrameError::Headers)?;
        let (kind, rest) = rest.split_first().ok_or(FrameError::Headers)?;
        let (value, rest) = value(*kind, rest).ok_or(FrameError::Headers)?;
        let text = || std::str::from_utf8(value).map_err(|_| FrameError::Headers);
        match name {
            b":message-type" => frame.message_type = text()?.into(),
            b":event-type" | b":exception-type" | b":error-code" => frame.kind = text()?.into(),
            _ => {}
        }
        bytes = rest;
    }
    Ok(frame)
}

/// A header's value and what follows it. The types are numbered 0 to 9.
fn value(kind: u8, rest: &[u8]) -> Option<(&[u8], &[u8])> {
    let width = match kind {
        0 | 1 => 0,
        2 => 1,
        3 => 2,
        4 => 4,
        5 | 8 => 8,
        9 => 16,
        6 | 7 => {
            let (length, rest) = rest.split_first_chunk::<2>()?;
            return rest.split_at_checked(usize::from(u16::from_be_bytes(*length)));
        }
        _ => return None,
    };
    rest.split_at_checked(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame made by Python's `struct` and `binascii.crc32`, independent of this code.
    const FRAME: &str = "0000007a00000051ca2c46650d3a6d6573736167652d747970650700056576656e740b3a6576656e742d747970650700\
        0b6d65737361676553746f700d3a636f6e74656e742d747970650700106170706c69636174696f6e2f6a736f6e7b2273\
        746f70526561736f6e223a22656e645f7475726e227d3dc33bfa";

    fn frame(kind: &str, payload: &[u8]) -> Vec<u8> {
        let mut headers = Vec::new();
        for (name, value) in [(":message-type", "event"), (":event-type", kind)] {
            headers.push(name.len() as u8);
            headers.extend_from_slice(name.as_bytes());
            headers.push(7);
            headers.extend_from_slice(&(value.len() as u16).to_be_bytes());
            headers.extend_from_slice(value.as_bytes());
        }
        let mut out = ((PRELUDE + headers.len() + payload.len() + CHECKSUM) as u32).to_be_bytes().to_vec();
        out.extend_from_slice(&(headers.len() as u32).to_be_bytes());
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out.extend_from_slice(&headers);
        out.extend_from_slice(payload);
        out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
        out
    }

    #[test]
    fn frames_come_out_of_any_chunks() {
        let bytes = [frame("messageStart", b"{}"), frame("contentBlockDelta", br#"{"delta":{"text":"a"}}"#)].concat();
        for size in 1..bytes.len() {
            let mut buffer = FrameBuffer::default();
            let mut kinds = Vec::new();
            for chunk in bytes.chunks(size) {
                buffer.push(chunk);
                while let Some(frame) = buffer.next_frame().unwrap() {
                    kinds.push(frame.kind);
                }
            }
            assert_eq!(kinds, ["messageStart".into(), "contentBlockDelta".into()]);
            assert!(buffer.is_empty());
        }
    }

    #[test]
    fn a_foreign_frame_is_read() {
        let mut buffer = FrameBuffer::default();
        buffer.push(&hex::decode(FRAME).unwrap());
        let frame = buffer.next_frame().unwrap().unwrap();
        assert_eq!((&*frame.message_type, &*frame.kind), ("event", "messageStop"));
        assert_eq!(&*frame.payload, br#"{"stopReason":"end_turn"}"#);
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let bytes = frame("messageStop", br#"{"stopReason":"end_turn"}"#);
        for bit in 0..bytes.len() * 8 {
            let mut broken = bytes.clone();
            broken[bit / 8] ^= 1 << (bit % 8);
            let mut buffer = FrameBuffer::default();
            buffer.push(&broken);
            assert!(buffer.next_frame().is_err(), "bit {bit}");
        }
    }

    #[test]
    fn lengths_are_checked_before_they_are_believed() {
        let mut prelude = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0].to_vec();
        prelude.extend_from_slice(&crc32fast::hash(&prelude).to_be_bytes());
        let mut buffer = FrameBuffer::default();
        buffer.push(&prelude);
        assert_eq!(buffer.next_frame(), Err(FrameError::Length));
    }
}
