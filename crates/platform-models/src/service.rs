//! What is done with providers, models, aliases and routing policies, in the change that the caller opened.
//!
//! `put_…` brings an object to what is stated, whether it is there or not: that is how a file is applied. What the
//! statement leaves out stays as it is.

mod alias;
mod model;
mod provider;
mod routing_policy;

use glaux_web::{FieldError, Problem};

pub use alias::{NewAlias, put_alias};
pub(crate) use alias::{create_alias, update_alias};
pub(crate) use model::{ModelChange, create_model, update_model};
pub use model::{NewModel, put_model};
pub use provider::{NewProvider, put_provider};
pub(crate) use provider::{ProviderChange, create_provider, rotate_provider, update_provider};
pub use routing_policy::{NewRoutingPolicy, put_routing_policy};
pub(crate) use routing_policy::{RoutingPolicyChange, create_routing_policy, update_routing_policy};

fn refuse(errors: Vec<FieldError>) -> Result<(), Problem> {
    if errors.is_empty() { Ok(()) } else { Err(Problem::invalid(errors)) }
}
