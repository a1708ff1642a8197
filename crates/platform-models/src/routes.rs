use glaux_kernel::Permission;
use glaux_platform_kit::Context;
use glaux_web::{change, permit};
use utoipa_axum::{router::OpenApiRouter, routes};

mod models;
mod providers;

const READ: Permission = Permission("models.read");
const WRITE: Permission = Permission("models.write");
/// Apart: who may name models need not be who holds the accounts.
const WRITE_PROVIDERS: Permission = Permission("providers.write");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(permit(READ, routes!(providers::list_providers)))
        .routes(change(WRITE_PROVIDERS, routes!(providers::create_provider)))
        .routes(permit(READ, routes!(providers::get_provider)))
        .routes(change(WRITE_PROVIDERS, routes!(providers::update_provider, providers::delete_provider)))
        .routes(permit(READ, routes!(models::list_models)))
        .routes(change(WRITE, routes!(models::create_model)))
        .routes(permit(READ, routes!(models::get_model)))
        .routes(change(WRITE, routes!(models::update_model, models::delete_model)))
}
