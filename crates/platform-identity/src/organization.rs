//! Tenants. They stand in a table of their own because every other table refers to them.

use glaux_kernel::OrganizationId;
use glaux_platform_kit::{Change, RowChange};
use glaux_store::{Db, EveryTx};
use glaux_web::{FieldError, Problem, Tag};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::store;

/// The organization that a new installation has.
pub const DEFAULT_ORGANIZATION: &str = "default";

pub(crate) const KIND: &str = "organization";
pub(crate) const SCHEMA_VERSION: u32 = 1;

/// A tenant.
#[derive(Debug, Clone, Serialize, ToSchema, sqlx::FromRow)]
pub struct Organization {
    /// The tenant.
    #[schema(value_type = String, example = "org_01890000000070008000000000000000")]
    pub id: OrganizationId,
    /// Unique; never changes.
    pub name: String,
    /// For people.
    pub display_name: String,
    /// An IANA name; budget periods begin at its midnight.
    #[schema(example = "Europe/Paris")]
    pub time_zone: String,
    /// ISO 4217; what amounts are shown in.
    pub currency: String,
}

/// What can be changed of a tenant: its state in the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    pub(crate) display_name: String,
    pub(crate) time_zone: String,
    pub(crate) currency: String,
}

/// What changes of a tenant; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganizationChange)]
pub(crate) struct SettingsChange {
    display_name: Option<String>,
    /// An IANA name. Budget periods that are under way begin and end by the new one.
    #[schema(example = "Europe/Paris")]
    time_zone: Option<String>,
    currency: Option<String>,
}

impl Organization {
    pub(crate) fn settings(&self) -> Settings {
        let Self { display_name, time_zone, currency, .. } = self.clone();
        Settings { display_name, time_zone, currency }
    }

    /// The tag of its settings, for `If-Match`.
    pub(crate) fn tag(&self) -> Result<Tag, Problem> {
        Tag::of(&self.settings())
    }
}

impl Settings {
    /// The rules that are not kept.
    pub(crate) fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        if self.display_name.trim().is_empty() || self.display_name.chars().count() > 100 {
            errors.push(FieldError::new("/display_name", "a display name has 1 to 100 characters"));
        }
        if jiff::tz::TimeZone::get(&self.time_zone).is_err() {
            let detail = format!("`{}` is not a time zone of the IANA database", self.time_zone);
            errors.push(FieldError::new("/time_zone", detail));
        }
        if self.currency != "USD" {
            errors.push(FieldError::new("/currency", "amounts are in USD, as prices are"));
        }
        errors
    }
}

/// Changes the settings of the organization that the change is made in.
pub(crate) async fn update(change: &mut Change, asked: SettingsChange) -> Result<Organization, Problem> {
    let organization = store::get_organization(change.read()).await?;
    change.write().expected.check(Some(&organization.tag()?))?;
    let before = organization.settings();
    let after = Settings {
        display_name: asked.display_name.unwrap_or_else(|| before.display_name.clone()),
        time_zone: asked.time_zone.unwrap_or_else(|| before.time_zone.clone()),
        currency: asked.currency.unwrap_or_else(|| before.currency.clone()),
    };
    let errors = after.check();
    if !errors.is_empty() {
        return Err(Problem::invalid(errors));
    }
    exchange(change, organization, after).await
}

/// Gives an organization other settings. The same ones leave no entry.
pub(crate) async fn exchange(
    change: &mut Change,
    organization: Organization,
    after: Settings,
) -> Result<Organization, Problem> {
    let before = organization.settings();
    if before == after {
        return Ok(organization);
    }
    let now = change.context().clock.now();
    store::update_organization(change.rows(), &after, now).await?;
    let value = |settings: &Settings| serde_json::to_value(settings).map_err(Problem::internal);
    let row = RowChange {
        kind: KIND,
        schema_version: SCHEMA_VERSION,
        object: organization.id.to_string(),
        name: organization.name.clone(),
        action: "update",
        before: Some(value(&before)?),
        after: Some(value(&after)?),
    };
    change.record_row(row).await?;
    let Settings { display_name, time_zone, currency } = after;
    Ok(Organization { display_name, time_zone, currency, ..organization })
}

/// Every tenant, the platform first.
pub async fn list_organizations(db: &Db) -> Result<Vec<Organization>, Problem> {
    list_organizations_in(&mut db.every_organization().read().await?).await
}

/// The same within a transaction: for the publisher.
pub async fn list_organizations_in(tx: &mut EveryTx) -> Result<Vec<Organization>, Problem> {
    Ok(store::list_organizations(tx).await?)
}

/// The tenant of this id or name.
pub(crate) async fn find(db: &Db, reference: &str) -> Result<Option<Organization>, Problem> {
    let id = reference.parse::<OrganizationId>().ok();
    let mut tx = db.every_organization().read().await?;
    Ok(store::find_organization(&mut tx, id, reference).await?)
}
