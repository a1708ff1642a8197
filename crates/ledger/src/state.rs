//! What the records written so far add up to: balances, open holds, calls that are not recorded.
//!
//! One fold for the running program and for replay: the state after a restart is the state before it.

use std::sync::Arc;

use foldhash::HashMap;
use glaux_kernel::{CallId, HoldId, NodeId, Timestamp};
use glaux_llm::Usage;

use crate::{
    balance::{Accounts, Event, Overrun},
    bounds,
    record::{Adjustment, Attempt, Call, HoldExtended, HoldOpened, Record, Status},
};

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) accounts: Accounts,
    pub(crate) holds: HashMap<HoldId, OpenHoldState>,
    pub(crate) calls: HashMap<CallId, Tally>,
}

/// A hold without a settlement.
#[derive(Debug, Clone)]
pub(crate) struct OpenHoldState {
    pub(crate) opened: Arc<HoldOpened>,
    /// Reserved now.
    pub(crate) nanos: i64,
    /// What the reservation covers now, where it grew.
    pub(crate) extended: Option<Box<Usage>>,
}

/// The attempts of a call that has no record, or that has attempts open.
#[derive(Debug, Clone)]
pub(crate) struct Tally {
    /// The call's first hold: what is known of the call if it is never recorded.
    pub(crate) first: Arc<HoldOpened>,
    /// Holds opened.
    pub(crate) attempts: u32,
    /// Holds open.
    pub(crate) open: u32,
    /// Nano-dollars settled.
    pub(crate) cost_nanos: i64,
    /// The call's record is written.
    pub(crate) recorded: bool,
}

impl State {
    /// Adds a record of the segments of `node`.
    pub(crate) fn apply(&mut self, record: Record, node: NodeId) {
        match record {
            Record::HoldOpened(opened) => self.open(Arc::new(opened)),
            Record::HoldExtended(extended) => self.extend(extended),
            Record::Attempt(attempt) => drop(self.settle(&attempt)),
            Record::Call(call) => self.record(&call),
            Record::Adjustment(adjustment) => self.adjust(&adjustment, node),
        }
    }

    pub(crate) fn open(&mut self, opened: Arc<HoldOpened>) {
        self.accounts.hold(&opened.charges, opened.nanos);
        let tally = self.calls.entry(opened.call).or_insert_with(|| Tally {
            first: Arc::clone(&opened),
            attempts: 0,
            open: 0,
            cost_nanos: 0,
            recorded: false,
        });
        tally.attempts += 1;
        tally.open += 1;
        self.holds.insert(opened.hold, OpenHoldState { nanos: opened.nanos, opened, extended: None });
    }

    pub(crate) fn extend(&mut self, extended: HoldExtended) {
        if let Some(hold) = self.holds.get_mut(&extended.hold) {
            self.accounts.hold(&hold.opened.charges, extended.nanos.saturating_sub(hold.nanos));
            hold.nanos = extended.nanos;
            hold.extended = Some(Box::new(extended.bound));
        }
    }

    /// Moves what was held to what was spent.
    pub(crate) fn settle(&mut self, attempt: &Attempt) -> Option<Overrun> {
        let held = self.holds.remove(&attempt.hold).map_or(0, |hold| hold.nanos);
        let cost = attempt.cost.nanos;
        self.accounts.settle(attempt.attribution.organization, &attempt.charges, held, cost);
        if let Some(tally) = self.calls.get_mut(&attempt.call) {
            tally.open = tally.open.saturating_sub(1);
            tally.cost_nanos = tally.cost_nanos.saturating_add(cost);
            if tally.recorded && tally.open == 0 {
                self.calls.remove(&attempt.call);
            }
        }
        if cost <= attempt.held_nanos {
            return None;
        }
        let overrun = Overrun {
            hold: attempt.hold,
            attempt: attempt.attempt,
            call: attempt.call,
            held_nanos: attempt.held_nanos,
            cost_nanos: cost,
        };
        self.accounts.report(Event::Overrun { organization: attempt.attribution.organization, overrun });
        Some(overrun)
    }

    /// Moves what `node` has spent by what another figure for one of its attempts changes.
    pub(crate) fn adjust(&mut self, adjustment: &Adjustment, node: NodeId) {
        if adjustment.node == node {
            let organization = adjustment.attribution.organization;
            self.accounts.settle(organization, &adjustment.charges, 0, adjustment.difference_nanos());
            if let Some(overrun) = adjustment.overrun() {
                self.accounts.report(Event::Overrun { organization, overrun });
            }
        }
    }

    /// Fills in what the attempts of `call` add up to so far.
    pub(crate) fn complete(&self, call: &mut Call) {
        let tally = self.calls.get(&call.call);
        call.attempts = tally.map_or(0, |tally| tally.attempts);
        call.cost_nanos = tally.map_or(0, |tally| tally.cost_nanos);
    }

    /// The call needs no record any more.
    pub(crate) fn record(&mut self, call: &Call) {
        if let Some(tally) = self.calls.get_mut(&call.call) {
            tally.recorded = true;
            if tally.open == 0 {
                self.calls.remove(&call.call);
            }
        }
    }
}

impl Tally {
    /// The record of a call that the program did not live to write.
    pub(crate) fn unknown_call(&self, now: Timestamp) -> Call {
        let first = &self.first;
        let elapsed = now.since(first.call_at).as_micros();
        let mut call = Call {
            call: first.call,
            at: first.call_at,
            status: Status::Unknown,
            http_status: 0,
            error_code: None,
            attribution: first.attribution.clone(),
            requested_model: first.requested_model.clone(),
            path: first.path.clone(),
            stream: first.stream,
            attempts: self.attempts,
            cached: false,
            first_byte_micros: None,
            duration_micros: u64::try_from(elapsed).unwrap_or(u64::MAX),
            journal_seq: first.journal_seq,
            traceparent: None,
            cost_nanos: self.cost_nanos,
            blocked_by: None,
            dropped: Vec::new(),
        };
        bounds::cut_call(&mut call);
        call
    }
}
