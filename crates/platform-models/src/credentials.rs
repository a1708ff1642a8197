use glaux_kernel::{OrganizationId, Secret, SecretId};
use glaux_llm::{Credentials, ProviderKind};
use glaux_platform_kit::Vault;
use glaux_web::FieldError;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

/// What a provider knows the account by: an API key, or the parts of an AWS key. Never comes back.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Credentials)]
pub(crate) struct NewCredentials {
    /// For every kind; with Bedrock a Bedrock API key.
    #[schema(value_type = Option<String>, write_only)]
    api_key: Option<Secret>,
    /// AWS, with the two below.
    access_key_id: Option<String>,
    #[schema(value_type = Option<String>, write_only)]
    secret_access_key: Option<Secret>,
    #[schema(value_type = Option<String>, write_only)]
    session_token: Option<Secret>,
}

/// What is sealed: the form of credentials at rest, JSON.
#[derive(Deserialize)]
#[serde(tag = "form", rename_all = "snake_case")]
enum Sealed {
    ApiKey { api_key: Secret },
    Aws { access_key_id: String, secret_access_key: Secret, session_token: Option<Secret> },
}

impl NewCredentials {
    /// The text to be sealed for a provider of this kind.
    pub(crate) fn seal_text(self, kind: ProviderKind) -> Result<Secret, Vec<FieldError>> {
        let error = |detail: &str| vec![FieldError::new("/credentials", detail)];
        let Self { api_key, access_key_id, secret_access_key, session_token } = self;
        let parts = [
            ("api_key", api_key.as_ref().map(Secret::expose)),
            ("access_key_id", access_key_id.as_deref()),
            ("secret_access_key", secret_access_key.as_ref().map(Secret::expose)),
            ("session_token", session_token.as_ref().map(Secret::expose)),
        ];
        let unsendable = parts.into_iter().filter(|(_, text)| text.is_some_and(|text| !is_sendable(text)));
        let detail = "it goes in a header, which holds ASCII without control characters, and no space at its ends";
        let errors = unsendable.map(|(name, _)| FieldError::new(format!("/credentials/{name}"), detail));
        let errors: Vec<_> = errors.collect();
        if !errors.is_empty() {
            return Err(errors);
        }
        let value = match (api_key, access_key_id, secret_access_key) {
            (Some(key), None, None) if !key.expose().is_empty() && session_token.is_none() => {
                serde_json::json!({ "form": "api_key", "api_key": key.expose() })
            }
            (None, Some(_), Some(_)) if kind != ProviderKind::Bedrock => {
                return Err(error(&format!("{kind} providers are known by an api_key")));
            }
            (None, Some(id), Some(secret)) => serde_json::json!({
                "form": "aws",
                "access_key_id": id,
                "secret_access_key": secret.expose(),
                "session_token": session_token.as_ref().map(Secret::expose),
            }),
            _ => return Err(error("credentials are an api_key, or access_key_id and secret_access_key")),
        };
        Ok(Secret::new(value.to_string()))
    }
}

fn is_sendable(text: &str) -> bool {
    text.trim().len() == text.len() && text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ')
}

/// Tells one secret from another without saying what it is.
pub(crate) fn fingerprint(secret: &Secret) -> String {
    hex::encode(&Sha256::digest(secret.expose())[..6])
}

/// Opens what was sealed for a provider.
///
/// # Errors
/// Why not, in words for a finding.
pub fn open_credentials(
    vault: &Vault,
    organization: OrganizationId,
    secret: SecretId,
    sealed: &str,
    region: Option<&str>,
) -> Result<Credentials, String> {
    let text = vault.open(organization, secret, sealed).map_err(|error| error.to_string())?;
    let opened = serde_json::from_str(text.expose()).map_err(|_| "its credentials have an unknown form".to_owned())?;
    Ok(match opened {
        Sealed::ApiKey { api_key } => Credentials::ApiKey(api_key),
        Sealed::Aws { access_key_id, secret_access_key, session_token } => Credentials::Aws {
            access_key_id: access_key_id.into(),
            secret_access_key,
            session_token,
            region: region.ok_or("it has AWS credentials and no region")?.into(),
        },
    })
}
