use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::problem::Code;
use glaux_kernel::{Page, ProviderId, Timestamp};
use glaux_llm::ProviderKind;
use glaux_platform_kit::{Change, Context, Object, get, list, list_all};
use glaux_routing::document::ProviderLimits;
use glaux_web::{Caller, FieldError, Json, PageParameters, PageSchema, Paging, Path, Problem, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    CredentialReference, Model, Provider, ProviderState,
    adoption::{Adoption, Wanted, adopt, find_entry},
    credentials::{NewCredentials, fingerprint},
    provider::is_name,
};

/// An upstream account. Its credentials never come back.
#[derive(Serialize, ToSchema)]
#[schema(as = Provider)]
pub(super) struct ProviderView {
    #[schema(value_type = String)]
    id: ProviderId,
    name: String,
    #[schema(value_type = String, example = "openai")]
    kind: ProviderKind,
    base_url: Option<String>,
    api_version: Option<String>,
    region: Option<String>,
    /// Tells one credential from another; absent when there is none.
    credential_fingerprint: Option<String>,
    limits: ProviderLimits,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl From<Object<Provider>> for ProviderView {
    fn from(object: Object<Provider>) -> Self {
        let ProviderState { kind, base_url, api_version, region, credential, limits } = object.state;
        Self {
            id: object.id,
            name: object.name,
            kind,
            base_url,
            api_version,
            region,
            credential_fingerprint: credential.map(|credential| credential.fingerprint),
            limits,
            created_at: object.created_at,
            updated_at: object.updated_at,
        }
    }
}

/// A new upstream account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProvider {
    /// Stands before the slash of its models' names.
    #[schema(example = "acme-openai")]
    name: String,
    /// openai, anthropic, gemini, google-vision, azure-openai, bedrock, openai-compatible or sandbox.
    #[schema(value_type = String, example = "openai")]
    kind: ProviderKind,
    base_url: Option<String>,
    api_version: Option<String>,
    region: Option<String>,
    credentials: Option<NewCredentials>,
    #[serde(default)]
    limits: ProviderLimits,
    /// Also takes over the models that the bundled catalogue has of it, with their prices.
    #[serde(default)]
    catalog: bool,
}

/// A new upstream account, and the models that it came with.
#[derive(Serialize, ToSchema)]
pub(super) struct CreatedProvider {
    #[serde(flatten)]
    provider: ProviderView,
    #[serde(skip_serializing_if = "Option::is_none")]
    catalog: Option<Adoption>,
}

/// The credentials that replace the present ones.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CredentialRotation {
    credentials: NewCredentials,
}

/// What changes of a provider; what is absent stays. New credentials replace the old ones at once.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderChange {
    base_url: Option<String>,
    api_version: Option<String>,
    region: Option<String>,
    credentials: Option<NewCredentials>,
    limits: Option<ProviderLimits>,
}

async fn seal(
    change: &mut Change,
    kind: ProviderKind,
    credentials: NewCredentials,
) -> Result<CredentialReference, Problem> {
    let text = credentials.seal_text(kind).map_err(Problem::invalid)?;
    Ok(CredentialReference { fingerprint: fingerprint(&text), secret: change.seal(&text).await? })
}

fn check(name: &str, state: &ProviderState) -> Result<(), Problem> {
    let mut errors = state.check();
    if !is_name(name) {
        let detail = "a name has 1 to 64 lower-case letters, digits, hyphens, points and underscores";
        errors.push(FieldError::new("/name", detail));
    }
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
}

/// Providers by name.
#[utoipa::path(get, path = "/api/platform/ai-management/models/providers", operation_id = "list_providers",
    tag = "models", params(PageParameters), responses((status = 200, body = PageSchema<ProviderView>)))]
pub(super) async fn list_providers(
    State(context): State<Context>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<ProviderView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(list::<Provider>(&mut tx, &page).await?.map(ProviderView::from)))
}

/// Adds an upstream account.
#[utoipa::path(post, path = "/api/platform/ai-management/models/providers", operation_id = "create_provider",
    tag = "models", request_body = NewProvider, responses((status = 201, body = CreatedProvider)))]
pub(super) async fn create_provider(
    State(context): State<Context>,
    write: Write,
    Json(new): Json<NewProvider>,
) -> Result<Response, Problem> {
    let NewProvider { name, kind, base_url, api_version, region, credentials, limits, catalog } = new;
    let mut change = Change::begin(&context, write).await?;
    let credential = match credentials {
        Some(credentials) => Some(seal(&mut change, kind, credentials).await?),
        None => None,
    };
    let state = ProviderState { kind, base_url, api_version, region, credential, limits }.complete();
    check(&name, &state)?;
    let entry = if catalog { Some(find_entry(&name, &state)?.ok_or_else(no_entry)?) } else { None };
    let provider = change.create::<Provider>(&name, state).await?;
    let tag = provider.tag()?;
    let catalog = match entry {
        Some(entry) => Some(adopt(&mut change, &provider, &entry, Wanted::Served).await?),
        None => None,
    };
    change.answer(StatusCode::CREATED, CreatedProvider { provider: provider.into(), catalog }, Some(tag)).await
}

fn no_entry() -> Problem {
    let detail = "the catalogue has no such provider; create it without, and name one in its catalog-import";
    Problem::invalid(vec![FieldError::new("/catalog", detail)])
}

/// A provider by name or id.
#[utoipa::path(get, path = "/api/platform/ai-management/models/providers/{provider}", operation_id = "get_provider",
    tag = "models", params(("provider" = String, Path)), responses((status = 200, body = ProviderView)))]
pub(super) async fn get_provider(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<ProviderView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let provider = get::<Provider>(&mut tx, &reference).await?;
    Ok(Tagged { tag: provider.tag()?, body: provider.into() })
}

/// Changes a provider: where it is, what it is known by, how calls to it are paced.
#[utoipa::path(patch, path = "/api/platform/ai-management/models/providers/{provider}", operation_id = "update_provider",
    tag = "models", params(("provider" = String, Path)), request_body = ProviderChange,
    responses((status = 200, body = ProviderView)))]
pub(super) async fn update_provider(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<ProviderChange>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let provider = get::<Provider>(change.read(), &reference).await?;
    let now = provider.state.clone();
    let credential = match asked.credentials {
        Some(credentials) => Some(replace_credentials(&mut change, &now, credentials).await?),
        None => now.credential,
    };
    let state = ProviderState {
        kind: now.kind,
        base_url: asked.base_url.or(now.base_url),
        api_version: asked.api_version.or(now.api_version),
        region: asked.region.or(now.region),
        credential,
        limits: asked.limits.unwrap_or(now.limits),
    };
    check(&provider.name, &state)?;
    let provider = change.replace(provider, state).await?;
    let tag = provider.tag()?;
    change.answer(StatusCode::OK, ProviderView::from(provider), Some(tag)).await
}

async fn replace_credentials(
    change: &mut Change,
    now: &ProviderState,
    credentials: NewCredentials,
) -> Result<CredentialReference, Problem> {
    if let Some(old) = &now.credential {
        change.forget(old.secret).await?;
    }
    seal(change, now.kind, credentials).await
}

/// Replaces the credentials of a provider. Calls that are under way end with the old ones.
#[utoipa::path(post, path = "/api/platform/ai-management/models/providers/{provider}/rotate",
    operation_id = "rotate_provider", tag = "models", params(("provider" = String, Path)),
    request_body = CredentialRotation, responses((status = 200, body = ProviderView)))]
pub(super) async fn rotate_provider(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<CredentialRotation>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let provider = get::<Provider>(change.read(), &reference).await?;
    let now = provider.state.clone();
    let credential = Some(replace_credentials(&mut change, &now, asked.credentials).await?);
    let provider = change.replace(provider, ProviderState { credential, ..now }).await?;
    let tag = provider.tag()?;
    change.answer(StatusCode::OK, ProviderView::from(provider), Some(tag)).await
}

/// Removes a provider that has no models.
#[utoipa::path(delete, path = "/api/platform/ai-management/models/providers/{provider}", operation_id = "delete_provider",
    tag = "models", params(("provider" = String, Path)), responses((status = 200, body = ProviderView)))]
pub(super) async fn delete_provider(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let provider = get::<Provider>(change.read(), &reference).await?;
    let models = list_all::<Model>(change.read()).await?;
    if let Some(model) = models.iter().find(|model| model.state.provider == provider.id) {
        let detail = format!("the provider has models, for example {}; remove them first", model.name);
        return Err(Problem::new(Code::Conflict, detail));
    }
    if let Some(credential) = &provider.state.credential {
        change.forget(credential.secret).await?;
    }
    change.delete(&provider).await?;
    change.answer(StatusCode::OK, ProviderView::from(provider), None).await
}
