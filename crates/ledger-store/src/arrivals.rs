use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use glaux_kernel::{CallId, OrganizationId};
use glaux_ledger::{Entry, record::Record};
use parking_lot::Mutex;

/// Calls of an organization that are kept until they are taken.
const MOST: usize = 200;

/// The calls that reach the database, for who shows them as they come. Kept while somebody wants them.
#[derive(Debug, Clone, Default)]
pub struct Arrivals(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    is_wanted: AtomicBool,
    waiting: Mutex<BTreeMap<OrganizationId, Arrived>>,
}

/// Calls of an organization that reached the database.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Arrived {
    /// The last ones, in order.
    pub calls: VecDeque<CallId>,
    /// How many more there were before these.
    pub omitted: u64,
}

/// The calls of a batch that is being carried.
pub(crate) type Arriving = Vec<(OrganizationId, CallId)>;

impl Arrivals {
    /// Whether calls are to be kept from now on.
    pub fn want(&self, is_wanted: bool) {
        self.0.is_wanted.store(is_wanted, Ordering::Relaxed);
    }

    /// What has come since the last time.
    pub fn take(&self) -> BTreeMap<OrganizationId, Arrived> {
        std::mem::take(&mut self.0.waiting.lock())
    }

    /// The calls among `entries`, if somebody wants them.
    pub(crate) fn among(&self, entries: &[Entry]) -> Arriving {
        if !self.0.is_wanted.load(Ordering::Relaxed) {
            return Vec::new();
        }
        let call = |entry: &Entry| match &entry.record {
            Record::Call(call) => Some((call.attribution.organization, call.call)),
            _ => None,
        };
        entries.iter().filter_map(call).collect()
    }

    /// These are in the database now.
    pub(crate) fn add(&self, arriving: Arriving) {
        if arriving.is_empty() {
            return;
        }
        let mut waiting = self.0.waiting.lock();
        for (organization, call) in arriving {
            let arrived = waiting.entry(organization).or_default();
            if arrived.calls.len() == MOST {
                arrived.calls.pop_front();
                arrived.omitted += 1;
            }
            arrived.calls.push_back(call);
        }
    }
}
