use glaux_platform_models::litellm_proxy::{PlatformFile, convert};

const CONFIG: &str = r#"
model_list:
  - model_name: gpt-4
    litellm_params:
      model: azure/gpt-4-eu
      api_base: https://acme.openai.azure.com/
      api_key: os.environ/AZURE_API_KEY_EU
      api_version: "2024-10-21"
      rpm: 6
    model_info:
      base_model: azure/gpt-4o
  - model_name: gpt-4
    litellm_params:
      model: openai/gpt-4o
      api_key: sk-in-the-file
      weight: 2
  - model_name: claude
    litellm_params: {model: anthropic/claude-sonnet-4-5}
  - model_name: local
    litellm_params:
      model: ollama/llama3
      api_base: http://localhost:11434
      temperature: 0.2
      input_cost_per_token: 0.00000015
      max_parallel_requests: 4
      timeout: 30
  - model_name: sonnet-on-aws
    litellm_params:
      model: bedrock/converse/anthropic.claude-sonnet-4-5-20250929-v1:0
      aws_region_name: eu-west-1
  - model_name: "openai/*"
    litellm_params: {model: "openai/*", api_key: os.environ/OPENAI_API_KEY}
  - model_name: gemini-on-vertex
    litellm_params: {model: vertex_ai/gemini-2.5-pro, vertex_project: p}
litellm_settings:
  num_retries: 3
  request_timeout: 600
  drop_params: true
  cache: true
  cache_params: {type: redis, ttl: 60, host: localhost}
  callbacks: [langfuse]
  fallbacks: [{claude: [gpt-4, no-such]}]
  max_budget: 100
  budget_duration: 30d
router_settings:
  routing_strategy: latency-based-routing
  model_group_alias: {gpt-4-turbo: gpt-4}
  cooldown_time: 10
general_settings:
  master_key: sk-1234
  alerting: [slack]
environment_variables: {LANGFUSE_SECRET: abc}
guardrails: []
"#;

/// What the configuration becomes, without the comments.
const FILE: &str = r#"
[[providers]]
name = "azure"
kind = "azure-openai"
base_url = "https://acme.openai.azure.com/"
api_version = "2024-10-21"
credentials = { api_key = "${AZURE_API_KEY_EU}" }
limits = { total_timeout_ms = 600000 }
[[providers]]
name = "openai"
kind = "openai"
credentials = { api_key = "${OPENAI_API_KEY}" }
catalog = true
limits = { total_timeout_ms = 600000 }
[[providers]]
name = "anthropic"
kind = "anthropic"
credentials = { api_key = "${ANTHROPIC_API_KEY}" }
limits = { total_timeout_ms = 600000 }
[[providers]]
name = "ollama"
kind = "openai-compatible"
base_url = "http://localhost:11434/v1"
limits = { total_timeout_ms = 30000, concurrency = 4 }
[[providers]]
name = "bedrock"
kind = "bedrock"
region = "eu-west-1"
credentials = { access_key_id = "${AWS_ACCESS_KEY_ID}", secret_access_key = "${AWS_SECRET_ACCESS_KEY}" }
limits = { total_timeout_ms = 600000 }

[[models]]
provider = "azure"
name = "gpt-4-eu"
catalog = { provider = "azure-openai", model = "gpt-4o" }
[[models]]
provider = "openai"
name = "gpt-4o"
catalog = { provider = "openai", model = "gpt-4o" }
[[models]]
provider = "anthropic"
name = "claude-sonnet-4-5"
catalog = { provider = "anthropic", model = "claude-sonnet-4-5" }
[[models]]
provider = "ollama"
name = "llama3"
type = "llm"
prices = [{ meter = "input_tokens", rate_per_million = "0.15" }]
[[models]]
provider = "bedrock"
name = "anthropic.claude-sonnet-4-5-20250929-v1:0"
catalog = { provider = "bedrock", model = "anthropic.claude-sonnet-4-5-20250929-v1:0" }

[[aliases]]
name = "sonnet-on-aws"
model = "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0"
[[aliases]]
name = "gpt-4-turbo"
model = "azure/gpt-4-eu"

[[routing_policies]]
name = "default"
policy = { balancing = "latency", retries = 3, cache_ttl_seconds = 60, on_unsupported = "drop" }

[[features]]
name = "gpt-4"
display_name = "gpt-4"
[features.assignments.production]
models = [{ model = "azure/gpt-4-eu", weight = 6 }, { model = "openai/gpt-4o", weight = 2 }]
[[features]]
name = "claude"
display_name = "claude"
[features.assignments.production]
models = [{ model = "anthropic/claude-sonnet-4-5" }]
fallbacks = ["azure/gpt-4-eu", "openai/gpt-4o"]
[[features]]
name = "local"
display_name = "local"
[features.assignments.production]
models = [{ model = "ollama/llama3" }]
config_overrides = { temperature = 0.2 }

[[budgets]]
name = "everything"
period_type = "monthly"
action = "block"
budget_amount = { amount = "100", currency = "USD" }
scope = { organization = true }
"#;

#[test]
fn accounts_models_and_groups_become_objects() {
    let mut file = convert(CONFIG).unwrap().file;
    for feature in &mut file.features {
        assert_eq!(feature.assignments.len(), 3, "{}", feature.name);
        feature.assignments.retain(|environment, _| environment.as_str() == "production");
    }
    let expected: PlatformFile = toml::from_str(FILE).unwrap();
    assert_eq!(file.providers, expected.providers);
    assert_eq!(file.models, expected.models);
    assert_eq!(file.aliases, expected.aliases);
    assert_eq!(file.features, expected.features);
    assert_eq!(file, expected);
}

#[test]
fn what_has_no_equivalent_is_listed() {
    let gaps: Vec<String> = convert(CONFIG).unwrap().gaps.iter().map(ToString::to_string).collect();
    let expected = [
        "litellm_settings.callbacks: every call is in the ledger, in metrics and in traces; nothing else is called",
        "router_settings.cooldown_time: a circuit breaker per provider and model does this by itself",
        "general_settings.master_key: set GLAUX_ADMIN_TOKEN; applications get keys of their own",
        "general_settings.alerting: has no equivalent",
        "litellm_settings.cache: serves calls of features, only where payloads are kept and no longer; in production a \
         feature needs a payload policy for it",
        "litellm_settings.cache_params.host: set GLAUX_REDIS_URL",
        "environment_variables.LANGFUSE_SECRET: set it in the environment of the process",
        "model_list[0].litellm_params.rpm: weighs the deployment; limits per minute are of keys and features",
        "model_list[1].litellm_params.api_key: stands in the file and is not copied; put it into the environment",
        "model_list[6].litellm_params.model: Vertex AI's sign-in is not spoken here",
        "model_list[5].model_name: becomes every model of the catalogue, as `openai/<model>`",
        "fallbacks of claude: there is no model_name no-such",
        "router_settings.model_group_alias.gpt-4-turbo: stands for azure/gpt-4-eu alone, the first of the group",
        "guardrails: has no equivalent",
    ];
    assert_eq!(gaps, expected);
}

#[test]
fn a_cache_that_is_not_taken_over_is_not_said_to_work() {
    let check = |settings: &str, expected: &[&str]| {
        let conversion = convert(&format!("litellm_settings: {settings}\n")).unwrap();
        let paths: Vec<&str> = conversion.gaps.iter().map(|gap| &*gap.path).collect();
        assert_eq!(paths, expected, "{settings}");
    };
    check("{cache: true}", &["litellm_settings.cache"]);
    check("{cache: false}", &[]);
    let semantic = "{cache: true, cache_params: {type: redis-semantic}}";
    check(semantic, &["litellm_settings.cache_params.type"]);
}

#[test]
fn the_file_is_read_as_it_was_written_and_holds_no_secret() {
    let conversion = convert(CONFIG).unwrap();
    let text = conversion.to_toml().unwrap();
    assert!(text.starts_with("# litellm_settings.callbacks: "), "{text}");
    assert!(!text.contains("sk-in-the-file") && !text.contains("sk-1234") && !text.contains("abc"), "{text}");
    assert_eq!(toml::from_str::<PlatformFile>(&text).unwrap(), conversion.file);
}

#[test]
fn names_that_no_feature_can_have_keep_an_alias() {
    let config = "model_list:\n- model_name: gpt-3.5-turbo\n  litellm_params: {model: gpt-3.5-turbo, temperature: 0}\n";
    let conversion = convert(config).unwrap();
    assert_eq!(conversion.file.features[0].name, "gpt-3-5-turbo");
    assert_eq!(conversion.file.aliases[0].name, "gpt-3.5-turbo");
    assert!(conversion.gaps[0].to_string().contains("clients that write it get the first model alone"));
}

#[test]
fn what_can_not_be_read_is_named_with_its_place() {
    let check = |text: &str, expected: &str| {
        let error = convert(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text:?}: {error}");
    };
    check("model_list: [\n", "line");
    check("- a\n", "one YAML mapping");
    check("model_list: x\n", "model_list is not a list");
    check("model_list:\n- litellm_params: {model: a/b}\n", "model_list[0] is not an entry with a model_name");
    check("router_settings: 5\n", "router_settings is not a mapping");
}
