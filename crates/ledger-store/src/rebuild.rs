use glaux_kernel::{NodeId, OrganizationId};
use glaux_store::Db;
use uuid::Uuid;

use crate::{
    Result, projection, recount,
    store::{balances, offsets, retention, rollups},
    sums::Sums,
};

/// The node in whose name rebuilt sums are kept.
const REBUILT: NodeId = NodeId::from_uuid(Uuid::nil());

/// What a rebuild made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rebuilt {
    /// Organizations.
    pub organizations: u64,
    /// Roll-ups.
    pub rollups: u64,
    /// Balances of budget periods.
    pub balances: u64,
}

/// Throws roll-ups and balances away and adds them up anew from the rows, where those are whole: days and budget
/// periods that began before the retention stay as they are. Projectors wait meanwhile.
pub async fn rebuild(db: &Db) -> Result<Rebuilt> {
    let mut rebuilt = Rebuilt::default();
    let mut after = None;
    loop {
        let mut tx = db.every_organization().read().await?;
        after = retention::next_organization(&mut tx, after).await?;
        drop(tx);
        let Some(organization) = after else { return Ok(rebuilt) };
        rebuild_organization(db, organization, &mut rebuilt).await?;
    }
}

async fn rebuild_organization(db: &Db, organization: OrganizationId, rebuilt: &mut Rebuilt) -> Result<()> {
    let mut tx = db.every_organization().begin().await?;
    offsets::lock_all(&mut tx).await?;
    let rows_from = retention::get_rows_from(&mut tx).await?;
    let days = recount::days(tx.of(organization), rows_from).await?;
    if days.is_empty() {
        return Ok(());
    }
    let whole_from = recount::whole_from(rows_from);
    let mut spent = Sums::default();
    for day in days {
        let mut sums = recount::recount(tx.of(organization), day, |_| {}).await?;
        rollups::delete(tx.of(organization), day).await?;
        for (key, amount) in sums.balances.drain().filter(|(key, _)| key.period_start >= whole_from) {
            spent.balances.entry(key).or_default().merge(amount);
        }
        rebuilt.rollups += sums.rollups.len() as u64;
        projection::add_sums(&mut tx, REBUILT, sums).await?;
    }
    balances::delete(tx.of(organization), whole_from).await?;
    rebuilt.balances += spent.balances.len() as u64;
    projection::add_sums(&mut tx, REBUILT, spent).await?;
    tx.commit().await?;
    rebuilt.organizations += 1;
    Ok(())
}
