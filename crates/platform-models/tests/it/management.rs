//! The routes, on both databases.

mod aliases;
mod catalog;
mod lists;
mod models;
mod probe;
mod providers;
mod routing_policies;
mod undo;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use glaux_kernel::OrganizationId;
use glaux_platform_models::{Probe, ProbeOutcome, module, probing_module};
use glaux_testkit::{database::TestDatabase, management::Management};
use serde_json::{Value, json};

const PROVIDERS: &str = "/api/platform/ai-management/models/providers";
const MODELS: &str = "/api/platform/ai-management/models";
const PRICES: &str = "/api/platform/ai-management/models/prices";
const ALIASES: &str = "/api/platform/ai-management/aliases";
const POLICIES: &str = "/api/platform/ai-management/routing-policies";
const JOURNAL: &str = "/api/platform/ai-management/journal";

/// Answers for every model but `acme-openai/broken`.
struct Scripted;

#[async_trait]
impl Probe for Scripted {
    async fn probe(&self, _: OrganizationId, model: &str) -> ProbeOutcome {
        let problem = (model == "acme-openai/broken").then(|| "the provider refuses the key".to_owned());
        let status = Some(if problem.is_some() { 401 } else { 200 });
        ProbeOutcome { problem, status, latency: Duration::from_millis(12) }
    }
}

async fn start(database: TestDatabase) -> Management {
    let modules = vec![
        module(),
        probing_module(Arc::new(Scripted)),
        glaux_platform_kit::journal_module(glaux_platform_models::undoing()),
    ];
    Management::start(database, modules).await
}

/// With the provider `acme-openai` and its model `gpt-4.1-mini`, as the API's examples make them.
async fn start_with_model(database: TestDatabase) -> Management {
    let management = start(database).await;
    management.admin().post(PROVIDERS, openai()).await.ok();
    management.admin().post(MODELS, mini()).await.ok();
    management
}

fn openai() -> Value {
    json!({
        "name": "acme-openai", "kind": "openai", "base_url": "https://api.openai.com/v1",
        "credentials": { "api_key": "sk-very-secret" },
    })
}

fn mini() -> Value {
    json!({
        "provider": "acme-openai", "name": "gpt-4.1-mini", "type": "llm",
        "context_window": 1_047_576, "max_output_tokens": 32_768,
        "prices": [
            { "meter": "input_tokens", "rate_per_million": "0.40" },
            { "meter": "cached_input_tokens", "rate_per_million": "0.10" },
            { "meter": "output_tokens", "rate_per_million": "1.60" },
        ],
    })
}

/// The names of a list's items.
fn names(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}
