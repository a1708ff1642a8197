use glaux_llm::ProviderKind;

use super::{document::CredentialsSpec, yaml::Node};
use crate::{bundled, catalogue::Source};

/// An upstream account, as the parameters of a deployment describe it. Equal accounts become one provider.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Account {
    /// LiteLLM's word before the slash; the provider is named after it.
    pub(super) prefix: String,
    pub(super) kind: ProviderKind,
    pub(super) base_url: Option<String>,
    pub(super) api_version: Option<String>,
    pub(super) region: Option<String>,
    pub(super) credentials: Option<CredentialsSpec>,
    /// The bundled catalogue's name for the provider.
    pub(super) catalog: Option<String>,
}

/// Servers that speak OpenAI's dialect and that LiteLLM has its own words for, and where they listen by themselves.
const COMPATIBLE: [(&str, Option<&str>); 17] = [
    ("custom_openai", None),
    ("docker_model_runner", Some("http://localhost:12434/engines/llama.cpp/v1")),
    ("github", Some("https://models.github.ai/inference")),
    ("hosted_vllm", None),
    ("infinity", None),
    ("lemonade", Some("http://localhost:8000/api/v1")),
    ("litellm_proxy", None),
    ("llamafile", Some("http://127.0.0.1:8080/v1")),
    ("lm_studio", Some("http://localhost:1234/v1")),
    ("ollama", Some("http://localhost:11434/v1")),
    ("ollama_chat", Some("http://localhost:11434/v1")),
    ("openai_like", None),
    ("openrouter", Some("https://openrouter.ai/api/v1")),
    ("text-completion-openai", None),
    ("vllm", None),
    ("xiaomi_mimo", None),
    ("xinference", Some("http://127.0.0.1:9997/v1")),
];

impl Account {
    /// The account behind `prefix` and the parameters, or why there is none.
    pub(super) fn read(prefix: &str, params: &Node) -> Result<Self, String> {
        let text = |names: &[&str]| names.iter().find_map(|name| params.get(name)?.text()).map(reference);
        let base_url = text(&["api_base", "base_url"]);
        let (kind, default_url, catalog) = Self::find_kind(prefix, base_url.as_deref())?;
        let base_url = match (kind, base_url.or(default_url)) {
            // Ollama's own API and the one that speaks OpenAI's dialect are at one address.
            (_, Some(url)) if prefix.starts_with("ollama") && !url.ends_with("/v1") => {
                Some(format!("{}/v1", url.trim_end_matches('/')))
            }
            (ProviderKind::OpenAiCompatible | ProviderKind::AzureOpenAi, None) => {
                return Err(format!("`{prefix}` needs an api_base to become a provider"));
            }
            (_, url) => url,
        };
        let api_version = text(&["api_version"]).filter(|_| kind == ProviderKind::AzureOpenAi);
        let region = text(&["aws_region_name", "region_name"]);
        let region = region.or_else(|| (kind == ProviderKind::Bedrock).then(|| "${AWS_REGION}".to_owned()));
        let credentials = credentials(prefix, kind, params);
        Ok(Self { prefix: prefix.to_owned(), kind, base_url, api_version, region, credentials, catalog })
    }

    fn find_kind(
        prefix: &str,
        base_url: Option<&str>,
    ) -> Result<(ProviderKind, Option<String>, Option<String>), String> {
        let known = |kind, catalog: &str| Ok((kind, None, Some(catalog.to_owned())));
        match prefix {
            "openai" | "text-completion-openai" if base_url.is_none_or(|url| url.contains("//api.openai.com")) => {
                return known(ProviderKind::OpenAi, "openai");
            }
            "openai" => return Ok((ProviderKind::OpenAiCompatible, None, None)),
            "anthropic" => return known(ProviderKind::Anthropic, "anthropic"),
            "gemini" => return known(ProviderKind::Gemini, "gemini"),
            "azure" | "azure_text" => return known(ProviderKind::AzureOpenAi, "azure-openai"),
            "bedrock" | "bedrock_converse" => return known(ProviderKind::Bedrock, "bedrock"),
            "*" => return Err("names any provider; add the accounts that are used".to_owned()),
            "vertex_ai" | "vertex_ai_beta" => return Err("Vertex AI's sign-in is not spoken here".to_owned()),
            _ => {}
        }
        if let Some((_, url)) = COMPATIBLE.iter().find(|(name, _)| *name == prefix) {
            return Ok((ProviderKind::OpenAiCompatible, url.map(ToOwned::to_owned), None));
        }
        let entries = bundled::providers().map_err(|error| error.to_string())?;
        let is_named = |names: &Vec<Box<str>>| names.iter().any(|name| **name == *prefix);
        let entry = entries.into_iter().find(|entry| {
            let is_meant = *entry.name == *prefix || entry.sources.get(&Source::Litellm).is_some_and(is_named);
            entry.kind == ProviderKind::OpenAiCompatible && is_meant
        });
        match entry {
            Some(entry) => Ok((entry.kind, entry.base_url.map(Into::into), Some(entry.name.into()))),
            None => Err(format!("`{prefix}` is no kind of provider here")),
        }
    }
}

fn credentials(prefix: &str, kind: ProviderKind, params: &Node) -> Option<CredentialsSpec> {
    let variable = |name: &str| Some(format!("${{{name}}}"));
    // A key that stands in the file is not copied.
    let secret = |param: &str, name: &str| match params.get(param).and_then(Node::text) {
        Some(text) if text.starts_with(ENVIRONMENT) => Some(reference(text)),
        Some(_) => variable(name),
        None => None,
    };
    let own_name = format!("{}_API_KEY", prefix.to_uppercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
    let api_key = secret("api_key", &own_name);
    if kind == ProviderKind::Bedrock && api_key.is_none() {
        return Some(CredentialsSpec {
            access_key_id: secret("aws_access_key_id", "AWS_ACCESS_KEY_ID").or_else(|| variable("AWS_ACCESS_KEY_ID")),
            secret_access_key: secret("aws_secret_access_key", "AWS_SECRET_ACCESS_KEY")
                .or_else(|| variable("AWS_SECRET_ACCESS_KEY")),
            session_token: secret("aws_session_token", "AWS_SESSION_TOKEN"),
            api_key: None,
        });
    }
    let is_local = params.get("api_base").or_else(|| params.get("base_url")).is_some();
    let needed = kind != ProviderKind::OpenAiCompatible || !is_local;
    let is_ollama = prefix.starts_with("ollama");
    let api_key = api_key.or_else(|| if needed && !is_ollama { variable(&own_name) } else { None })?;
    Some(CredentialsSpec { api_key: Some(api_key), ..CredentialsSpec::default() })
}

const ENVIRONMENT: &str = "os.environ/";

/// `os.environ/NAME` as `${NAME}`; other text as it is.
pub(super) fn reference(text: &str) -> String {
    match text.strip_prefix(ENVIRONMENT) {
        Some(name) => format!("${{{}}}", name.trim_matches(['"', '\'', ' '])),
        None => text.to_owned(),
    }
}
