use axum::{extract::State, http::StatusCode, response::Response};
use glaux_platform_kit::{Change, Context, get};
use glaux_web::{FieldError, Json, Path, Problem, Write};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Provider,
    adoption::{Adoption, Wanted, adopt, find_entry},
    bundled,
};

/// Which models to take over from the bundled catalogue.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CatalogImportRequest {
    /// The catalogue's name for the provider; absent: found by kind, address or name.
    #[schema(example = "openai")]
    catalog: Option<String>,
    /// The provider's names of models; absent: all that have a price and are still served.
    models: Option<Vec<String>>,
}

/// Takes models and their prices over from the bundled catalogue. What a person described stays as it is; where a price
/// changes, the old one stays for what was called before.
#[utoipa::path(post, path = "/api/platform/ai-management/models/providers/{provider}/catalog-import",
    operation_id = "import_catalog", tag = "models", params(("provider" = String, Path)),
    request_body = CatalogImportRequest, responses((status = 200, body = Adoption)))]
pub(super) async fn import_catalog(
    State(context): State<Context>,
    write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<CatalogImportRequest>,
) -> Result<Response, Problem> {
    let mut change = Change::begin(&context, write).await?;
    let provider = get::<Provider>(change.read(), &reference).await?;
    let entry = match &asked.catalog {
        Some(name) => bundled::provider(name).map_err(Problem::internal)?,
        None => find_entry(&provider.name, &provider.state)?,
    };
    let entry = entry.ok_or_else(|| {
        Problem::invalid(vec![FieldError::new("/catalog", "the catalogue has no such provider; name one that it has")])
    })?;
    let wanted = asked.models.as_deref().map_or(Wanted::Served, Wanted::Named);
    let adoption = adopt(&mut change, &provider, &entry, wanted).await?;
    change.answer(StatusCode::OK, adoption, None).await
}
