use glaux_kernel::{ProviderId, SecretId};
use glaux_llm::{Base, ProviderKind};
use glaux_platform_kit::Kind;
use glaux_routing::document::ProviderLimits;
use glaux_web::FieldError;
use serde::{Deserialize, Serialize};

/// An upstream account.
pub struct Provider;

impl Kind for Provider {
    const KIND: &'static str = "provider";
    const SCHEMA_VERSION: u32 = 1;
    type Id = ProviderId;
    type State = ProviderState;
}

/// What is known of an upstream account. Its credentials are in the vault.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProviderState {
    /// What it speaks.
    pub kind: ProviderKind,
    /// Scheme, host and path prefix; absent for kinds that have a public one.
    pub base_url: Option<String>,
    /// Azure's `api-version`.
    pub api_version: Option<String>,
    /// Bedrock's region.
    pub region: Option<String>,
    /// What it is known by, without what it is.
    pub credential: Option<CredentialReference>,
    /// How calls to it are paced and timed.
    pub limits: ProviderLimits,
}

/// Names sealed credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialReference {
    /// Where they are.
    pub secret: SecretId,
    /// The first twelve digits of their SHA-256: tells one from another.
    pub fingerprint: String,
}

impl ProviderState {
    /// The rules of the kind that are not kept.
    pub(crate) fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        match &self.base_url {
            Some(url) => {
                if let Err(error) = url.parse::<Base>() {
                    errors.push(FieldError::new("/base_url", error.to_string()));
                }
            }
            None if self.kind.default_base_url().is_none() => {
                errors.push(FieldError::new("/base_url", format!("{} providers need a base_url", self.kind)));
            }
            None => {}
        }
        let needs_credential = match self.kind {
            ProviderKind::Sandbox | ProviderKind::OpenAiCompatible => false,
            ProviderKind::OpenAi
            | ProviderKind::Anthropic
            | ProviderKind::Gemini
            | ProviderKind::GoogleVision
            | ProviderKind::AzureOpenAi
            | ProviderKind::Bedrock => true,
        };
        if needs_credential && self.credential.is_none() {
            errors.push(FieldError::new("/credentials", format!("{} providers need credentials", self.kind)));
        }
        errors
    }
}
