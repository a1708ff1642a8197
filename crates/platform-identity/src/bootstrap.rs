//! What a new installation has.

use glaux_journal as journal;
use glaux_kernel::{OrganizationId, UserId};
use glaux_platform_kit::{Change, Context, find};
use glaux_web::{Caller, Problem, Write};

use crate::{
    DEFAULT_ORGANIZATION, Role, User, UserState,
    organization::{self, KIND, SCHEMA_VERSION, Settings},
    store,
};

const REASON: &str = "first start";
/// The name of the first organization's admin.
pub(crate) const ADMIN: &str = "admin";

/// The first organization, made if it is not there.
pub(crate) async fn make_organization(context: &Context) -> Result<OrganizationId, Problem> {
    if let Some(organization) = organization::find(&context.db, DEFAULT_ORGANIZATION).await? {
        return Ok(organization.id);
    }
    let now = context.clock.now();
    let id = OrganizationId::new(now, &*context.rng);
    let settings =
        Settings { display_name: "Default".to_owned(), time_zone: "UTC".to_owned(), currency: "USD".to_owned() };
    let change = journal::Change {
        actor: journal::Actor { id: journal::ActorId::System, display: "glaux".to_owned() },
        kind: KIND,
        object: id.to_string(),
        name: DEFAULT_ORGANIZATION.to_owned(),
        action: "create",
        before: None,
        after: Some(serde_json::to_value(&settings).map_err(Problem::internal)?),
        schema_version: SCHEMA_VERSION,
        reason: Some(REASON.to_owned()),
        change_set: None,
        undoes: None,
    };
    let mut tx = context.db.organization(id).begin().await?;
    store::insert_organization(&mut tx, DEFAULT_ORGANIZATION, &settings, now).await?;
    journal::record(&mut tx, change, now, &*context.rng).await.map_err(Problem::internal)?;
    tx.commit().await?;
    Ok(id)
}

/// The first organization's admin, made if it is not there.
pub(crate) async fn make_admin(context: &Context, system: Caller) -> Result<UserId, Problem> {
    let mut change = Change::begin(context, Write::by(system, REASON)).await?;
    if let Some(admin) = find::<User>(change.read(), ADMIN).await? {
        return Ok(admin.id);
    }
    let state = UserState { display_name: "Admin".to_owned(), role: Role::PlatformAdmin };
    let admin = change.create::<User>(ADMIN, state).await?;
    change.commit().await?;
    Ok(admin.id)
}
