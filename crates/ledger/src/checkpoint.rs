//! The state, written down every few seconds, so that a start replays little. Replaced atomically.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use glaux_kernel::NodeId;
use glaux_llm::Usage;
use minicbor::{Decode, Encode};

use crate::{
    Error,
    balance::SavedAccount,
    directory,
    record::HoldOpened,
    segment::Position,
    state::{OpenHoldState, State, Tally},
    tail::SavedHolds,
};

const MAGIC: &[u8; 8] = b"GLXCHKPT";
const VERSION: u16 = 1;
/// Magic, version, CRC-32 of what follows.
const HEADER: usize = 14;

/// The state as of a position.
#[derive(Debug, Encode, Decode)]
pub(crate) struct Checkpoint {
    #[n(0)]
    node: NodeId,
    #[n(1)]
    pub(crate) position: Position,
    #[n(2)]
    accounts: Vec<SavedAccount>,
    #[n(3)]
    holds: Vec<SavedHold>,
    #[n(4)]
    calls: Vec<SavedCall>,
}

#[derive(Debug, Encode, Decode)]
struct SavedHold {
    #[n(0)]
    opened: Shared<HoldOpened>,
    #[n(1)]
    nanos: i64,
    #[n(2)]
    extended: Option<Box<Usage>>,
}

#[derive(Debug, Encode, Decode)]
struct SavedCall {
    #[n(0)]
    first: Shared<HoldOpened>,
    #[n(1)]
    attempts: u32,
    #[n(2)]
    open: u32,
    #[n(3)]
    cost_nanos: i64,
    #[n(4)]
    recorded: bool,
}

/// Lets a hold be saved while the running program goes on with it.
#[derive(Debug)]
struct Shared<T>(Arc<T>);

impl<C, T: Encode<C>> Encode<C> for Shared<T> {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        context: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        self.0.encode(encoder, context)
    }
}

impl<'b, C, T: Decode<'b, C>> Decode<'b, C> for Shared<T> {
    fn decode(decoder: &mut minicbor::Decoder<'b>, context: &mut C) -> Result<Self, minicbor::decode::Error> {
        T::decode(decoder, context).map(|value| Self(Arc::new(value)))
    }
}

impl Checkpoint {
    /// A copy of `state`, cheap enough to be made under the ledger's lock.
    pub(crate) fn of(state: &State, node: NodeId, position: Position) -> Self {
        let hold = |hold: &OpenHoldState| SavedHold {
            opened: Shared(Arc::clone(&hold.opened)),
            nanos: hold.nanos,
            extended: hold.extended.clone(),
        };
        let call = |tally: &Tally| SavedCall {
            first: Shared(Arc::clone(&tally.first)),
            attempts: tally.attempts,
            open: tally.open,
            cost_nanos: tally.cost_nanos,
            recorded: tally.recorded,
        };
        Self {
            node,
            position,
            accounts: state.accounts.save(),
            holds: state.holds.values().map(hold).collect(),
            calls: state.calls.values().map(call).collect(),
        }
    }

    pub(crate) fn into_state(self) -> State {
        let mut state = State::default();
        self.accounts.into_iter().for_each(|account| state.accounts.restore(account));
        for SavedHold { opened: Shared(opened), nanos, extended } in self.holds {
            state.accounts.hold(&opened.charges, nanos);
            state.holds.insert(opened.hold, OpenHoldState { opened, nanos, extended });
        }
        for SavedCall { first: Shared(first), attempts, open, cost_nanos, recorded } in self.calls {
            state.calls.insert(first.call, Tally { first, attempts, open, cost_nanos, recorded });
        }
        state
    }

    pub(crate) fn saved_holds(&self) -> SavedHolds {
        SavedHolds { until: self.position, open: self.holds.iter().map(|hold| hold.opened.0.hold).collect() }
    }

    /// Replaces the checkpoint in `directory`.
    pub(crate) fn write(&self, directory: &Path) -> Result<(), Error> {
        let mut bytes = vec![0; HEADER];
        if minicbor::encode(self, &mut bytes).is_err() {
            return Err(Error::TooLarge { bytes: bytes.len() });
        }
        let checksum = crc32fast::hash(&bytes[HEADER..]).to_le_bytes();
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
        bytes[10..HEADER].copy_from_slice(&checksum);
        directory::replace_file(&path_of(directory), &bytes)
    }

    /// The checkpoint in `directory`, if there is one that can be read.
    pub(crate) fn read(directory: &Path, node: NodeId) -> Result<Found, Error> {
        let path = path_of(directory);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Found::Absent),
            Err(error) => return Err(Error::io("reading", path)(error)),
        };
        let Some((header, payload)) = bytes.split_first_chunk::<HEADER>() else { return Ok(Found::Damaged) };
        let version = u16::from_le_bytes([header[8], header[9]]);
        if header[..8] != *MAGIC {
            return Ok(Found::Damaged);
        }
        if version > VERSION {
            return Err(Error::NewerFormat { path, version });
        }
        if crc32fast::hash(payload).to_le_bytes() != header[10..] {
            return Ok(Found::Damaged);
        }
        match minicbor::decode::<Self>(payload) {
            Ok(checkpoint) if checkpoint.node == node => Ok(Found::Whole(Box::new(checkpoint))),
            Ok(checkpoint) => {
                Err(Error::ForeignNode { segment: checkpoint.position.segment, found: checkpoint.node, expected: node })
            }
            Err(_) => Ok(Found::Damaged),
        }
    }
}

/// What stands where the checkpoint should.
pub(crate) enum Found {
    Whole(Box<Checkpoint>),
    Absent,
    Damaged,
}

pub(crate) fn path_of(directory: &Path) -> PathBuf {
    directory.join("checkpoint")
}
