//! Organizations, and who may call the management API.
//!
//! - There is always one organization, `default`, besides the platform's own, and in it one user, `admin`.
//! - Tokens, links and sessions are known by their SHA-256 only. They are looked up by it: how long that takes says
//!   nothing about the text.
//! - A link signs in once. What a role may do is looked up with every request, so a right that is taken away is gone.

mod attempts;
mod authenticate;
mod bootstrap;
mod jobs;
mod organization;
mod role;
mod routes;
mod session;
mod store;
mod token;
mod undo;
mod user;

pub use authenticate::Identity;
pub use jobs::jobs;
pub use organization::{DEFAULT_ORGANIZATION, Organization, list_organizations, list_organizations_in};
pub use role::Role;
pub use session::SignInLink;
pub use token::{Token, TokenState};
pub use undo::undoing;
pub use user::{User, UserState};

/// The routes.
pub fn module() -> glaux_platform_kit::Module {
    glaux_platform_kit::Module { routes: routes::routes() }
}
