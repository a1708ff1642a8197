use std::path::Path;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{
    http,
    server::{self, Server},
};
use crate::workspace::Workspace;

const ADMIN_TOKEN: &str = "glt_a_token_for_measurements";
/// Of a budget that is never used up: in USD.
const PLENTY: &str = "1000000.00";

/// `glaux serve` with everything on.
pub(super) struct Glaux {
    pub(super) server: Server,
    /// What applications call with.
    pub(super) key: String,
}

impl Glaux {
    /// Starts it with an empty data directory in `folder`, and configures it to call `provider`.
    pub(super) fn start(workspace: &Workspace, folder: &Path, provider: &str) -> Result<Self> {
        let data = folder.join("data");
        let program = workspace.path("target/release/glaux");
        let (mut server, lines) = Server::start(server::CORE, program, |command| {
            command
                .arg("serve")
                .env_clear()
                .env("GLAUX_LISTEN", "127.0.0.1:0")
                .env("GLAUX_DATA_DIR", data)
                .env("GLAUX_ADMIN_TOKEN", ADMIN_TOKEN)
                .env("GLAUX_MASTER_KEY", "00".repeat(32))
                .env("GLAUX_SERVER__THREADS", "1")
                .env("GLAUX_LOG__FILTER", "warn")
        })?;
        let mut shown = lines.map_while(Result::ok);
        let address = shown.find_map(|line| line.split_once("Glaux serves on http://")?.1.trim().parse().ok());
        server.address = address.context("glaux ended before it served")?;
        // The welcome ends with a call to try; after it nothing more is printed.
        shown.find(|line| line.trim_start().starts_with("-d ")).context("glaux ended before it had started")?;
        let key = configure(&server, provider)?;
        Ok(Self { server, key })
    }
}

/// A provider, a model with prices, a feature, a key with limits, three budgets. Gives the key.
fn configure(server: &Server, provider: &str) -> Result<String> {
    let manage = |method: &str, path: &str, body: &Value| http::manage(server.address, ADMIN_TOKEN, method, path, body);
    let base_url = format!("http://{provider}/v1");
    let account =
        json!({ "name": "bench", "kind": "openai", "base_url": base_url, "credentials": { "api_key": "key" } });
    manage("POST", "/models/providers", &account)?;
    let prices = json!([
        { "meter": "input_tokens", "rate_per_million": "0.40" },
        { "meter": "output_tokens", "rate_per_million": "1.60" },
    ]);
    let model =
        json!({ "provider": "bench", "name": "model", "type": "llm", "max_output_tokens": 1000, "prices": prices });
    manage("POST", "/models", &model)?;
    let feature = manage("POST", "/features", &json!({ "name": "chatbot", "display_name": "Chatbot" }))?;
    manage("PUT", "/features/chatbot/assignments/production", &json!({ "model": "bench/model" }))?;
    let limits = json!({ "requests_per_minute": 4_000_000_000_u64, "tokens_per_minute": 1_000_000_000_000_u64 });
    let key = json!({
        "name": "bench", "application": "default", "environment": "production", "features": ["chatbot"],
        "models": ["*"], "limits": limits,
    });
    let issued = manage("POST", "/keys", &key)?;
    let scopes = [json!({ "organization": true }), json!({ "feature": feature["id"] }), json!({ "key": issued["id"] })];
    for (number, scope) in scopes.iter().enumerate() {
        let budget = json!({
            "name": format!("budget {number}"), "scope": scope, "period_type": "monthly",
            "budget_amount": { "amount": PLENTY, "currency": "USD" }, "alert_thresholds": ["0.8"], "action": "block",
        });
        manage("POST", "/spending/budgets", &budget)?;
    }
    issued["key"].as_str().map(str::to_owned).context("no key was issued")
}
