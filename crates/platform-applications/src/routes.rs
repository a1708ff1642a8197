use axum::extract::State;
use glaux_kernel::{ApplicationId, Page, Permission, Timestamp};
use glaux_platform_kit::{Context, Object, get, list};
use glaux_web::{Caller, Json, PageParameters, PageSchema, Paging, Path, Problem, permit};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Application;

const READ: Permission = Permission("applications.read");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(permit(READ, routes!(list_applications))).routes(permit(READ, routes!(get_application)))
}

/// A program that uses AI.
#[derive(Serialize, ToSchema)]
#[schema(as = Application)]
struct ApplicationView {
    #[schema(value_type = String)]
    id: ApplicationId,
    name: String,
    display_name: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<Object<Application>> for ApplicationView {
    fn from(object: Object<Application>) -> Self {
        Self {
            id: object.id,
            name: object.name,
            display_name: object.state.display_name,
            created_at: object.created_at,
        }
    }
}

/// Applications by name.
#[utoipa::path(get, path = "/api/applications", operation_id = "list_applications", tag = "applications",
    params(PageParameters), responses((status = 200, body = PageSchema<ApplicationView>)))]
async fn list_applications(
    State(context): State<Context>,
    caller: Caller,
    Paging(page): Paging,
) -> Result<Json<Page<ApplicationView>>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(list::<Application>(&mut tx, &page).await?.map(ApplicationView::from)))
}

/// An application by name or id.
#[utoipa::path(get, path = "/api/applications/{application}", operation_id = "get_application", tag = "applications",
    params(("application" = String, Path)), responses((status = 200, body = ApplicationView)))]
async fn get_application(
    State(context): State<Context>,
    caller: Caller,
    Path(reference): Path<String>,
) -> Result<Json<ApplicationView>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    Ok(Json(get::<Application>(&mut tx, &reference).await?.into()))
}
