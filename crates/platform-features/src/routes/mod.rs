mod assignments;
mod features;

use glaux_kernel::Permission;
use glaux_platform_kit::Context;
use glaux_web::{change, permit};
use utoipa_axum::{router::OpenApiRouter, routes};

/// To read features, and to watch them change.
pub(crate) const READ: Permission = Permission("features.read");
const WRITE: Permission = Permission("features.write");

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
        .routes(permit(READ, routes!(assignments::list_assignments)))
        .routes(permit(READ, routes!(assignments::get_assignment)))
        .routes(change(WRITE, routes!(assignments::put_assignment, assignments::delete_assignment)))
}
