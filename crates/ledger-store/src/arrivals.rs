use std::{
    collections::{BTreeMap, VecDeque},
    fmt,
    sync::{Arc, OnceLock},
};

use glaux_kernel::{CallId, OrganizationId};
use glaux_ledger::{Entry, record::Record};
use parking_lot::Mutex;

/// Calls of an organization that are kept until they are taken.
const MOST: usize = 200;

/// The calls that reach the database, for who shows them as they come. Kept while somebody wants them.
///
/// Whether somebody does is asked once they are in the database: who begins to want them and reads what is there after that
/// misses none.
#[derive(Debug, Clone, Default)]
pub struct Arrivals(Arc<Shared>);

type IsWanted = Box<dyn Fn(OrganizationId) -> bool + Send + Sync>;

#[derive(Default)]
struct Shared {
    is_wanted: OnceLock<IsWanted>,
    waiting: Mutex<BTreeMap<OrganizationId, Arrived>>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("waiting", &self.waiting).finish_non_exhaustive()
    }
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
pub(crate) type Arriving = BTreeMap<OrganizationId, Vec<CallId>>;

impl Arrivals {
    /// Keeps the calls of organizations of which `is_wanted` says so. There is one who wants them: the first.
    pub fn keep_while(&self, is_wanted: impl Fn(OrganizationId) -> bool + Send + Sync + 'static) {
        self.0.is_wanted.get_or_init(|| Box::new(is_wanted));
    }

    /// What has come since the last time.
    pub fn take(&self) -> BTreeMap<OrganizationId, Arrived> {
        std::mem::take(&mut self.0.waiting.lock())
    }

    /// The calls among `entries`, if somebody may want them.
    pub(crate) fn among(&self, entries: &[Entry]) -> Arriving {
        let mut arriving = Arriving::new();
        if self.0.is_wanted.get().is_none() {
            return arriving;
        }
        for entry in entries {
            if let Record::Call(call) = &entry.record {
                arriving.entry(call.attribution.organization).or_default().push(call.call);
            }
        }
        arriving
    }

    /// These are in the database now.
    pub(crate) fn add(&self, mut arriving: Arriving) {
        arriving.retain(|organization, _| self.0.is_wanted.get().is_some_and(|is_wanted| is_wanted(*organization)));
        let mut waiting = self.0.waiting.lock();
        for (organization, calls) in arriving {
            waiting.entry(organization).or_default().add(calls);
        }
    }
}

impl Arrived {
    fn add(&mut self, calls: Vec<CallId>) {
        for call in calls {
            if self.calls.len() == MOST {
                self.calls.pop_front();
                self.omitted += 1;
            }
            self.calls.push_back(call);
        }
    }
}
