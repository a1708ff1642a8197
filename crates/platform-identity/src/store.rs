//! Every statement on `organizations`.

use glaux_kernel::{OrganizationId, Timestamp};
use glaux_store::{Db, EverySql, EveryTx, OrgTx, Sql, every_sql, sql};
use glaux_web::Problem;

const INSERT: Sql = sql("
    INSERT INTO organizations (id, name, display_name, time_zone, currency, created_at, updated_at)
    VALUES ($1, $2, $3, 'UTC', 'USD', $4, $4)");

const LIST: EverySql = every_sql(
    "
    SELECT id, name, display_name, time_zone, currency FROM organizations ORDER BY id",
);

/// A tenant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Organization {
    /// The tenant.
    pub id: OrganizationId,
    /// Unique.
    pub name: String,
    /// For people.
    pub display_name: String,
    /// An IANA name; budget periods begin at its midnight.
    pub time_zone: String,
    /// ISO 4217.
    pub currency: String,
}

pub(crate) async fn insert_organization(
    tx: &mut OrgTx,
    name: &str,
    display_name: &str,
    now: Timestamp,
) -> Result<(), Problem> {
    tx.query(INSERT).bind(name).bind(display_name).bind(now).execute().await?;
    Ok(())
}

/// Every tenant, the platform first.
pub async fn list_organizations(db: &Db) -> Result<Vec<Organization>, Problem> {
    list_organizations_in(&mut db.every_organization().read().await?).await
}

/// The same within a transaction: for the publisher.
pub async fn list_organizations_in(tx: &mut EveryTx) -> Result<Vec<Organization>, Problem> {
    Ok(tx.query(LIST).fetch_all::<Organization>().await?)
}

/// The tenant of this id or name.
pub(crate) async fn find_organization(db: &Db, reference: &str) -> Result<Option<Organization>, Problem> {
    let id = reference.parse::<OrganizationId>().ok();
    let known = list_organizations(db).await?;
    Ok(known.into_iter().find(|one| Some(one.id) == id || one.name == reference))
}
