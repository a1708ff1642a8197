use std::{collections::BTreeMap, sync::Arc};

use glaux_kernel::{OrganizationId, Permission};
use parking_lot::Mutex;

use crate::Caller;

/// Those who watch.
#[derive(Debug, Default)]
pub(super) struct Audience(Mutex<Seats>);

#[derive(Debug, Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, Caller>,
}

/// The place of one who watches; dropped, he is gone.
#[derive(Debug)]
pub(crate) struct Seat {
    audience: Arc<Audience>,
    number: u64,
}

impl Audience {
    /// Gives him a place.
    pub(super) fn seat(self: &Arc<Self>, caller: Caller) -> Seat {
        let mut seats = self.0.lock();
        let number = seats.next;
        seats.next += 1;
        seats.taken.insert(number, caller);
        Seat { audience: Arc::clone(self), number }
    }

    /// Whether one of them is of this organization and has the right.
    pub(super) fn has(&self, organization: OrganizationId, permission: Permission) -> bool {
        self.0.lock().taken.values().any(|caller| caller.organization == organization && caller.may(permission))
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.audience.0.lock().taken.remove(&self.number);
    }
}
