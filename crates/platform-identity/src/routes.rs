use axum::extract::State;
use glaux_kernel::{OrganizationId, Permission, problem::Code};
use glaux_platform_kit::Context;
use glaux_web::{Caller, Grant, Json, Problem, permit};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::store;

const SELF: Permission = Permission("me.read");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(permit(SELF, routes!(get_me)))
}

/// Who calls.
#[derive(Serialize, ToSchema)]
struct Me {
    /// An id, for example of a token.
    actor: String,
    /// For people.
    name: String,
    organization: OrganizationView,
    /// Names of permissions; `*` is every one.
    permissions: Vec<String>,
}

/// A tenant.
#[derive(Serialize, ToSchema)]
struct OrganizationView {
    #[schema(value_type = String, example = "org_01890000000070008000000000000000")]
    id: OrganizationId,
    name: String,
    display_name: String,
    time_zone: String,
    currency: String,
}

/// Who calls, in which organization, with which permissions.
#[utoipa::path(get, path = "/api/me", operation_id = "get_me", tag = "identity", responses((status = 200, body = Me)))]
async fn get_me(State(context): State<Context>, caller: Caller) -> Result<Json<Me>, Problem> {
    let organizations = store::list_organizations(&context.db).await?;
    let organization = organizations.into_iter().find(|one| one.id == caller.organization);
    let organization = organization.ok_or_else(|| Problem::new(Code::NotFound, "the organization is gone"))?;
    let permissions = match &caller.grant {
        Grant::Everything => vec!["*".to_owned()],
        Grant::Only(named) => named.iter().cloned().collect(),
    };
    Ok(Json(Me {
        actor: caller.actor.to_string(),
        name: caller.name,
        organization: OrganizationView {
            id: organization.id,
            name: organization.name,
            display_name: organization.display_name,
            time_zone: organization.time_zone,
            currency: organization.currency,
        },
        permissions,
    }))
}
