use std::{net::SocketAddr, path::Path};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::{
    http,
    program::{self, Program},
};
use crate::workspace::Workspace;

pub(super) const BINARY: &str = "glaux";

const ADMIN_TOKEN: &str = "glt_a_token_for_measurements";
/// Of a budget that is never used up: in USD.
const PLENTY: &str = "1000000.00";

/// When a record counts as written: the setting `ledger.commit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Commit {
    Process,
    Power,
}

impl Commit {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Power => "power",
        }
    }
}

/// `glaux serve`.
pub(super) struct Glaux {
    pub(super) program: Program,
    pub(super) address: SocketAddr,
    /// The key that it made for an empty data directory.
    pub(super) first_key: Option<String>,
}

impl Glaux {
    /// Starts it on the data directory `data`; it serves when this returns.
    pub(super) fn start(workspace: &Workspace, data: &Path, commit: Commit) -> Result<Self> {
        let (program, lines) = Program::start(program::MEASURED, &workspace.released(BINARY)?, |command| {
            command
                .arg("serve")
                .env_clear()
                .env("GLAUX_LISTEN", "127.0.0.1:0")
                .env("GLAUX_DATA_DIR", data)
                .env("GLAUX_ADMIN_TOKEN", ADMIN_TOKEN)
                .env("GLAUX_MASTER_KEY", "00".repeat(32))
                .env("GLAUX_LEDGER__COMMIT", commit.name())
                .env("GLAUX_SERVER__THREADS", "1")
                .env("GLAUX_LOG__FILTER", "warn")
        })?;
        let mut shown = lines.map_while(Result::ok);
        let address = shown.find_map(|line| line.split_once("Glaux serves on http://")?.1.trim().parse().ok());
        let address = address.context("glaux ended before it served")?;
        // The welcome ends with a call to try; after it nothing more is printed.
        let welcome: Vec<String> = shown.take_while(|line| !line.trim_start().starts_with("-d ")).collect();
        let first_key = welcome.iter().find_map(|line| read_key(line));
        Ok(Self { program, address, first_key })
    }

    /// A route to `model` at `provider`, which is called by the feature's name.
    pub(super) fn add_route(&self, feature: &str, provider: &str, model: &str) -> Result<Value> {
        let credentials = json!({ "api_key": "key" });
        let base_url = format!("http://{provider}/v1");
        let account = json!({ "name": feature, "kind": "openai", "base_url": base_url, "credentials": credentials });
        self.manage("POST", "/models/providers", &account)?;
        let prices = json!([
            { "meter": "input_tokens", "rate_per_million": "0.40" },
            { "meter": "output_tokens", "rate_per_million": "1.60" },
        ]);
        let described =
            json!({ "provider": feature, "name": model, "type": "llm", "max_output_tokens": 1000, "prices": prices });
        self.manage("POST", "/models", &described)?;
        let made = self.manage("POST", "/features", &json!({ "name": feature, "display_name": feature }))?;
        let assignment = json!({ "model": format!("{feature}/{model}") });
        self.manage("PUT", &format!("/features/{feature}/assignments/production"), &assignment)?;
        Ok(made)
    }

    /// A key with limits, under three budgets that block: of the organization, of the key, and of the first feature.
    pub(super) fn issue_key(&self, features: &[Value]) -> Result<String> {
        let limits = json!({ "requests_per_minute": 4_000_000_000_u64, "tokens_per_minute": 1_000_000_000_000_u64 });
        let names: Vec<&Value> = features.iter().map(|feature| &feature["name"]).collect();
        let key = json!({
            "name": "bench", "application": "default", "environment": "production", "features": names, "models": ["*"],
            "limits": limits,
        });
        let issued = self.manage("POST", "/keys", &key)?;
        let first = features.first().context("a key for no feature")?;
        let scopes =
            [json!({ "organization": true }), json!({ "feature": first["id"] }), json!({ "key": issued["id"] })];
        for (number, scope) in scopes.iter().enumerate() {
            let budget = json!({
                "name": format!("budget {number}"), "scope": scope, "period_type": "monthly",
                "budget_amount": { "amount": PLENTY, "currency": "USD" }, "alert_thresholds": ["0.8"],
                "action": "block",
            });
            self.manage("POST", "/spending/budgets", &budget)?;
        }
        issued["key"].as_str().map(str::to_owned).context("no key was issued")
    }

    fn manage(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        let path = format!("/api/platform/ai-management{path}");
        http::call(self.address, ADMIN_TOKEN, method, &path, body)
    }
}

/// The key in `curl … -H 'authorization: Bearer glx_…' \`.
fn read_key(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("Bearer glx_")?;
    Some(format!("glx_{}", rest.split_once('\'')?.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_key_is_read() {
        let check = |line: &str, expected: Option<&str>| assert_eq!(read_key(line).as_deref(), expected, "{line}");
        check(r"curl http://127.0.0.1:1/v1 -H 'authorization: Bearer glx_aB3' \", Some("glx_aB3"));
        check(r"curl http://127.0.0.1:1/api -H 'authorization: Bearer glt_aB3' \", None);
        check("", None);
    }
}
