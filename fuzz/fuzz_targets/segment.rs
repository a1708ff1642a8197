//! A segment gives back its leading records with a right checksum, all of them and no other, whatever stands behind.
#![no_main]

use std::{fs, sync::LazyLock};

use glaux_kernel::{HoldId, NodeId, Timestamp};
use glaux_ledger::{
    Error, Position, Tail,
    record::{HoldExtended, Record},
};
use glaux_llm::Usage;
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;
use uuid::Uuid;

const HEADER_BYTES: usize = 46;
const MAX_PAYLOAD: usize = 1 << 20;

static DIRECTORY: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder for the segment"));

fuzz_target!(|input: &[u8]| {
    let Some(([sound, size, place, flipped], rest)) = input.split_first_chunk() else { return };
    let (payload, rest) = rest.split_at(usize::from(*size).min(rest.len()));
    let mut bytes = header();
    for nanos in 0..i64::from(sound % 4) {
        bytes.extend(framed(&minicbor::to_vec(record(nanos)).expect("a record")));
    }
    bytes.extend(framed(payload));
    bytes.extend(rest);
    let place = HEADER_BYTES + usize::from(*place) % (bytes.len() - HEADER_BYTES);
    bytes[place] ^= flipped;
    fs::write(DIRECTORY.path().join("000000000001.seg"), &bytes).expect("a segment");

    let expected = Expected::of(&bytes);
    let tail = Tail::at_rest(DIRECTORY.path());
    let whole = tail.read(Position::default(), usize::MAX);
    match (&whole, expected.damaged) {
        (Ok(batch), false) => {
            assert!(batch.entries.iter().map(|entry| &entry.record).eq(&expected.records));
            assert_eq!(batch.next.offset, expected.end);
            assert_eq!(batch.torn_at.map(|at| at.offset), expected.torn.then_some(expected.end));
        }
        (Err(Error::Damaged { offset, .. } | Error::UnknownRecord { offset, .. }), true) => assert_eq!(*offset, expected.end),
        _ => panic!("{whole:?}, but damage in front of a record: {}", expected.damaged),
    }

    let mut at = Position::default();
    for record in &expected.records {
        let batch = tail.read(at, 1).expect("a record in front of the damage");
        assert!(batch.entries.len() == 1 && batch.entries[0].record == *record);
        assert!(batch.next > at);
        at = batch.next;
    }
});

/// What a segment holds, by the documented format alone.
struct Expected {
    records: Vec<Record>,
    /// Where they end.
    end: u64,
    /// Bytes follow that are no record.
    torn: bool,
    /// A whole frame stands there or behind those bytes.
    damaged: bool,
}

impl Expected {
    fn of(bytes: &[u8]) -> Self {
        let mut records = Vec::new();
        let mut end = HEADER_BYTES;
        while let Some(payload) = payload(&bytes[end..]) {
            let Ok(record) = minicbor::decode(payload) else { break };
            records.push(record);
            end += 8 + payload.len();
        }
        let damaged = (end..bytes.len()).any(|start| payload(&bytes[start..]).is_some());
        Self { records, end: end as u64, torn: end < bytes.len(), damaged }
    }
}

/// The payload of the frame at the start of `bytes`, if its checksum is right.
fn payload(bytes: &[u8]) -> Option<&[u8]> {
    let length = u32::from_le_bytes(bytes.get(..4)?.try_into().ok()?) as usize;
    let payload = bytes.get(8..)?.get(..length).filter(|_| (1..=MAX_PAYLOAD).contains(&length))?;
    (framed(payload)[..8] == bytes[..8]).then_some(payload)
}

fn framed(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a short payload").to_le_bytes();
    let checksum = crc32fast::hash(&[&length, payload].concat()).to_le_bytes();
    [&length, &checksum, payload].concat()
}

fn header() -> Vec<u8> {
    let mut header = b"GLXLEDGR\x01\x00".to_vec();
    header.extend(NodeId::from_uuid(Uuid::from_u128(1)).uuid().as_bytes());
    header.extend(1_u64.to_le_bytes());
    header.extend(0_i64.to_le_bytes());
    header.extend(crc32fast::hash(&header).to_le_bytes());
    header
}

fn record(nanos: i64) -> Record {
    Record::HoldExtended(HoldExtended {
        hold: HoldId::from_uuid(Uuid::from_u128(1)),
        at: Timestamp::from_micros(nanos),
        nanos,
        bound: Usage::default(),
    })
}
