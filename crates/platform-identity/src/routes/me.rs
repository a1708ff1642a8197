use axum::extract::State;
use glaux_platform_kit::Context;
use glaux_web::{Caller, Grant, Json, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Organization, store};

/// Who calls.
#[derive(Serialize, ToSchema)]
pub(super) struct Me {
    /// `user_…` or `tok_…`.
    actor: String,
    /// For people.
    name: String,
    organization: Organization,
    /// Names of permissions; `*` is every one, in every organization.
    permissions: Vec<String>,
}

/// Who calls, in which organization, with which permissions.
#[utoipa::path(get, path = "/api/me", operation_id = "get_me", tag = "identity", responses((status = 200, body = Me)))]
pub(super) async fn get_me(State(context): State<Context>, caller: Caller) -> Result<Json<Me>, Problem> {
    let mut tx = context.db.organization(caller.organization).read().await?;
    let organization = store::get_organization(&mut tx).await?;
    let permissions = match &caller.grant {
        Grant::Everything => vec!["*".to_owned()],
        Grant::Only(named) => named.iter().cloned().collect(),
    };
    Ok(Json(Me { actor: caller.actor.to_string(), name: caller.name, organization, permissions }))
}
