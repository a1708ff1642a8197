//! An independent reading of the segments: what the records say, without the ledger's own state.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    path::Path,
};

use glaux_kernel::{AdjustmentId, CallId, HoldId};
use glaux_ledger::{
    Position, Tail,
    record::{Attempt, Call, Charge, Record},
};

#[derive(Debug, Default)]
pub(crate) struct Books {
    pub(crate) records: Vec<Record>,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) calls: Vec<Call>,
    pub(crate) spent: HashMap<Charge, i64>,
    /// Holds without a settlement, with what they reserve.
    pub(crate) open: BTreeMap<HoldId, (i64, Vec<Charge>)>,
    /// Calls with attempts and without a record.
    pub(crate) unrecorded: BTreeSet<CallId>,
}

/// Reads everything in `segments` and checks what must hold at any moment: a hold is settled at most once, after it was
/// opened; a call is recorded at most once; its cost is that of its attempts up to then, and later ones are marked late.
pub(crate) fn read(segments: &Path) -> Books {
    let mut books = Books::default();
    let mut cost: HashMap<CallId, (i64, u32)> = HashMap::new();
    let mut recorded = BTreeSet::new();
    let mut adjusted: BTreeSet<AdjustmentId> = BTreeSet::new();
    let tail = Tail::at_rest(segments);
    let mut position = Position::default();
    loop {
        let batch = tail.read(position, 7).unwrap();
        if batch.entries.is_empty() {
            return books;
        }
        position = batch.next;
        for entry in batch.entries {
            match &entry.record {
                Record::HoldOpened(opened) => {
                    assert!(!recorded.contains(&opened.call), "a hold after the record of its call");
                    let held = (opened.nanos, opened.charges.clone());
                    assert!(books.open.insert(opened.hold, held).is_none(), "opened twice");
                    cost.entry(opened.call).or_default().1 += 1;
                    books.unrecorded.insert(opened.call);
                }
                Record::HoldExtended(extended) => {
                    let held = books.open.get_mut(&extended.hold).expect("extended while not open");
                    assert!(extended.nanos > held.0);
                    held.0 = extended.nanos;
                }
                Record::Attempt(attempt) => {
                    let (held, charges) = books.open.remove(&attempt.hold).expect("settled while not open");
                    assert_eq!((held, &charges), (attempt.held_nanos, &attempt.charges));
                    for charge in charges {
                        *books.spent.entry(charge).or_default() += attempt.cost.nanos;
                    }
                    assert_eq!(attempt.late, recorded.contains(&attempt.call));
                    cost.entry(attempt.call).or_default().0 += attempt.cost.nanos;
                    books.attempts.push((**attempt).clone());
                }
                Record::Call(call) => {
                    assert!(recorded.insert(call.call), "recorded twice");
                    let tally = cost.get(&call.call).copied().unwrap_or_default();
                    assert_eq!((call.cost_nanos, call.attempts), tally);
                    books.unrecorded.remove(&call.call);
                    books.calls.push((**call).clone());
                }
                Record::Adjustment(adjustment) => {
                    assert!(adjusted.insert(adjustment.adjustment), "adjusted twice by the same");
                    for charge in &adjustment.charges {
                        let difference = adjustment.after.cost.nanos - adjustment.before.cost.nanos;
                        *books.spent.entry(*charge).or_default() += difference;
                    }
                }
            }
            books.records.push(entry.record);
        }
    }
}

impl Books {
    /// What must hold once nothing is under way.
    pub(crate) fn assert_closed(&self) {
        assert!(self.open.is_empty(), "holds leak: {:?}", self.open);
        assert!(self.unrecorded.is_empty(), "calls without a record: {:?}", self.unrecorded);
    }

    pub(crate) fn held(&self, charge: Charge) -> i64 {
        let on = self.open.values().filter(|(_, charges)| charges.contains(&charge));
        on.map(|(nanos, _)| nanos).sum()
    }
}
