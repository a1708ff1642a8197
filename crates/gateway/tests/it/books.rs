use std::collections::{HashMap, HashSet};

use glaux_kernel::{CallId, HoldId};
use glaux_ledger::{
    Event, Ledger, Tail,
    record::{Attempt, Call, Charge, HoldOpened, Record, Status},
};

/// Every record, in the order written.
pub(crate) fn records(tail: &Tail) -> Vec<Record> {
    let (mut records, mut position) = (Vec::new(), Default::default());
    loop {
        let batch = tail.read(position, usize::MAX).unwrap();
        if batch.entries.is_empty() {
            return records;
        }
        position = batch.next;
        records.extend(batch.entries.into_iter().map(|entry| entry.record));
    }
}

/// What the records of a ledger say together. No call is recorded twice, no hold is settled twice.
#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) calls: Vec<Call>,
    pub(crate) attempts: Vec<Attempt>,
    /// Holds without a settlement.
    pub(crate) open: HashMap<HoldId, HoldOpened>,
    /// By budget and period.
    pub(crate) spent: HashMap<Charge, i64>,
    /// The most that was spent and held together right after a hold was opened.
    pub(crate) most_committed: i64,
}

impl Books {
    pub(crate) fn read(tail: &Tail) -> Self {
        let mut books = Self::default();
        let (mut calls, mut held) = (HashSet::new(), HashMap::new());
        for record in records(tail) {
            match record {
                Record::HoldOpened(opened) => {
                    for charge in &opened.charges {
                        let held: &mut i64 = held.entry(*charge).or_default();
                        *held += opened.nanos;
                        let committed = *held + books.spent.get(charge).copied().unwrap_or_default();
                        books.most_committed = books.most_committed.max(committed);
                    }
                    assert!(books.open.insert(opened.hold, opened).is_none(), "a hold is opened twice");
                }
                Record::HoldExtended(_) => {}
                Record::Attempt(attempt) => {
                    assert!(books.open.remove(&attempt.hold).is_some(), "settled twice or never held");
                    for charge in &attempt.charges {
                        *held.entry(*charge).or_default() -= attempt.held_nanos;
                        *books.spent.entry(*charge).or_default() += attempt.cost.nanos;
                    }
                    books.attempts.push(*attempt);
                }
                Record::Call(call) => {
                    assert!(calls.insert(call.call), "a call is recorded twice");
                    books.calls.push(*call);
                }
                Record::Adjustment(_) => {}
            }
        }
        books
    }

    /// Nothing is open, each attempt is one of a recorded call, and each call counts its attempts and their costs.
    pub(crate) fn assert_closed(&self) {
        assert!(self.open.is_empty(), "holds are left open: {:?}", self.open);
        let mut sums: HashMap<CallId, (u32, i64)> = HashMap::new();
        for attempt in &self.attempts {
            let sum = sums.entry(attempt.call).or_default();
            sum.0 += 1;
            sum.1 += if attempt.late { 0 } else { attempt.cost.nanos };
        }
        for call in &self.calls {
            let (attempts, nanos) = sums.remove(&call.call).unwrap_or_default();
            assert_eq!((call.attempts, call.cost_nanos), (attempts, nanos), "{call:?}");
        }
        assert!(sums.is_empty(), "attempts of calls that are not recorded");
    }

    /// The ledger's balances are the sums of its records, and nothing is held.
    pub(crate) fn assert_balances(&self, ledger: &Ledger) {
        for (charge, spent) in &self.spent {
            let balance = ledger.balance(*charge);
            assert_eq!((balance.spent_nanos, balance.held_nanos), (*spent, 0));
        }
    }

    /// Nano-dollars of all attempts.
    pub(crate) fn cost(&self) -> i64 {
        self.attempts.iter().map(|attempt| attempt.cost.nanos).sum()
    }

    pub(crate) fn count(&self, status: Status) -> usize {
        self.calls.iter().filter(|call| call.status == status).count()
    }

    /// Each settlement above its hold was told once, and nothing else was; says how many and by how much together.
    pub(crate) fn assert_overruns_told(&self, ledger: &Ledger) -> (usize, i64) {
        let (events, lost) = ledger.take_events();
        assert_eq!(lost, 0);
        let mut told: HashMap<_, _> = HashMap::new();
        for event in events {
            if let Event::Overrun { overrun, .. } = event {
                let amounts = (overrun.hold, overrun.held_nanos, overrun.cost_nanos);
                assert!(told.insert(overrun.attempt, amounts).is_none(), "an overrun is told twice");
            }
        }
        let over = self.attempts.iter().filter(|attempt| attempt.cost.nanos > attempt.held_nanos);
        let (mut count, mut excess) = (0, 0);
        for attempt in over {
            let expected = (attempt.hold, attempt.held_nanos, attempt.cost.nanos);
            assert_eq!(told.remove(&attempt.attempt), Some(expected), "an overrun is not told");
            (count, excess) = (count + 1, excess + attempt.cost.nanos - attempt.held_nanos);
        }
        assert!(told.is_empty(), "overruns that are none: {told:?}");
        (count, excess)
    }
}
