use std::{fmt, sync::Arc};

use glaux_kernel::{AttemptId, CallId, HoldId};
use glaux_llm::Usage;

use crate::{
    Error,
    balance::{BudgetLimit, BudgetRefusal},
    bounds,
    frame::RecordRef,
    hold::{Hold, Reservation},
    ledger::{Core, Shared},
    record::{Call, Charge, HoldOpened, MeterName, Status, Target},
    sync::Commit,
};

/// A call that is being served. It is recorded exactly once: by [`OpenCall::record`], with its last settlement
/// ([`crate::SentHold::settle_with_call`]), or, as it then stands, when it is dropped.
#[must_use = "dropped, the call is recorded as it stands"]
pub struct OpenCall {
    shared: Arc<Shared>,
    call: Box<Call>,
    holds: u32,
    recorded: bool,
}

impl fmt::Debug for OpenCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenCall").field("call", &self.call.call).finish_non_exhaustive()
    }
}

/// A reservation to be made before an attempt is sent.
#[derive(Debug)]
pub struct OpenHold<'a> {
    /// The new hold.
    pub hold: HoldId,
    /// The attempt that it is for.
    pub attempt: AttemptId,
    /// Where the attempt goes.
    pub target: Target,
    /// Nano-dollars to reserve; never negative, and no more than [`crate::MAX_NANOS`] of it is.
    pub nanos: i64,
    /// The usage that they cover.
    pub bound: Usage,
    /// A class of the bound that has no price.
    pub unpriced: Option<MeterName>,
    /// The budgets above the call, each once.
    pub budgets: &'a [BudgetLimit],
}

/// Why nothing was reserved. Nothing may be sent.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// A budget that blocks has too little left.
    #[error(transparent)]
    Budget(#[from] BudgetRefusal),
    /// The reservation can't be written down.
    #[error(transparent)]
    Ledger(#[from] Error),
}

impl OpenCall {
    pub(crate) fn new(shared: Arc<Shared>, mut call: Call) -> Self {
        bounds::cut_call(&mut call);
        shared.call_opened();
        Self { shared, call: Box::new(call), holds: 0, recorded: false }
    }

    /// Which call.
    pub fn id(&self) -> CallId {
        self.call.call
    }

    /// The record as it will be written, but for texts that are still to be cut. `attempts` and `cost_nanos` are filled in from the ledger's own count.
    pub fn details(&mut self) -> &mut Call {
        &mut self.call
    }

    /// Reserves money on every budget, or on none, and writes that down. Await [`Hold::committed`] before sending.
    pub fn open_hold(&mut self, open: OpenHold<'_>) -> Result<Hold, Refused> {
        let now = self.shared.clock.now();
        bounds::cut_call(&mut self.call);
        let opened = Arc::new(self.hold_opened(&open, now));
        let mut core = self.shared.core.lock();
        let Core { writer, state } = &mut *core;
        let throttled_by = state.accounts.admit(open.budgets, opened.nanos)?;
        let appended = writer.append_opening(RecordRef::HoldOpened(&opened), now)?;
        state.open(opened);
        drop(core);
        let commit = self.shared.commit(appended);
        self.holds += 1;
        Ok(Hold::new(Reservation::new(Arc::clone(&self.shared), open.hold), now, commit, throttled_by))
    }

    /// Writes the record of the call. What is still open of it is settled later, marked late.
    pub fn record(mut self) -> Commit {
        self.write()
    }

    /// The record to be written together with a settlement.
    pub(crate) fn record_with<T>(mut self, write: impl FnOnce(&mut Call) -> T) -> T {
        self.recorded = true;
        bounds::cut_call(&mut self.call);
        write(&mut self.call)
    }

    fn write(&mut self) -> Commit {
        self.recorded = true;
        bounds::cut_call(&mut self.call);
        self.shared.record_call(&mut self.call)
    }

    fn hold_opened(&self, open: &OpenHold<'_>, at: glaux_kernel::Timestamp) -> HoldOpened {
        let mut target = open.target.clone();
        bounds::cut_target(&mut target);
        let charges: Vec<Charge> = open.budgets.iter().map(|limit| limit.charge).collect();
        HoldOpened {
            hold: open.hold,
            attempt: open.attempt,
            call: self.call.call,
            number: self.holds + 1,
            at,
            nanos: bounds::keep_nanos(open.nanos),
            charges,
            attribution: self.call.attribution.clone(),
            target,
            bound: open.bound,
            journal_seq: self.call.journal_seq,
            unpriced: open.unpriced,
            call_at: self.call.at,
            requested_model: self.call.requested_model.clone(),
            path: self.call.path.clone(),
            stream: self.call.stream,
        }
    }
}

impl Drop for OpenCall {
    fn drop(&mut self) {
        self.shared.call_closed();
        if self.recorded {
            return;
        }
        if std::thread::panicking() {
            self.call.status = Status::Unknown;
        }
        let elapsed = self.shared.clock.now().since(self.call.at);
        self.call.duration_micros = u64::try_from(elapsed.as_micros()).unwrap_or(u64::MAX);
        // Nobody is left to wait; what can't be written now is written with the next record.
        drop(self.write());
    }
}
