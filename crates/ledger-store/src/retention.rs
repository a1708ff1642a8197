use glaux_kernel::{OrganizationId, Timestamp};
use glaux_store::Db;

use crate::{
    Result,
    store::{attempts, retention},
};

/// Calls that are deleted in one transaction.
const SLICE: i64 = 2000;

/// Deletes the rows of calls from before `cutoff`, with their attempts, slice by slice, so that nobody waits long; says
/// how many calls. Roll-ups and balances stay.
pub async fn delete_old_rows(db: &Db, cutoff: Timestamp) -> Result<u64> {
    let end = attempts::first_id_at(cutoff);
    let mut tx = db.every_organization().begin().await?;
    retention::set_rows_from(&mut tx, cutoff).await?;
    tx.commit().await?;
    let mut deleted = 0;
    for organization in list_organizations(db).await? {
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
    Ok(deleted)
}

/// The organizations that the ledger knows: those with entries or sums.
pub async fn list_organizations(db: &Db) -> Result<Vec<OrganizationId>> {
    let mut tx = db.every_organization().read().await?;
    let mut found = Vec::new();
    while let Some(next) = retention::next_organization(&mut tx, found.last().copied()).await? {
        found.push(next);
    }
    Ok(found)
}
