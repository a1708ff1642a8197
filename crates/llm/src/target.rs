use std::{fmt, str::FromStr};

use glaux_kernel::Secret;
use http::uri::{Authority, PathAndQuery, Scheme, Uri};
use serde_json::{Map, Value};

use crate::ProviderKind;

/// Where and how a request is sent. Everything is borrowed from the gateway's snapshot.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The provider's API.
    pub kind: ProviderKind,
    /// Where it is.
    pub base: &'a Base,
    /// The provider's name of the model. With Azure the name of the deployment.
    pub model: &'a str,
    /// The most output tokens the gateway lets through. A request that asks for more, or says nothing, gets this limit.
    pub max_output_tokens: Option<u64>,
    /// Parameters set by configuration, in OpenAI's names (`temperature`, `reasoning_effort`…); they replace the client's.
    pub overrides: &'a Map<String, Value>,
    /// What to do with fields that the provider can't express.
    pub unsupported: UnsupportedPolicy,
    /// `api-version` of Azure; absent: Azure's versionless `v1` API.
    pub api_version: Option<&'a str>,
}

/// What happens to a field of the request for which the provider has no equivalent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnsupportedPolicy {
    /// The call is refused and the field named.
    #[default]
    Refuse,
    /// The field is left out and named in [`Outbound::dropped`](crate::Outbound::dropped).
    Drop,
}

/// A provider's base URL, taken apart once.
#[derive(Clone, PartialEq, Eq)]
pub struct Base {
    scheme: Scheme,
    authority: Authority,
    /// Without a slash at the end.
    prefix: Box<str>,
}

/// Text that is no base URL.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an absolute http or https URL without a query")]
pub struct InvalidBase(String);

impl Base {
    /// The host and, if it is not the scheme's own, the port.
    pub fn authority(&self) -> &str {
        self.authority.as_str()
    }

    /// The host alone.
    pub fn host(&self) -> &str {
        self.authority.host()
    }

    /// The URL of `path`, which begins with a slash and may have a query. `None` if it holds bytes that no URL may hold.
    pub(crate) fn join(&self, path: &str) -> Option<Uri> {
        let mut full = String::with_capacity(self.prefix.len() + path.len());
        full.push_str(&self.prefix);
        full.push_str(path);
        let mut parts = http::uri::Parts::default();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        parts.path_and_query = Some(PathAndQuery::try_from(full).ok()?);
        Uri::from_parts(parts).ok()
    }
}

impl FromStr for Base {
    type Err = InvalidBase;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidBase(text.chars().take(200).collect());
        let parts = text.trim().parse::<Uri>().map_err(|_| invalid())?.into_parts();
        let scheme = parts.scheme.filter(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS);
        let (Some(scheme), Some(authority)) = (scheme, parts.authority) else { return Err(invalid()) };
        let path = parts.path_and_query.ok_or_else(invalid)?;
        if path.query().is_some() || authority.as_str().contains('@') {
            return Err(invalid());
        }
        Ok(Self { scheme, authority, prefix: path.path().trim_end_matches('/').into() })
    }
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

impl fmt::Debug for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What a provider knows the account by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credentials {
    /// Nothing: a local server, the sandbox.
    None,
    /// A key or token. With Bedrock a Bedrock API key.
    ApiKey(Secret),
    /// AWS Signature Version 4.
    Aws {
        /// `AKIA…`.
        access_key_id: Box<str>,
        /// Signs.
        secret_access_key: Secret,
        /// Of temporary credentials.
        session_token: Option<Secret>,
        /// `us-east-1`.
        region: Box<str>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_urls_are_taken_apart_and_joined() {
        let check = |text: &str, expected: Option<&str>| {
            let joined = text.parse::<Base>().ok().map(|base| base.join("/models?x=1").unwrap().to_string());
            assert_eq!(joined.as_deref(), expected, "{text}");
        };
        check("https://api.openai.com/v1", Some("https://api.openai.com/v1/models?x=1"));
        check("http://127.0.0.1:8000/v1/", Some("http://127.0.0.1:8000/v1/models?x=1"));
        check("https://example.com", Some("https://example.com/models?x=1"));
        check("ftp://example.com", None);
        check("/v1", None);
        check("https://user:password@example.com/", None);
        check("https://example.com/?q=1", None);
        check("", None);
    }
}
