use std::{fmt, sync::Arc};

use glaux_kernel::{BudgetId, HoldId, Timestamp};
use glaux_llm::Usage;

use crate::{
    balance::Overrun,
    bounds,
    call::{OpenCall, Refused},
    frame::RecordRef,
    ledger::{Core, Shared},
    record::{Call, HoldExtended, Status},
    settlement::{Ending, Settlement},
    state::State,
    sync::Commit,
};

/// Money reserved for an attempt that is not sent yet. Dropped, it is released: nothing was spent.
#[must_use = "dropped, the reservation is released"]
pub struct Hold {
    reservation: Reservation,
    opened_at: Timestamp,
    committed: Commit,
    throttled_by: Option<BudgetId>,
}

/// Money reserved for an attempt that was sent, and which can therefore only be settled. Dropped, it is settled at the
/// most that it can have cost.
#[must_use = "dropped, the attempt is charged at its bound"]
pub struct SentHold {
    reservation: Reservation,
}

/// A settled attempt.
#[derive(Debug)]
#[must_use = "await the commit before the last byte goes out"]
pub struct Settled {
    /// It cost more than was held.
    pub overrun: Option<Overrun>,
    /// Await it before the last byte of the answer goes out.
    pub commit: Commit,
}

/// A hold that is open. Settles itself when it is dropped.
pub(crate) struct Reservation {
    shared: Arc<Shared>,
    hold: HoldId,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Unsent,
    Sent,
    Settled,
}

impl fmt::Debug for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hold").field(&self.reservation.hold).finish()
    }
}

impl fmt::Debug for SentHold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SentHold").field(&self.reservation.hold).finish()
    }
}

impl Hold {
    pub(crate) fn new(
        reservation: Reservation,
        opened_at: Timestamp,
        committed: Commit,
        throttled_by: Option<BudgetId>,
    ) -> Self {
        Self { reservation, opened_at, committed, throttled_by }
    }

    /// Which hold.
    pub fn id(&self) -> HoldId {
        self.reservation.hold
    }

    /// When it opened: the moment whose prices its attempt is settled by.
    pub fn opened_at(&self) -> Timestamp {
        self.opened_at
    }

    /// The reservation is written down. Await it before sending.
    pub fn committed(&mut self) -> &mut Commit {
        &mut self.committed
    }

    /// A budget that is used up and asks that the call be slowed.
    pub fn throttled_by(&self) -> Option<BudgetId> {
        self.throttled_by
    }

    /// From here on something may have reached the provider.
    pub fn mark_sent(mut self) -> SentHold {
        self.reservation.stage = Stage::Sent;
        SentHold { reservation: self.reservation }
    }

    /// Gives the money back: nothing was sent.
    pub fn release(mut self, status: Status, error_code: Option<String>) -> Commit {
        self.reservation.close(Ending::Released { status, error_code }, None).commit
    }
}

impl SentHold {
    /// Which hold.
    pub fn id(&self) -> HoldId {
        self.reservation.hold
    }

    /// Reserves up to `nanos` all in all, for usage up to `bound` all in all, before more of the answer is let through.
    /// A hold never shrinks, nor grows beyond [`crate::MAX_NANOS`]. Refused, the hold stays as it was.
    pub fn extend_to(&mut self, nanos: i64, bound: Usage) -> Result<Commit, Refused> {
        let nanos = bounds::keep_nanos(nanos);
        let shared = &self.reservation.shared;
        let at = shared.clock.now();
        let mut core = shared.core.lock();
        let Core { writer, state } = &mut *core;
        let State { accounts, holds, .. } = state;
        let Some(hold) = holds.get(&self.reservation.hold) else { return Ok(Commit::done()) };
        if nanos <= hold.nanos {
            return Ok(Commit::done());
        }
        accounts.admit_more(&hold.opened.charges, nanos - hold.nanos)?;
        let extended = HoldExtended { hold: self.reservation.hold, at, nanos, bound };
        let appended = writer.append_opening(RecordRef::HoldExtended(&extended), at)?;
        state.extend(extended);
        Ok(shared.commit(appended))
    }

    /// Turns what was held into what was spent: the actual cost, also above the hold.
    pub fn settle(mut self, settlement: Settlement) -> Settled {
        self.reservation.close(Ending::Settled(settlement), None)
    }

    /// The same, and the record of the call in the same write.
    pub fn settle_with_call(mut self, settlement: Settlement, call: OpenCall) -> Settled {
        call.record_with(|call| self.reservation.close(Ending::Settled(settlement), Some(call)))
    }

    /// For an answer whose usage can't be known: charges the most that it can have cost.
    pub fn settle_at_bound(mut self, status: Status, error_code: Option<String>) -> Settled {
        self.reservation.close(Ending::AtBound { status, error_code }, None)
    }
}

impl Reservation {
    pub(crate) fn new(shared: Arc<Shared>, hold: HoldId) -> Self {
        Self { shared, hold, stage: Stage::Unsent }
    }

    fn close(&mut self, ending: Ending, call: Option<&mut Call>) -> Settled {
        self.stage = Stage::Settled;
        let now = self.shared.clock.now();
        let (overrun, appended) = self.shared.core.lock().close(self.hold, ending, call, now);
        Settled { overrun, commit: self.shared.commit(appended) }
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let status = if std::thread::panicking() { Status::Unknown } else { Status::Cancelled };
        // Nobody is left to wait; what can't be written now is written with the next record.
        match self.stage {
            Stage::Settled => {}
            Stage::Unsent => drop(self.close(Ending::Released { status, error_code: None }, None)),
            Stage::Sent => drop(self.close(Ending::AtBound { status, error_code: None }, None)),
        }
    }
}
