use glaux_kernel::{Currency, Money, Period};
use glaux_llm::UnsupportedPolicy;
use glaux_routing::document::{Balancing, BudgetAction, Policy};

use super::{
    ConvertError, Gap,
    document::{BudgetSpec, WholeOrganization},
    section,
    yaml::Node,
};

/// What the sections beside `model_list` say.
#[derive(Debug, Default)]
pub(super) struct Settings {
    pub(super) policy: Policy,
    /// Of every provider.
    pub(super) timeout_ms: Option<u64>,
    /// `model_name` → the names tried after it.
    pub(super) fallbacks: Vec<(String, Vec<String>)>,
    /// Tried after any.
    pub(super) default_fallbacks: Vec<String>,
    /// Another name → `model_name`.
    pub(super) aliases: Vec<(String, String)>,
    pub(super) budget: Option<BudgetSpec>,
}

const ADMIN_TOKEN: &str = "set GLAUX_ADMIN_TOKEN; applications get keys of their own";
const DATABASE: &str = "set GLAUX_DATABASE_URL";
const REDIS: &str = "set GLAUX_REDIS_URL";
const OBSERVED: &str = "every call is in the ledger, in metrics and in traces; nothing else is called";
const CACHE: &str = "serves calls of features, only where payloads are kept and no longer; in production a feature needs \
                     a payload policy for it";
const BREAKER: &str = "a circuit breaker per provider and model does this by itself";

/// Settings that are made elsewhere, or need not be made.
const ELSEWHERE: [(&str, &str); 24] = [
    ("master_key", ADMIN_TOKEN),
    ("database_url", DATABASE),
    ("store_model_in_db", "configuration always lies in the database"),
    ("redis_host", REDIS),
    ("redis_port", REDIS),
    ("redis_password", REDIS),
    ("redis_url", REDIS),
    ("callbacks", OBSERVED),
    ("success_callback", OBSERVED),
    ("failure_callback", OBSERVED),
    ("service_callback", OBSERVED),
    ("set_verbose", "set the log level of the process"),
    ("json_logs", "set the log format of the process"),
    ("cooldown_time", BREAKER),
    ("allowed_fails", BREAKER),
    ("allowed_fails_policy", BREAKER),
    ("allowed_ips", "addresses are allowed and denied per key"),
    ("max_request_size_mb", "set the size of bodies in the configuration of the process"),
    ("background_health_checks", BREAKER),
    ("health_check_interval", BREAKER),
    ("enable_pre_call_checks", "the limits of a model are checked before each call"),
    ("always_include_stream_usage", "usage is asked for in every stream"),
    ("disable_spend_logs", "every call is in the ledger"),
    ("forward_client_headers_to_llm_api", "client headers are not passed on"),
];

/// Reads the sections.
pub(super) fn read(root: &Node, gaps: &mut Vec<Gap>) -> Result<Settings, ConvertError> {
    // Without a strategy LiteLLM takes one of several deployments at random, by weight.
    let policy = Policy { balancing: Balancing::Weighted, ..Policy::default() };
    let mut settings = Settings { policy, ..Settings::default() };
    for name in ["litellm_settings", "router_settings", "general_settings"] {
        for (key, value) in section(root.get(name), name)? {
            let path = format!("{name}.{key}");
            if !settings.take(key, value, &path, gaps) {
                let known = ELSEWHERE.iter().find(|(setting, _)| setting == key);
                gaps.push(known.map_or_else(|| Gap::without_equivalent(&path), |(_, detail)| Gap::new(&path, *detail)));
            }
        }
    }
    if let Some(section) = root.get("litellm_settings") {
        settings.read_cache(section, gaps);
        settings.read_budget(section, gaps);
    }
    for (key, _) in section(root.get("environment_variables"), "environment_variables")? {
        gaps.push(Gap::new(format!("environment_variables.{key}"), "set it in the environment of the process"));
    }
    Ok(settings)
}

impl Settings {
    /// Takes a setting over; `false` if it is none of ours.
    fn take(&mut self, key: &str, value: &Node, path: &str, gaps: &mut Vec<Gap>) -> bool {
        match key {
            "num_retries" => match value.whole().and_then(|retries| u32::try_from(retries).ok()) {
                Some(retries) => self.policy.retries = retries,
                None => return false,
            },
            "request_timeout" | "timeout" => match value.whole().and_then(|seconds| seconds.checked_mul(1000)) {
                Some(timeout) => self.timeout_ms = Some(timeout),
                None => return false,
            },
            "routing_strategy" => match value.text() {
                Some("simple-shuffle") => self.policy.balancing = Balancing::Weighted,
                Some("latency-based-routing") => self.policy.balancing = Balancing::Latency,
                Some("cost-based-routing") => self.policy.balancing = Balancing::Cost,
                _ => return false,
            },
            "drop_params" => {
                if value.is_true() {
                    self.policy.on_unsupported = UnsupportedPolicy::Drop;
                }
            }
            "fallbacks" => self.fallbacks.extend(read_fallbacks(value)),
            "default_fallbacks" => self.default_fallbacks.extend(names(value)),
            "model_group_alias" => self.read_aliases(value, path, gaps),
            // Read together.
            "cache" | "cache_params" | "max_budget" | "budget_duration" => {}
            _ => return false,
        }
        true
    }

    fn read_aliases(&mut self, value: &Node, path: &str, gaps: &mut Vec<Gap>) {
        for (alias, target) in value.entries() {
            match target.text().or_else(|| target.get("model")?.text()) {
                Some(target) => self.aliases.push((alias.to_owned(), target.to_owned())),
                None => gaps.push(Gap::without_equivalent(format!("{path}.{alias}"))),
            }
        }
    }

    fn read_cache(&mut self, section: &Node, gaps: &mut Vec<Gap>) {
        if !section.get("cache").is_some_and(Node::is_true) {
            return;
        }
        let params = section.get("cache_params").unwrap_or(&Node::Null);
        let kind = params.get("type").and_then(Node::text).unwrap_or("local");
        if kind.contains("semantic") {
            gaps.push(Gap::new("litellm_settings.cache_params.type", "answers are cached for equal requests only"));
        } else {
            let ttl = params.get("ttl").and_then(Node::whole).and_then(|ttl| u32::try_from(ttl).ok());
            self.policy.cache_ttl_seconds = ttl.unwrap_or(DEFAULT_CACHE_SECONDS);
            gaps.push(Gap::new("litellm_settings.cache", CACHE));
        }
        for (key, _) in params.entries().filter(|(key, _)| !matches!(*key, "type" | "ttl")) {
            let detail = if matches!(key, "host" | "port" | "password" | "url") { REDIS } else { "has no equivalent" };
            gaps.push(Gap::new(format!("litellm_settings.cache_params.{key}"), detail));
        }
    }

    fn read_budget(&mut self, section: &Node, gaps: &mut Vec<Gap>) {
        let amount = section.get("max_budget").and_then(Node::text);
        let period = section.get("budget_duration").and_then(Node::text);
        let Some(amount) = amount else {
            if period.is_some() {
                gaps.push(Gap::new("litellm_settings.budget_duration", "there is no max_budget"));
            }
            return;
        };
        let period = match period {
            Some("1d" | "24h") => Some(Period::Daily),
            Some("7d" | "1w") => Some(Period::Weekly),
            Some("30d" | "1mo") => Some(Period::Monthly),
            _ => None,
        };
        match (Money::parse(amount, Currency::USD), period) {
            (Ok(budget_amount), Some(period_type)) => {
                let scope = WholeOrganization { organization: true };
                let action = BudgetAction::Block;
                self.budget =
                    Some(BudgetSpec { name: "everything".to_owned(), period_type, action, budget_amount, scope });
            }
            _ => gaps.push(Gap::new(
                "litellm_settings.max_budget",
                "a budget is an amount per day, week, month or quarter; make one",
            )),
        }
    }
}

/// LiteLLM's own, where a cache has no `ttl`.
const DEFAULT_CACHE_SECONDS: u32 = 600;

/// `[{name: [other, …]}, …]`.
fn read_fallbacks(value: &Node) -> Vec<(String, Vec<String>)> {
    let entries = value.items().iter().flat_map(Node::entries);
    entries.map(|(name, others)| (name.to_owned(), names(others))).collect()
}

fn names(value: &Node) -> Vec<String> {
    value.items().iter().filter_map(Node::text).map(ToOwned::to_owned).collect()
}
