//! How a record lies in a segment: length (u32, little endian), CRC-32 (IEEE) of length and payload, payload.
//!
//! The length is part of the checksum, so that a run of zeros is not a frame.

use minicbor::Encode;

use crate::{
    Error,
    record::{Adjustment, Attempt, Call, HoldExtended, HoldOpened, Record},
};

/// Bytes before the payload.
const PREFIX: usize = 8;
/// The largest payload: far above any record, whose texts are cut.
pub(crate) const MAX_PAYLOAD: usize = 1 << 20;
/// The largest frame of a record that opens something. The record that closes it repeats the same charges, attribution
/// and target, and adds less than the other half: so there is room for whatever was opened to be closed.
pub(crate) const MAX_OPENING: usize = MAX_PAYLOAD / 2;
/// The largest frame.
pub(crate) const MAX_FRAME: usize = PREFIX + MAX_PAYLOAD;

/// What stands at the start of some bytes.
pub(crate) enum Frame {
    /// A record and the number of bytes it took.
    Whole(Record, usize),
    /// The bytes end before the frame does.
    Short,
    /// A record that was written whole and that this program does not know: a newer one wrote it.
    Unknown,
    /// No frame, and why.
    Damaged(&'static str),
}

/// A [`Record`] that is encoded without being owned.
#[derive(Clone, Copy, Encode)]
pub(crate) enum RecordRef<'a> {
    #[n(0)]
    HoldOpened(#[n(0)] &'a HoldOpened),
    #[n(1)]
    HoldExtended(#[n(0)] &'a HoldExtended),
    #[n(2)]
    Attempt(#[n(0)] &'a Attempt),
    #[n(3)]
    Call(#[n(0)] &'a Call),
    #[n(4)]
    Adjustment(#[n(0)] &'a Adjustment),
}

fn checksum(length: [u8; 4], payload: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&length);
    hasher.update(payload);
    hasher.finalize()
}

/// Appends the frame of `record` to `buffer`, or leaves the buffer as it was.
pub(crate) fn encode(record: RecordRef<'_>, buffer: &mut Vec<u8>) -> Result<(), Error> {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; PREFIX]);
    let encoded = minicbor::encode(record, &mut *buffer);
    let bytes = buffer.len() - start - PREFIX;
    let length = u32::try_from(bytes).ok().filter(|_| bytes <= MAX_PAYLOAD && encoded.is_ok());
    let Some(length) = length else {
        buffer.truncate(start);
        return Err(Error::TooLarge { bytes });
    };
    let length = length.to_le_bytes();
    let checksum = checksum(length, &buffer[start + PREFIX..]).to_le_bytes();
    buffer[start..start + 4].copy_from_slice(&length);
    buffer[start + 4..start + PREFIX].copy_from_slice(&checksum);
    Ok(())
}

/// Reads the frame at the start of `bytes`; never panics, whatever they are.
pub(crate) fn decode(bytes: &[u8]) -> Frame {
    match payload(bytes) {
        Ok(Some(payload)) => match minicbor::decode(payload) {
            Ok(record) => Frame::Whole(record, PREFIX + payload.len()),
            Err(_) => Frame::Unknown,
        },
        Ok(None) => Frame::Short,
        Err(reason) => Frame::Damaged(reason),
    }
}

/// The checked payload of the frame at the start of `bytes`; `None` if they end before it does.
fn payload(bytes: &[u8]) -> Result<Option<&[u8]>, &'static str> {
    let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
    let size = u32::from_le_bytes(*length) as usize;
    if size == 0 || size > MAX_PAYLOAD {
        return Err("the length of a record is out of range");
    }
    let Some((expected, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
    let Some(payload) = rest.get(..size) else { return Ok(None) };
    if checksum(*length, payload) != u32::from_le_bytes(*expected) {
        return Err("the checksum of a record does not match");
    }
    Ok(Some(payload))
}

/// A whole frame starts somewhere after the first byte of `bytes`: what stands before it is damage, not a torn tail.
pub(crate) fn any_follows(bytes: &[u8]) -> bool {
    (1..bytes.len()).any(|start| matches!(payload(&bytes[start..]), Ok(Some(_))))
}

#[cfg(test)]
mod tests {
    use glaux_kernel::{HoldId, Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn extended() -> HoldExtended {
        HoldExtended {
            hold: HoldId::from_uuid(uuid::Uuid::from_u128(1)),
            at: Timestamp::from_micros(2),
            nanos: 3,
            bound: glaux_llm::Usage::default().with(glaux_llm::Meter::OutputTokens, 4),
        }
    }

    /// The bytes by hand: RFC 8949 for the payload, CRC-32 as `zlib.crc32` computes it.
    #[test]
    fn the_format_is_what_is_documented() {
        let mut buffer = Vec::new();
        encode(RecordRef::HoldExtended(&extended()), &mut buffer).unwrap();
        let payload = "82018184500000000000000000000000000000000102\
                       03a16d6f75747075745f746f6b656e7304";
        let hex: String = buffer[PREFIX..].iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, payload);
        assert_eq!(buffer[..4], [39, 0, 0, 0]);
        assert_eq!(u32::from_le_bytes(buffer[4..8].try_into().unwrap()), 0xf1d954f6);
    }

    #[test]
    fn a_frame_reads_back_from_its_whole_bytes_only() {
        let mut buffer = Vec::new();
        encode(RecordRef::HoldExtended(&extended()), &mut buffer).unwrap();
        for end in 0..buffer.len() {
            assert!(matches!(decode(&buffer[..end]), Frame::Short), "{end}");
        }
        let size = buffer.len();
        buffer.extend_from_slice(&[0; 20]);
        assert!(
            matches!(decode(&buffer), Frame::Whole(Record::HoldExtended(read), end) if read == extended() && end == size)
        );
        assert!(matches!(decode(&buffer[size..]), Frame::Damaged(_)), "zeros are no frame");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            decode(&bytes);
            any_follows(&bytes);
        }

        #[test]
        fn no_checked_bytes_make_it_panic(payload in prop::collection::vec(any::<u8>(), 1..200)) {
            let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
            let mut bytes = length.to_vec();
            bytes.extend(checksum(length, &payload).to_le_bytes());
            bytes.extend(&payload);
            decode(&bytes);
        }
    }
}
