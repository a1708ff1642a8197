use std::time::Duration;

use glaux_kernel::Timestamp;
use glaux_ledger::{Ledger, Position};
use glaux_store::Db;

use crate::{
    Result,
    store::{attempts, retention},
};

/// Calls that are deleted in one transaction.
const SLICE: i64 = 2000;

/// How long entries are kept. Roll-ups and balances stay.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// Rows in the database.
    pub rows: Duration,
    /// Segments on the disk, once they are in the database.
    pub segments: Duration,
}

/// What was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Deleted {
    /// Calls, with their attempts.
    pub calls: u64,
    /// Segments of this node.
    pub segments: usize,
}

/// Deletes the rows of calls that are older than the retention, slice by slice, so that nobody waits long.
pub async fn delete_old_rows(db: &Db, retention: &Retention, now: Timestamp) -> Result<u64> {
    let cutoff = now.minus(retention.rows);
    let end = attempts::first_id_at(cutoff);
    let mut tx = db.every_organization().begin().await?;
    retention::set_rows_from(&mut tx, cutoff).await?;
    tx.commit().await?;
    let (mut organization, mut deleted) = (None, 0);
    loop {
        let mut tx = db.every_organization().read().await?;
        organization = retention::next_organization(&mut tx, organization).await?;
        drop(tx);
        let Some(organization) = organization else { return Ok(deleted) };
        loop {
            let mut tx = db.organization(organization).begin().await?;
            let slice = retention::delete_calls(&mut tx, end, SLICE).await?;
            tx.commit().await?;
            deleted += slice;
            if slice == 0 {
                break;
            }
        }
    }
}

/// Deletes what is older than the retention: rows, and segments of this node that are in the database up to
/// `projected`.
pub async fn delete_old(
    db: &Db,
    ledger: &Ledger,
    projected: Position,
    retention: &Retention,
    now: Timestamp,
) -> Result<Deleted> {
    let calls = delete_old_rows(db, retention, now).await?;
    let segments = ledger.drop_segments(projected, now.minus(retention.segments))?;
    Ok(Deleted { calls, segments })
}
