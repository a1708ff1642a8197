use std::collections::{BTreeMap, BTreeSet};

use glaux_kernel::{AdjustmentId, HoldId, NodeId, Timestamp};
use glaux_ledger::{Position, Tail, record::Record};
use glaux_store::{Db, EveryTx};

use super::{Finding, Verification};
use crate::{
    Result,
    adjustment::OrderState,
    store::{adjustments, attempts, calls, offsets, retention},
    usage::ID_SLACK,
};

/// Records that are compared at once.
const BATCH: usize = 1000;

/// Compares the segments of `node`, as far as they are there and in the database, with the rows; and whether each hold
/// is settled once, or still open to the program that opened it. Reads files on the calling thread: for the command line.
pub async fn verify_segments(db: &Db, tail: &Tail, node: NodeId, verification: &mut Verification) -> Result<()> {
    let mut tx = db.every_organization().read().await?;
    let projected = offsets::find(&mut tx, node).await?;
    let rows_from = retention::get_rows_from(&mut tx).await?;
    // Before the records: a hold that is settled in the meantime is then seen to be.
    let saved = tail.saved_holds(node)?;
    let mut open: BTreeMap<HoldId, Position> = BTreeMap::new();
    let mut settled: BTreeSet<HoldId> = BTreeSet::new();
    let mut adjusted: BTreeSet<AdjustmentId> = BTreeSet::new();
    let mut position = Position::default();
    loop {
        let batch = tail.read(position, BATCH)?;
        if batch.entries.is_empty() {
            for (hold, at) in open {
                if saved.as_ref().is_some_and(|saved| at < saved.until && !saved.open.contains(&hold)) {
                    verification.report(Finding::NeverSettled { hold, at });
                } else {
                    verification.open_holds += 1;
                }
            }
            return Ok(());
        }
        position = batch.next;
        for entry in batch.entries {
            match &entry.record {
                Record::HoldOpened(opened) => {
                    open.insert(opened.hold, entry.at);
                }
                Record::HoldExtended(_) => {}
                Record::Attempt(attempt) => {
                    open.remove(&attempt.hold);
                    if !settled.insert(attempt.hold) {
                        verification.report(Finding::SettledTwice { hold: attempt.hold, at: entry.at });
                    }
                }
                Record::Adjustment(adjustment) => {
                    let adjustment = adjustment.adjustment;
                    if !adjusted.insert(adjustment) {
                        verification.report(Finding::AdjustedTwice { adjustment, at: entry.at });
                    }
                }
                Record::Call(_) => {}
            }
            if entry.at < projected && !is_in_rows(&mut tx, &entry.record, rows_from, verification).await? {
                verification.report(Finding::Row { at: entry.at });
            }
        }
    }
}

/// The record is in the database as it is in the segment, or so old that it is no longer kept.
async fn is_in_rows(
    tx: &mut EveryTx,
    record: &Record,
    rows_from: Timestamp,
    verification: &mut Verification,
) -> Result<bool> {
    let kept_from = rows_from.plus(ID_SLACK);
    match record {
        Record::HoldOpened(_) | Record::HoldExtended(_) => Ok(true),
        Record::Attempt(attempt) => {
            verification.records += 1;
            let row = attempts::find(tx.of(attempt.attribution.organization), attempt.attempt).await?;
            match row {
                None => Ok(attempt.opened_at < kept_from),
                Some(row) => Ok(row.into_record()? == **attempt),
            }
        }
        Record::Adjustment(adjustment) => {
            verification.records += 1;
            let organization = adjustment.attribution.organization;
            let row = adjustments::find(tx.of(organization), adjustment.adjustment).await?;
            let Some(row) = row.map(|row| row.into_ordered()) else { return Ok(adjustment.opened_at < kept_from) };
            Ok(row.state == OrderState::Applied && row.adjustment == **adjustment)
        }
        Record::Call(call) => {
            verification.records += 1;
            let row = calls::find(tx.of(call.attribution.organization), call.call).await?;
            let Some(row) = row else { return Ok(call.at < kept_from) };
            let mut kept = row.into_record()?.call;
            // What was settled later is added to the row; the recount of the rows checks that sum.
            kept.cost_nanos = call.cost_nanos;
            Ok(kept == **call)
        }
    }
}
