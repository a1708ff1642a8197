//! Providers, models, prices, aliases and routing policies: what a call can go to, and what that costs.
//!
//! The catalogue is data: figures come from published price lists through [`import`], each with its source, and are
//! exact or reported as a [`catalogue::Finding`]. Nothing that a source states about prices is dropped silently.

mod bootstrap;
pub mod bundled;
pub mod catalogue;
mod credentials;
pub mod import;
mod model;
mod price;
mod provider;
mod routes;

pub use bootstrap::bootstrap;
pub use credentials::open_credentials;
pub use model::{Model, ModelState, ModelType};
pub use provider::{CredentialReference, Provider, ProviderState};

/// The routes.
pub fn module() -> glaux_platform_kit::Module {
    glaux_platform_kit::Module { routes: routes::routes() }
}
