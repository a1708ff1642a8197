//! Segment files: `<data>/ledger/<sequence>.seg`, a header and frames, append-only.
//!
//! Each start of the program begins a new segment, so that a position once handed out never holds other bytes later,
//! even where a torn tail was cut off.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

use glaux_kernel::{NodeId, Timestamp};

use crate::Error;

const MAGIC: [u8; 8] = *b"GLXLEDGR";
/// 2: there may be adjustments, which programs that know only 1 would take for damage.
const VERSION: u16 = 2;

/// The size of a header: magic, version, node, sequence, time, CRC-32 of these.
pub(crate) const HEADER_BYTES: u64 = 46;

/// A place in the ledger of a node: between two records of a segment. Ordered as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, minicbor::Encode, minicbor::Decode)]
pub struct Position {
    /// The segment's sequence number, from 1; 0 is before all of them.
    #[n(0)]
    pub segment: u64,
    /// Bytes from the start of the file.
    #[n(1)]
    pub offset: u64,
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.segment, self.offset)
    }
}

/// What the first bytes of a segment say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    pub(crate) node: NodeId,
    pub(crate) sequence: u64,
    /// When it was begun: no record of the segment before is younger.
    pub(crate) begun: Timestamp,
}

impl Header {
    fn to_bytes(self) -> [u8; HEADER_BYTES as usize] {
        let mut bytes = [0; HEADER_BYTES as usize];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        bytes[10..26].copy_from_slice(self.node.uuid().as_bytes());
        bytes[26..34].copy_from_slice(&self.sequence.to_le_bytes());
        bytes[34..42].copy_from_slice(&self.begun.as_micros().to_le_bytes());
        let checksum = crc32fast::hash(&bytes[..42]);
        bytes[42..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    fn from_bytes(bytes: &[u8; HEADER_BYTES as usize]) -> Result<Self, HeaderError> {
        let word = |at: usize| bytes[at..at + 8].iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
        let version = u16::from_le_bytes([bytes[8], bytes[9]]);
        if bytes[..8] != MAGIC {
            return Err(HeaderError::Damaged);
        }
        if version > VERSION {
            return Err(HeaderError::Newer(version));
        }
        if crc32fast::hash(&bytes[..42]).to_le_bytes() != bytes[42..] {
            return Err(HeaderError::Damaged);
        }
        let mut node = [0; 16];
        node.copy_from_slice(&bytes[10..26]);
        Ok(Self {
            node: NodeId::from_uuid(uuid::Uuid::from_bytes(node)),
            sequence: word(26),
            begun: Timestamp::from_micros(word(34).cast_signed()),
        })
    }
}

enum HeaderError {
    Damaged,
    Newer(u16),
}

/// The file of a segment.
pub(crate) fn path_of(directory: &Path, sequence: u64) -> PathBuf {
    directory.join(format!("{sequence:012}.seg"))
}

/// The sequence numbers of the segments in `directory`, ascending.
pub(crate) fn list(directory: &Path) -> Result<Vec<u64>, Error> {
    let failed = |error| Error::io("listing", directory)(error);
    let mut sequences = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let sequence =
            name.to_str().and_then(|name| name.strip_suffix(".seg")).and_then(|stem| stem.parse::<u64>().ok());
        sequences.extend(sequence);
    }
    sequences.sort_unstable();
    Ok(sequences)
}

/// Makes a segment; fails if there is one of that number.
pub(crate) fn create(directory: &Path, header: Header) -> io::Result<File> {
    let path = path_of(directory, header.sequence);
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
    match file.write_all_at(&header.to_bytes(), 0) {
        Ok(()) => Ok(file),
        Err(error) => {
            fs::remove_file(path)?;
            Err(error)
        }
    }
}

/// Opens a segment for reading and checks whose it is. `None`: its header was never finished, as a crash leaves it.
pub(crate) fn open(directory: &Path, sequence: u64, node: Option<NodeId>) -> Result<Option<(File, Header)>, Error> {
    let path = path_of(directory, sequence);
    let file = File::open(&path).map_err(Error::io("opening", &path))?;
    let mut bytes = [0; HEADER_BYTES as usize];
    match file.read_exact_at(&mut bytes, 0) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(Error::io("reading", path)(error)),
    }
    if bytes == [0; HEADER_BYTES as usize] {
        return Ok(None);
    }
    let damaged = |reason| Error::Damaged { segment: sequence, offset: 0, reason };
    let header = match Header::from_bytes(&bytes) {
        Ok(header) => header,
        Err(HeaderError::Newer(version)) => return Err(Error::NewerFormat { path, version }),
        Err(HeaderError::Damaged) => return Err(damaged("the header is not that of a segment")),
    };
    if header.sequence != sequence {
        return Err(damaged("the header has another sequence number"));
    }
    match node {
        Some(expected) if expected != header.node => {
            Err(Error::ForeignNode { segment: sequence, found: header.node, expected })
        }
        _ => Ok(Some((file, header))),
    }
}
