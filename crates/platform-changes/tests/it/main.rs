//! Files that are applied, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod apply;
mod shared;

use glaux_testkit::{database::TestDatabase, management::Management};
use glaux_web::{Actor, Caller, Grant};
use serde_json::Value;

const APPLY: &str = "/api/platform/ai-management/changesets/apply";
const JOURNAL: &str = "/api/platform/ai-management/journal?limit=200";

async fn start(database: TestDatabase) -> Management {
    let modules = vec![
        glaux_platform_changes::module(),
        glaux_platform_applications::module(),
        glaux_platform_features::module(),
        glaux_platform_models::module(),
        glaux_platform_kit::journal_module(Vec::new()),
    ];
    let management = Management::start(database, modules).await;
    let system = Caller {
        actor: Actor::System,
        name: "test".to_owned(),
        organization: management.acme(),
        grant: Grant::Everything,
    };
    glaux_platform_applications::bootstrap(management.context(), &system).await.unwrap();
    management
}

/// As the command line sends it.
fn json_of(toml: &str) -> Value {
    serde_json::to_value(toml.parse::<toml::Table>().unwrap()).unwrap()
}
