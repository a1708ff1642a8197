//! One transaction of the projector: rows, balances, roll-ups and the offset, or none of them.

use std::collections::{HashMap, HashSet};

use glaux_kernel::{AdjustmentId, AttemptId, CallId, NodeId, OrganizationId};
use glaux_ledger::{
    Entry, Position,
    record::{Adjustment, Attempt, Call, Record, Target},
};
use glaux_llm::Usage;
use glaux_store::{Db, EveryTx};

use crate::{
    Error, Result,
    adjustment::{AdjustmentRow, OrderState},
    latency::Latency,
    quantities::Quantities,
    row::{AttemptRow, CallRow},
    store::{
        adjustments, attempts, balances, calls, offsets,
        rollups::{self, RollupRow},
    },
    sums::{Rollup, RollupKey, ServedCall, Sums, TOKEN_METERS},
};

/// What a transaction carried over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Carried {
    pub(crate) entries: u64,
    /// Entries that were there already: a machine lost power, and its segments lost what the database had kept.
    pub(crate) known: u64,
}

/// The entries of a batch.
#[derive(Debug, Clone, Default)]
struct Entries {
    attempts: Vec<Attempt>,
    calls: Vec<Call>,
    adjustments: Vec<Adjustment>,
}

/// What is known of the entries of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Novelty {
    /// They should be new; the insert shows whether they are.
    Expected,
    /// Some are not: each is looked up first.
    Doubtful,
}

/// Carries `entries`, which lie between `from` and `to` in the segments of `node`, into the database. `None`: they were
/// expected to be new and are not; nothing was done.
pub(crate) async fn carry(
    db: &Db,
    node: NodeId,
    (from, to): (Position, Position),
    entries: Vec<Entry>,
    novelty: Novelty,
) -> Result<Option<Carried>> {
    let mut entries = Entries::from(entries);
    let read = entries.len();
    let mut tx = db.every_organization().begin().await?;
    if !offsets::advance(&mut tx, node, from, to).await? {
        return Err(Error::Moved);
    }
    if novelty == Novelty::Doubtful {
        entries.remove_known(&mut tx).await?;
    }
    let new = entries.len();
    if write(&mut tx, node, entries).await? {
        tx.commit().await?;
        Ok(Some(Carried { entries: new, known: read - new }))
    } else {
        tx.rollback().await?;
        Ok(None)
    }
}

/// Passes over `entry`, which the database refuses and which lies between `from` and `to`. An adjustment that was ordered
/// is refused with it: it counts nowhere, and its attempt can be adjusted again.
pub(crate) async fn pass_over(
    db: &Db,
    node: NodeId,
    (from, to): (Position, Position),
    entry: Option<&Entry>,
) -> Result<()> {
    let mut tx = db.every_organization().begin().await?;
    if !offsets::advance(&mut tx, node, from, to).await? {
        return Err(Error::Moved);
    }
    if let Some(Record::Adjustment(adjustment)) = entry.map(|entry| &entry.record) {
        adjustments::refuse(tx.of(adjustment.attribution.organization), adjustment.adjustment).await?;
    }
    Ok(tx.commit().await?)
}

/// `false`: some of the entries are there already, and nothing may be counted.
async fn write(tx: &mut EveryTx, node: NodeId, mut entries: Entries) -> Result<bool> {
    let adjustments = std::mem::take(&mut entries.adjustments);
    let (attempts, calls) = entries.resolve(tx).await?;
    let mut sums = Sums::default();
    attempts.iter().for_each(|attempt| sums.add_attempt(attempt));
    calls.iter().for_each(|call| sums.add_call(call));
    adjustments.iter().for_each(|adjustment| sums.add_adjustment(adjustment));
    let late = late_costs(&attempts, &adjustments);
    let adjusted: Vec<_> = adjustments
        .iter()
        .map(|adjustment| (adjustment.attribution.organization, adjustment.attempt, adjustment.after.cost.nanos))
        .collect();
    let attempts: Vec<_> = attempts.into_iter().map(AttemptRow::from).collect();
    let calls: Vec<_> = calls.into_iter().map(CallRow::from).collect();
    let applied = |adjustment| AdjustmentRow::new(adjustment, OrderState::Applied);
    let adjustments: Vec<_> = adjustments.into_iter().map(applied).collect();
    let written = attempts::insert(tx, node, &attempts).await?
        + calls::insert(tx, &calls).await?
        + adjustments::apply(tx, &adjustments).await?;
    if written != (attempts.len() + calls.len() + adjustments.len()) as u64 {
        return Ok(false);
    }
    for (organization, attempt, nanos) in adjusted {
        attempts::set_adjusted(tx.of(organization), attempt, nanos).await?;
    }
    for ((organization, call), nanos) in late {
        calls::add_cost(tx.of(organization), call, nanos).await?;
    }
    add_sums(tx, node, sums).await?;
    Ok(true)
}

/// What was settled or changed after the records of its calls, by call.
fn late_costs(attempts: &[Attempt], adjustments: &[Adjustment]) -> HashMap<(OrganizationId, CallId), i64> {
    let mut costs = HashMap::new();
    for attempt in attempts.iter().filter(|attempt| attempt.late) {
        *costs.entry((attempt.attribution.organization, attempt.call)).or_default() += attempt.cost.nanos;
    }
    for adjustment in adjustments {
        let call = (adjustment.attribution.organization, adjustment.call);
        *costs.entry(call).or_default() += adjustment.difference_nanos();
    }
    costs
}

/// Adds to what `node` keeps of balances and roll-ups.
pub(crate) async fn add_sums(tx: &mut EveryTx, node: NodeId, sums: Sums) -> Result<()> {
    let mut spent: Vec<_> = sums.balances.into_iter().collect();
    spent.sort_unstable_by_key(|(key, _)| *key);
    balances::add(tx, node, &spent).await?;
    let mut added: Vec<_> =
        sums.rollups.into_iter().map(|(key, rollup)| (key, key.dimensions.digest(), rollup)).collect();
    added.sort_unstable_by_key(|(key, _, _)| *key);
    let mut rows = Vec::with_capacity(added.len());
    for of_slot in added.chunk_by_mut(|(a, _, _), (b, _, _)| (a.organization, a.slot) == (b.organization, b.slot)) {
        merge(tx, node, of_slot, &mut rows).await?;
    }
    Ok(rollups::add(tx, node, &rows).await?)
}

/// Merges, for one organization and slot, what the database can't add. Nobody else writes the rows of `node`.
async fn merge(
    tx: &mut EveryTx,
    node: NodeId,
    added: &mut [(RollupKey, [u8; 16], Rollup)],
    rows: &mut Vec<RollupRow>,
) -> Result<()> {
    let Some((first, _, _)) = added.first() else { return Ok(()) };
    let digests: Vec<_> = added.iter().map(|(_, digest, _)| *digest).collect();
    let mut found = rollups::find_mergeable(tx, node, first.organization, first.slot, &digests).await?;
    for (key, digest, rollup) in added {
        let Rollup { model_name, totals, taken, mut latency, mut moments } = std::mem::take(rollup);
        let mut other_usage = Quantities::default();
        other_usage.add(&without_columns(&totals.usage));
        if let Some(taken) = &taken {
            other_usage.take(&without_columns(&taken.usage));
        }
        if let Some(mergeable) = found.remove(digest) {
            other_usage.merge(&mergeable.other_usage);
            latency.merge(&Latency::from_bytes(&mergeable.latency)?)?;
            moments.merge(mergeable.moments);
        }
        let latency = latency.to_bytes();
        rows.push(RollupRow { key: *key, digest: *digest, model_name, totals, taken, other_usage, latency, moments });
    }
    Ok(())
}

fn without_columns(usage: &Usage) -> Usage {
    TOKEN_METERS.into_iter().fold(*usage, |usage, meter| usage.with(meter, 0))
}

impl From<Vec<Entry>> for Entries {
    fn from(entries: Vec<Entry>) -> Self {
        let mut sorted = Self::default();
        let mut adjusted: HashSet<AdjustmentId> = HashSet::new();
        for entry in entries {
            match entry.record {
                Record::Attempt(attempt) => sorted.attempts.push(*attempt),
                Record::Call(call) => sorted.calls.push(*call),
                Record::Adjustment(adjustment) => {
                    if adjusted.insert(adjustment.adjustment) {
                        sorted.adjustments.push(*adjustment);
                    }
                }
                Record::HoldOpened(_) | Record::HoldExtended(_) => {}
            }
        }
        sorted
    }
}

impl Entries {
    fn len(&self) -> u64 {
        (self.attempts.len() + self.calls.len() + self.adjustments.len()) as u64
    }

    /// Finds out where the last attempt of each call went: among these entries, else in the database.
    async fn resolve(self, tx: &mut EveryTx) -> Result<(Vec<Attempt>, Vec<ServedCall>)> {
        let mut last: HashMap<CallId, (u32, Target)> = HashMap::with_capacity(self.calls.len());
        for attempt in self.attempts.iter().filter(|attempt| !attempt.late) {
            let known = last.get(&attempt.call).map_or(0, |(number, _)| *number);
            if attempt.number > known {
                last.insert(attempt.call, (attempt.number, attempt.target.clone()));
            }
        }
        let mut calls = Vec::with_capacity(self.calls.len());
        for call in self.calls {
            let target = match last.remove(&call.call) {
                Some((_, target)) => Some(target),
                None if call.attempts == 0 => None,
                None => attempts::find_last_target(tx.of(call.attribution.organization), call.call).await?,
            };
            calls.push(ServedCall { call, target });
        }
        Ok((self.attempts, calls))
    }

    /// Takes out what is in the database, or here twice.
    async fn remove_known(&mut self, tx: &mut EveryTx) -> Result<()> {
        let mut seen: HashSet<AttemptId> = HashSet::new();
        let mut new_attempts = Vec::new();
        for attempt in self.attempts.drain(..) {
            let organization = attempt.attribution.organization;
            if seen.insert(attempt.attempt) && !attempts::exists(tx, organization, attempt.attempt).await? {
                new_attempts.push(attempt);
            }
        }
        let mut seen: HashSet<CallId> = HashSet::new();
        let mut new_calls = Vec::new();
        for call in self.calls.drain(..) {
            if seen.insert(call.call) && !calls::exists(tx, call.attribution.organization, call.call).await? {
                new_calls.push(call);
            }
        }
        let mut new_adjustments = Vec::new();
        for adjustment in self.adjustments.drain(..) {
            let organization = adjustment.attribution.organization;
            if !adjustments::is_known(tx, organization, adjustment.adjustment).await? {
                new_adjustments.push(adjustment);
            }
        }
        (self.attempts, self.calls, self.adjustments) = (new_attempts, new_calls, new_adjustments);
        Ok(())
    }
}
