//! Providers, models, prices, aliases and routing policies: what a call can go to, and what that costs.
//!
//! The catalogue is data: figures come from published price lists through [`import`], each with its source, and are
//! exact or reported as a [`catalogue::Finding`]. Nothing that a source states about prices is dropped silently. An
//! organization takes over from it what it wants, and what a person stated is never overwritten by it.

mod adoption;
mod alias;
mod bootstrap;
pub mod bundled;
pub mod catalogue;
mod credentials;
pub mod import;
pub mod litellm_proxy;
mod model;
mod price;
mod probe;
mod provider;
mod routes;
mod routing_policy;
mod service;
mod undo;

use std::sync::Arc;

use glaux_platform_kit::Module;

pub use alias::{Alias, AliasState};
pub use bootstrap::bootstrap;
pub use credentials::open_credentials;
pub use model::{CatalogReference, Model, ModelState, Origin};
pub use price::{ModelPrices, find_prices};
pub use probe::{Probe, ProbeOutcome};
pub use provider::{CredentialReference, Provider, ProviderState};
pub use routing_policy::{RoutingPolicy, RoutingPolicyState, limits_of, policy_of};
pub use service::{
    NewAlias, NewModel, NewProvider, NewRoutingPolicy, put_alias, put_model, put_provider, put_routing_policy,
};
pub use undo::undoing;

/// The routes.
pub fn module() -> Module {
    Module { routes: routes::routes() }
}

/// The route that tests a provider with a call.
pub fn probing_module(probe: Arc<dyn Probe>) -> Module {
    Module { routes: routes::probing_routes(probe) }
}
