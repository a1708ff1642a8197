use std::sync::Arc;

use glaux_kernel::Permission;
use glaux_platform_kit::Context;
use glaux_web::{change, permit};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Probe;

mod adoption;
mod aliases;
mod findings;
mod models;
mod prices;
mod probe;
mod providers;
mod routing_policies;

const READ: Permission = Permission("models.read");
pub(crate) const WRITE: Permission = Permission("models.write");
/// Apart: who may name models need not be who holds the accounts.
pub(crate) const WRITE_PROVIDERS: Permission = Permission("providers.write");

pub(crate) fn routes() -> OpenApiRouter<Context> {
    OpenApiRouter::new()
        .routes(permit(READ, routes!(providers::list_providers)))
        .routes(change(WRITE_PROVIDERS, routes!(providers::create_provider)))
        .routes(permit(READ, routes!(providers::get_provider)))
        .routes(change(WRITE_PROVIDERS, routes!(providers::update_provider, providers::delete_provider)))
        .routes(change(WRITE_PROVIDERS, routes!(providers::rotate_provider)))
        .routes(change(WRITE, routes!(adoption::import_catalog)))
        .routes(permit(READ, routes!(prices::list_prices)))
        .routes(permit(READ, routes!(findings::list_findings)))
        .routes(permit(READ, routes!(models::list_models)))
        .routes(change(WRITE, routes!(models::create_model)))
        .routes(permit(READ, routes!(models::get_model)))
        .routes(change(WRITE, routes!(models::update_model, models::delete_model)))
        .routes(permit(READ, routes!(aliases::list_aliases)))
        .routes(change(WRITE, routes!(aliases::create_alias)))
        .routes(permit(READ, routes!(aliases::get_alias)))
        .routes(change(WRITE, routes!(aliases::update_alias, aliases::delete_alias)))
        .routes(permit(READ, routes!(routing_policies::list_routing_policies)))
        .routes(change(WRITE, routes!(routing_policies::create_routing_policy)))
        .routes(permit(READ, routes!(routing_policies::get_routing_policy)))
        .routes(change(
            WRITE,
            routes!(routing_policies::update_routing_policy, routing_policies::delete_routing_policy),
        ))
}

/// Apart, because it needs what sends the calls.
pub(crate) fn probing_routes(probe: Arc<dyn Probe>) -> OpenApiRouter<Context> {
    probe::routes(probe)
}
