use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{Page, ProviderId, Timestamp};
use glaux_llm::ProviderKind;
use glaux_platform_kit::{Change, Context, Object, get, has_text, list_matching, remove};
use glaux_routing::document::ProviderLimits;
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, Query, Tagged, Write};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    CredentialReference, Provider, ProviderState,
    adoption::Adoption,
    credentials::NewCredentials,
    service::{self, NewProvider, ProviderChange},
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
    /// When these credentials were given.
    #[schema(value_type = Option<String>, format = DateTime)]
    credentials_set_at: Option<Timestamp>,
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
            credentials_set_at: credential.as_ref().and_then(CredentialReference::set_at),
            credential_fingerprint: credential.map(|credential| credential.fingerprint),
            limits,
            created_at: object.created_at,
            updated_at: object.updated_at,
        }
    }
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

/// Which providers are asked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Asked {
    /// With this text in the name; upper and lower case are one.
    q: Option<String>,
}

/// Providers by name.
#[utoipa::path(get, path = "/api/platform/ai-management/models/providers", operation_id = "list_providers",
    tag = "models", params(Asked, PageParameters), responses((status = 200, body = PageSchema<ProviderView>)))]
pub(super) async fn list_providers(
    State(context): State<Context>,
    caller: Caller,
    Query(asked): Query<Asked>,
    Paging(page): Paging,
) -> Result<Json<Page<ProviderView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let found = list_matching::<Provider>(&mut tx, &page, |provider| has_text(&provider.name, asked.q.as_deref()));
    Ok(Json(found.await?.map(ProviderView::from)))
}

/// Adds an upstream account.
#[utoipa::path(post, path = "/api/platform/ai-management/models/providers", operation_id = "create_provider",
    tag = "models", request_body = NewProvider, responses((status = 201, body = CreatedProvider)))]
pub(super) async fn create_provider(
    State(context): State<Context>,
    write: Write,
    Json(new): Json<NewProvider>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let (provider, catalog) = service::create_provider(&mut change, new).await?;
    let tag = provider.tag()?;
    change.answer(StatusCode::CREATED, CreatedProvider { provider: provider.into(), catalog }, Some(tag)).await
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
    let provider = service::update_provider(&mut change, provider, asked).await?;
    let tag = provider.tag()?;
    change.answer(StatusCode::OK, ProviderView::from(provider), Some(tag)).await
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
    let provider = service::rotate_provider(&mut change, provider, asked.credentials).await?;
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
    remove(&mut change, &provider).await?;
    change.answer(StatusCode::OK, ProviderView::from(provider), None).await
}
