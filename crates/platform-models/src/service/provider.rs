use glaux_llm::ProviderKind;
use glaux_platform_kit::{Change, Object, find};
use glaux_routing::document::ProviderLimits;
use glaux_web::{FieldError, Problem};
use serde::Deserialize;
use utoipa::ToSchema;

use super::refuse;
use crate::{
    CredentialReference, Provider, ProviderState,
    adoption::{Adoption, Wanted, adopt, find_entry},
    credentials::{NewCredentials, fingerprint},
    provider::is_name,
};

/// A new upstream account.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProvider {
    /// Stands before the slash of its models' names.
    #[schema(example = "acme-openai")]
    pub(crate) name: String,
    /// openai, anthropic, gemini, google-vision, azure-openai, bedrock, openai-compatible or sandbox.
    #[schema(value_type = String, example = "openai")]
    pub(crate) kind: ProviderKind,
    pub(crate) base_url: Option<String>,
    pub(crate) api_version: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) credentials: Option<NewCredentials>,
    pub(crate) limits: Option<ProviderLimits>,
    /// Also takes over the models that the bundled catalogue has of it, with their prices.
    #[serde(default)]
    pub(crate) catalog: bool,
}

/// What changes of a provider; what is absent stays. New credentials replace the old ones at once.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProviderChange {
    pub(crate) base_url: Option<String>,
    pub(crate) api_version: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) credentials: Option<NewCredentials>,
    pub(crate) limits: Option<ProviderLimits>,
}

/// Adds an upstream account; with `catalog`, also its models.
pub(crate) async fn create_provider(
    change: &mut Change,
    new: NewProvider,
) -> Result<(Object<Provider>, Option<Adoption>), Problem> {
    let NewProvider { name, kind, base_url, api_version, region, credentials, limits, catalog } = new;
    let credential = match credentials {
        Some(credentials) => Some(seal(change, kind, credentials, None).await?),
        None => None,
    };
    let limits = limits.unwrap_or_default();
    let state = ProviderState { kind, base_url, api_version, region, credential, limits }.complete();
    check(&name, &state)?;
    let entry = if catalog { Some(find_entry(&name, &state)?.ok_or_else(no_entry)?) } else { None };
    let provider = change.create::<Provider>(&name, state).await?;
    let adoption = match entry {
        Some(entry) => Some(adopt(change, &provider, &entry, Wanted::Served).await?),
        None => None,
    };
    Ok((provider, adoption))
}

/// Changes a provider: where it is, what it is known by, how calls to it are paced.
pub(crate) async fn update_provider(
    change: &mut Change,
    provider: Object<Provider>,
    asked: ProviderChange,
) -> Result<Object<Provider>, Problem> {
    let now = provider.state.clone();
    let state = ProviderState {
        kind: now.kind,
        base_url: asked.base_url.or(now.base_url),
        api_version: asked.api_version.or(now.api_version),
        region: asked.region.or(now.region),
        credential: now.credential,
        limits: asked.limits.unwrap_or(now.limits),
    };
    // Who may say where calls go could otherwise have the stored credentials sent to himself.
    if asked.credentials.is_none() && state.credential.is_some() && !state.is_where(&provider.state) {
        let detail = "the provider is elsewhere with this base_url; give the credentials for it in the same request";
        return Err(Problem::invalid(vec![FieldError::new("/credentials", detail)]));
    }
    let credential = match asked.credentials {
        Some(credentials) => Some(seal(change, state.kind, credentials, state.credential).await?),
        None => state.credential,
    };
    let state = ProviderState { credential, ..state };
    check(&provider.name, &state)?;
    change.replace(provider, state).await
}

/// Replaces the credentials of a provider.
pub(crate) async fn rotate_provider(
    change: &mut Change,
    provider: Object<Provider>,
    credentials: NewCredentials,
) -> Result<Object<Provider>, Problem> {
    let now = provider.state.clone();
    let credential = Some(seal(change, now.kind, credentials, now.credential).await?);
    change.replace(provider, ProviderState { credential, ..now }).await
}

/// Adds the account, or changes what is stated of it. Models of the catalogue are taken over when it is added.
///
/// # Errors
/// `invalid` when the present account is of another kind.
pub async fn put_provider(change: &mut Change, new: NewProvider) -> Result<Object<Provider>, Problem> {
    let Some(provider) = find::<Provider>(change.read(), &new.name).await? else {
        return Ok(create_provider(change, new).await?.0);
    };
    if provider.state.kind != new.kind {
        let detail = format!("`{}` is of kind {}, which does not change", new.name, provider.state.kind);
        return Err(Problem::invalid(vec![FieldError::new("/kind", detail)]));
    }
    let NewProvider { base_url, api_version, region, credentials, limits, .. } = new;
    let asked = ProviderChange { base_url, api_version, region, credentials, limits };
    update_provider(change, provider, asked).await
}

/// Seals credentials. The same as before stay what they are; others take their place.
async fn seal(
    change: &mut Change,
    kind: ProviderKind,
    credentials: NewCredentials,
    before: Option<CredentialReference>,
) -> Result<CredentialReference, Problem> {
    let text = credentials.seal_text(kind).map_err(Problem::invalid)?;
    let fingerprint = fingerprint(&text);
    if let Some(before) = before {
        if before.fingerprint == fingerprint {
            return Ok(before);
        }
        change.forget(before.secret).await?;
    }
    Ok(CredentialReference { fingerprint, secret: change.seal(&text).await? })
}

fn check(name: &str, state: &ProviderState) -> Result<(), Problem> {
    let mut errors = state.check();
    if !is_name(name) {
        let detail = "a name has 1 to 64 lower-case letters, digits, hyphens, points and underscores";
        errors.push(FieldError::new("/name", detail));
    }
    refuse(errors)
}

fn no_entry() -> Problem {
    let detail = "the catalogue has no such provider; create it without, and name one in its catalog-import";
    Problem::invalid(vec![FieldError::new("/catalog", detail)])
}
