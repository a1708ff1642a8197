//! How decisions about an organization's settings are taken back.

use std::sync::Arc;

use async_trait::async_trait;
use glaux_kernel::Permission;
use glaux_platform_kit::{Change, Decision, Undo};
use glaux_store::OrgRead;
use glaux_web::Problem;

use crate::{
    organization::{KIND, SCHEMA_VERSION, Settings, exchange},
    routes::WRITE,
    store,
};

/// How decisions about this capability's objects are taken back. A token that was shown or ended stays so.
pub fn undoing() -> Vec<Arc<dyn Undo>> {
    vec![Arc::new(OrganizationSettings)]
}

struct OrganizationSettings;

#[async_trait]
impl Undo for OrganizationSettings {
    fn kind(&self) -> &'static str {
        KIND
    }

    fn rights(&self, decision: Decision<'_>) -> Result<Vec<Permission>, String> {
        if decision.entry.action != "update" {
            return Err("an organization stays".to_owned());
        }
        past(decision).map(|_| vec![WRITE])
    }

    async fn find_obstacle(&self, _: &mut OrgRead, decision: Decision<'_>) -> Result<Option<String>, Problem> {
        let errors = past(decision).map_err(Problem::internal)?.check();
        let rules: Vec<_> = errors.into_iter().map(|error| error.detail).collect();
        Ok((!rules.is_empty()).then(|| rules.join("; ")))
    }

    async fn take_back(&self, change: &mut Change, decision: Decision<'_>) -> Result<(), Problem> {
        let organization = store::get_organization(change.read()).await?;
        change.write().expected.check(Some(&organization.tag()?))?;
        exchange(change, organization, past(decision).map_err(Problem::internal)?).await.map(drop)
    }
}

/// The settings from before.
fn past(decision: Decision<'_>) -> Result<Settings, String> {
    let (form, state) = (decision.entry.schema_version, decision.payload.before.clone());
    let read = state.filter(|_| form == SCHEMA_VERSION).and_then(|state| serde_json::from_value(state).ok());
    read.ok_or_else(|| "its states have a form of an earlier version".to_owned())
}
