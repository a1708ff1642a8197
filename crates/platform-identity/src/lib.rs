//! Organizations and who may call the management API.
//!
//! - There is always one organization, `default`, besides the platform's own.
//! - The admin's token is known by its SHA-256 only, and compared as such: what is compared says nothing about the text.

mod routes;
mod store;

use std::sync::Arc;

use async_trait::async_trait;
use glaux_journal as journal;
use glaux_kernel::{OrganizationId, Secret, TokenId};
use glaux_platform_kit::{Context, Module};
use glaux_web::{Actor, Authenticate, Caller, Credential, Grant, Problem};
use sha2::{Digest, Sha256};

pub use store::{Organization, list_organizations, list_organizations_in};

/// The organization that a new installation has.
pub const DEFAULT_ORGANIZATION: &str = "default";

/// Knows the admin's token and the organizations.
pub struct Identity {
    context: Context,
    admin_token: [u8; 32],
    default_organization: OrganizationId,
}

/// The routes.
pub fn module() -> Module {
    Module { routes: routes::routes() }
}

impl Identity {
    /// Makes sure that the first organization exists. `admin_token` is accepted from now on.
    pub async fn bootstrap(context: Context, admin_token: &Secret) -> Result<Arc<Self>, Problem> {
        let default_organization = match store::find_organization(&context.db, DEFAULT_ORGANIZATION).await? {
            Some(organization) => organization.id,
            None => found(&context).await?,
        };
        let admin_token = Sha256::digest(admin_token.expose()).into();
        Ok(Arc::new(Self { context, admin_token, default_organization }))
    }

    /// The program itself, acting in the first organization: for bootstrap and the command line.
    pub fn system(&self) -> Caller {
        Caller {
            actor: Actor::System,
            name: "glaux".to_owned(),
            organization: self.default_organization,
            grant: Grant::Everything,
        }
    }
}

/// Makes the first organization.
async fn found(context: &Context) -> Result<OrganizationId, Problem> {
    let now = context.clock.now();
    let id = OrganizationId::new(now, &*context.rng);
    let mut tx = context.db.organization(id).begin().await?;
    let state = serde_json::json!({ "display_name": "Default", "time_zone": "UTC", "currency": "USD" });
    store::insert_organization(&mut tx, DEFAULT_ORGANIZATION, "Default", now).await?;
    let change = journal::Change {
        actor: journal::Actor { id: journal::ActorId::System, display: "glaux".to_owned() },
        kind: "organization",
        object: id.to_string(),
        name: DEFAULT_ORGANIZATION.to_owned(),
        action: "create",
        before: None,
        after: Some(state),
        schema_version: 1,
        reason: Some("first start".to_owned()),
        change_set: None,
    };
    journal::record(&mut tx, change, now, &*context.rng).await.map_err(Problem::internal)?;
    tx.commit().await?;
    Ok(id)
}

#[async_trait]
impl Authenticate for Identity {
    async fn authenticate(&self, credential: &Credential) -> Result<Option<Caller>, Problem> {
        let Credential::Bearer(token) = credential else { return Ok(None) };
        let hash: [u8; 32] = Sha256::digest(token.expose()).into();
        if hash != self.admin_token {
            return Ok(None);
        }
        Ok(Some(Caller {
            actor: Actor::Token(TokenId::from_uuid(Default::default())),
            name: "admin token".to_owned(),
            organization: self.default_organization,
            grant: Grant::Everything,
        }))
    }

    async fn find_organization(&self, reference: &str) -> Result<Option<OrganizationId>, Problem> {
        let found = store::find_organization(&self.context.db, reference).await?;
        Ok(found.map(|organization| organization.id))
    }
}
