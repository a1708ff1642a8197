//! Features and what serves them, on both databases.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "test code")]

mod lists;
mod undo;

use glaux_testkit::{database::TestDatabase, management::Management};
use glaux_web::{Actor, Caller, Grant};
use serde_json::{Value, json};

const FEATURES: &str = "/api/platform/ai-management/features";
const MODELS: &str = "/api/platform/ai-management/models";
const JOURNAL: &str = "/api/platform/ai-management/journal";

/// With the feature `chatbot` and the models `play/a` and `play/b`.
async fn start(database: TestDatabase) -> Management {
    let kinds = [glaux_platform_features::undoing(), glaux_platform_models::undoing()].concat();
    let modules = vec![
        glaux_platform_applications::module(),
        glaux_platform_features::module(),
        glaux_platform_models::module(),
        glaux_platform_kit::journal_module(kinds),
        glaux_platform_kit::live_module(),
    ];
    let management = Management::start(database, modules).await;
    let (actor, name, organization) = (Actor::System, "test".to_owned(), management.acme());
    let system = Caller { actor, name, organization, grant: Grant::Everything };
    glaux_platform_applications::bootstrap(management.context(), &system).await.unwrap();
    let client = management.admin();
    client.post(FEATURES, json!({"name": "chatbot", "display_name": "Chatbot"})).await.ok();
    client.post(&format!("{MODELS}/providers"), json!({"name": "play", "kind": "sandbox"})).await.ok();
    for name in ["a", "b"] {
        client.post(MODELS, json!({"provider": "play", "name": name, "type": "llm"})).await.ok();
    }
    management
}

/// Assigns a model to `chatbot` and gives the answer.
async fn assign(management: &Management, environment: &str, model: &str) -> Value {
    let path = format!("{FEATURES}/chatbot/assignments/{environment}");
    management.admin().put(&path, json!({ "model": model })).await.ok()
}
