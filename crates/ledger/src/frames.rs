use std::{fs::File, io, os::unix::fs::FileExt};

use crate::{
    frame::{self, Frame, MAX_FRAME},
    record::Record,
};

/// Bytes that are read at once.
const CHUNK: usize = 256 << 10;

/// The frames of one segment file, one after the other, up to a fixed end.
pub(crate) struct Frames {
    file: File,
    buffer: Vec<u8>,
    /// The first byte of the buffer that is not read yet.
    consumed: usize,
    /// The place in the file of the byte at `consumed`.
    offset: u64,
    end: u64,
}

/// What comes next.
pub(crate) enum Found {
    Record(Record),
    End,
    /// A whole record that this program does not know.
    Unknown,
    Damage(&'static str),
}

impl Frames {
    pub(crate) fn new(file: File, offset: u64, end: u64) -> Self {
        Self { file, buffer: Vec::new(), consumed: 0, offset, end }
    }

    /// Where the next frame begins.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    pub(crate) fn next(&mut self) -> io::Result<Found> {
        loop {
            if self.offset >= self.end {
                return Ok(Found::End);
            }
            match frame::decode(&self.buffer[self.consumed..]) {
                Frame::Whole(record, size) => {
                    self.consumed += size;
                    self.offset += size as u64;
                    return Ok(Found::Record(record));
                }
                Frame::Unknown => return Ok(Found::Unknown),
                Frame::Damaged(reason) => return Ok(Found::Damage(reason)),
                Frame::Short => {
                    if !self.fill()? {
                        return Ok(Found::Damage("the segment ends within a record"));
                    }
                }
            }
        }
    }

    /// A whole frame stands somewhere after the one that begins here and is damaged.
    pub(crate) fn any_follows(&mut self) -> io::Result<bool> {
        loop {
            let rest = &self.buffer[self.consumed..];
            if frame::any_follows(rest) {
                return Ok(true);
            }
            // A frame that begins in the last bytes of the buffer may end in the next chunk.
            let passed = rest.len().saturating_sub(MAX_FRAME);
            self.consumed += passed;
            self.offset += passed as u64;
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    /// Reads on; `false` if nothing is left.
    fn fill(&mut self) -> io::Result<bool> {
        self.buffer.drain(..self.consumed);
        self.consumed = 0;
        let at = self.offset + self.buffer.len() as u64;
        let wanted = usize::try_from(self.end.saturating_sub(at)).unwrap_or(CHUNK).min(CHUNK);
        let kept = self.buffer.len();
        self.buffer.resize(kept + wanted, 0);
        let read = self.file.read_at(&mut self.buffer[kept..], at)?;
        self.buffer.truncate(kept + read);
        Ok(read > 0)
    }
}
