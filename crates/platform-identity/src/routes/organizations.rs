use axum::{extract::State, http::StatusCode, response::Response};
use glaux_kernel::{OrganizationId, Page};
use glaux_platform_kit::{Change, Context};
use glaux_web::{Caller, Grant, Json, PageSchema, Path, Problem, Tagged, Write};

use crate::{
    Organization,
    organization::{self, SettingsChange},
    store,
};

/// The organizations that the caller may act in.
#[utoipa::path(get, path = "/api/organizations", operation_id = "list_organizations", tag = "identity",
    responses((status = 200, body = PageSchema<Organization>)))]
pub(super) async fn list_organizations(
    State(context): State<Context>,
    caller: Caller,
) -> Result<Json<Page<Organization>>, Problem> {
    let items = match caller.grant {
        Grant::Everything => organization::list_organizations(&context.db).await?,
        Grant::Only(_) => {
            let mut tx = context.db.organization(caller.organization).read().await?;
            vec![store::get_organization(&mut tx).await?]
        }
    };
    Ok(Json(Page { items, next_cursor: None }))
}

/// An organization by name or id.
#[utoipa::path(get, path = "/api/organizations/{organization}", operation_id = "get_organization", tag = "identity",
    params(("organization" = String, Path)), responses((status = 200, body = Organization)))]
pub(super) async fn get_organization(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Tagged<Organization>, Problem> {
    let organization = enter(&context, &caller, &reference).await?;
    Ok(Tagged { tag: organization.tag()?, body: organization })
}

/// Changes an organization: what it is called, and where its days begin.
#[utoipa::path(patch, path = "/api/organizations/{organization}", operation_id = "update_organization", tag = "identity",
    params(("organization" = String, Path)), request_body = SettingsChange, responses((status = 200, body = Organization)))]
pub(super) async fn update_organization(
    State(context): State<Context>,
    mut write: Write,
    Path(reference): Path<String>,
    Json(asked): Json<SettingsChange>,
) -> Result<Response, Problem> {
    write.caller.organization = enter(&context, &write.caller, &reference).await?.id;
    let mut change = Change::begin(&context, write).await?;
    let organization = organization::update(&mut change, asked).await?;
    let tag = organization.tag()?;
    change.answer(StatusCode::OK, organization, Some(tag)).await
}

/// The organization that is named, if the caller may act in it.
async fn enter(context: &Context, caller: &Caller, reference: &str) -> Result<Organization, Problem> {
    let may_enter = |id: OrganizationId| match caller.grant {
        Grant::Everything => true,
        Grant::Only(_) => id == caller.organization,
    };
    let found = organization::find(&context.db, reference).await?;
    found.filter(|found| may_enter(found.id)).ok_or_else(|| Problem::not_found(organization::KIND, reference))
}
