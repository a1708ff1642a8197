mod assignments;
mod features;
mod payloads;

use glaux_kernel::{Environment, Permission};
use glaux_platform_kit::Context;
use glaux_web::{Problem, change, permit};
use utoipa_axum::{router::OpenApiRouter, routes};

/// To read features, and to watch them change.
pub(crate) const READ: Permission = Permission("features.read");
pub(crate) const WRITE: Permission = Permission("features.write");
/// To decide what is kept of what calls say and are answered.
pub(crate) const WRITE_PAYLOADS: Permission = Permission("payloads.write");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(permit(READ, routes!(features::list_features)))
        .routes(change(WRITE, routes!(features::create_feature)))
        .routes(permit(READ, routes!(features::get_feature)))
        .routes(change(WRITE, routes!(features::update_feature, features::delete_feature)))
        .routes(permit(READ, routes!(features::get_status)))
        .routes(change(WRITE, routes!(features::set_status)))
        .routes(permit(READ, routes!(features::get_config)))
        .routes(change(WRITE, routes!(features::set_config)))
        .routes(permit(READ, routes!(payloads::get_payloads)))
        .routes(change(WRITE_PAYLOADS, routes!(payloads::put_payloads, payloads::delete_payloads)))
        .routes(permit(READ, routes!(assignments::list_all_assignments)))
        .routes(permit(READ, routes!(assignments::list_assignments)))
        .routes(permit(READ, routes!(assignments::get_assignment)))
        .routes(change(WRITE, routes!(assignments::put_assignment, assignments::delete_assignment)))
}

/// The environment of a path.
fn environment(text: &str) -> Result<Environment, Problem> {
    text.parse().map_err(|_| Problem::not_found("environment", text))
}
