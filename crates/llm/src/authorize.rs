//! Credentials onto an outgoing request. Pure: the time is a parameter.

use glaux_kernel::Timestamp;
use http::{HeaderName, HeaderValue, header};

use crate::{
    Credentials, Outbound, ProviderKind,
    providers::{KeyHeader, provider},
    sigv4,
};

/// The credentials can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AuthorizeError {
    /// The key holds bytes that no header may hold.
    #[error("the key can't be sent in a header")]
    InvalidKey,
    /// AWS credentials for a provider that is not Bedrock.
    #[error("{0} providers do not take AWS credentials")]
    WrongKind(ProviderKind),
}

/// Adds the headers by which the provider knows the account.
///
/// For Bedrock with AWS credentials this signs method, path, headers and body: nothing of them may change afterwards.
///
/// # Errors
/// The credentials do not fit the provider or a header.
pub fn authorize(
    outbound: &mut Outbound,
    kind: ProviderKind,
    credentials: &Credentials,
    now: Timestamp,
) -> Result<(), AuthorizeError> {
    match credentials {
        Credentials::None => Ok(()),
        Credentials::ApiKey(key) => {
            let (name, text) = match provider(kind).key {
                KeyHeader::Bearer => (header::AUTHORIZATION, format!("Bearer {}", key.expose())),
                KeyHeader::Named(name) => (HeaderName::from_static(name), key.expose().to_owned()),
            };
            let mut value = HeaderValue::try_from(text).map_err(|_| AuthorizeError::InvalidKey)?;
            value.set_sensitive(true);
            outbound.headers.insert(name, value);
            Ok(())
        }
        Credentials::Aws { .. } if kind != ProviderKind::Bedrock => Err(AuthorizeError::WrongKind(kind)),
        Credentials::Aws { access_key_id, secret_access_key, session_token, region } => {
            let signer = sigv4::Signer {
                access_key_id,
                secret_access_key,
                session_token: session_token.as_ref(),
                region,
                service: "bedrock",
            };
            signer.sign(outbound, now).ok_or(AuthorizeError::InvalidKey)
        }
    }
}
