mod address;

use glaux_kernel::{ProviderId, SecretId, Timestamp};
use glaux_llm::{Base, ProviderKind};
use glaux_platform_kit::Kind;
use glaux_routing::document::ProviderLimits;
use glaux_web::FieldError;
use serde::{Deserialize, Serialize};

use self::address::Sent;

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

impl CredentialReference {
    /// When they were sealed: an id says when it was made, to the millisecond.
    pub(crate) fn set_at(&self) -> Option<Timestamp> {
        let (seconds, nanos) = self.secret.uuid().get_timestamp()?.to_unix();
        let micros = i64::try_from(seconds).ok()?.checked_mul(1_000_000)?.checked_add(i64::from(nanos / 1000))?;
        Some(Timestamp::from_micros(micros))
    }
}

impl ProviderState {
    /// With what follows from the kind: Bedrock's address is that of its region.
    pub(crate) fn complete(mut self) -> Self {
        if let (ProviderKind::Bedrock, None, Some(region)) = (self.kind, &self.base_url, &self.region) {
            self.base_url = Some(format!("https://bedrock-runtime.{region}.amazonaws.com"));
        }
        self
    }

    /// Where calls go.
    fn place(&self) -> Option<&str> {
        self.base_url.as_deref().or(self.kind.default_base_url())
    }

    /// Whether calls go to the same scheme, host and port.
    pub(crate) fn is_where(&self, other: &Self) -> bool {
        match (self.place(), other.place()) {
            (Some(one), Some(other)) => address::is_same_place(one, other),
            (one, other) => one == other,
        }
    }

    /// The rules of the kind that are not kept.
    pub(crate) fn check(&self) -> Vec<FieldError> {
        let mut errors = Vec::new();
        let mut rule = |pointer: &str, holds: bool, detail: String| {
            if !holds {
                errors.push(FieldError::new(pointer, detail));
            }
        };
        let kind = self.kind;
        match &self.base_url {
            Some(url) if url.parse::<Base>().is_err() => {
                rule("/base_url", false, format!("`{url}` is no http or https URL"));
            }
            Some(url) => {
                let sent = if self.credential.is_some() { Sent::Credentials } else { Sent::Nothing };
                let checked = address::check(url, sent);
                rule("/base_url", checked.is_ok(), checked.err().unwrap_or_default());
            }
            None => rule("/base_url", kind.default_base_url().is_some(), format!("{kind} providers need a base_url")),
        }
        let is_azure = kind == ProviderKind::AzureOpenAi;
        rule("/api_version", is_azure || self.api_version.is_none(), format!("{kind} providers have no api_version"));
        let needs_region = kind == ProviderKind::Bedrock;
        rule("/region", !needs_region || self.region.is_some(), format!("{kind} providers need a region"));
        let is_open = matches!(kind, ProviderKind::Sandbox | ProviderKind::OpenAiCompatible);
        rule("/credentials", is_open || self.credential.is_some(), format!("{kind} providers need credentials"));
        errors
    }
}

/// What names of providers and policies are made of.
pub(crate) fn is_name(name: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'.' | b'_');
    !name.is_empty() && name.len() <= 64 && name.bytes().all(valid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(kind: ProviderKind) -> ProviderState {
        let secret = SecretId::from_uuid(Default::default());
        ProviderState {
            kind,
            base_url: None,
            api_version: None,
            region: None,
            credential: Some(CredentialReference { secret, fingerprint: String::new() }),
            limits: ProviderLimits::default(),
        }
    }

    #[test]
    fn every_kind_has_its_rules() {
        let check = |state: ProviderState, expected: &[&str]| {
            let state = state.complete();
            let pointers: Vec<String> = state.check().into_iter().map(|error| error.pointer).collect();
            assert_eq!(pointers, expected, "{state:?}");
        };
        let base_url = Some("https://acme.example/v1".to_owned());
        check(state(ProviderKind::OpenAi), &[]);
        check(ProviderState { credential: None, ..state(ProviderKind::Anthropic) }, &["/credentials"]);
        check(ProviderState { credential: None, ..state(ProviderKind::Sandbox) }, &[]);
        check(
            ProviderState { api_version: Some("2024-10-21".to_owned()), ..state(ProviderKind::Gemini) },
            &["/api_version"],
        );
        check(state(ProviderKind::AzureOpenAi), &["/base_url"]);
        let version = Some("2024-10-21".to_owned());
        check(
            ProviderState { base_url: base_url.clone(), api_version: version, ..state(ProviderKind::AzureOpenAi) },
            &[],
        );
        check(state(ProviderKind::Bedrock), &["/base_url", "/region"]);
        check(ProviderState { region: Some("eu-west-1".to_owned()), ..state(ProviderKind::Bedrock) }, &[]);
        check(ProviderState { base_url, credential: None, ..state(ProviderKind::OpenAiCompatible) }, &[]);
        check(ProviderState { base_url: Some("acme".to_owned()), ..state(ProviderKind::OpenAi) }, &["/base_url"]);
    }
}
