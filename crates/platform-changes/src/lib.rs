//! Change sets: configuration from a file, applied as one change.
//!
//! - A [`PlatformFile`] states objects in the words of the management API. What is stated is made so; what is not stated
//!   stays as it is, and nothing is removed.
//! - All of it is applied, or none of it: one transaction, one change set in the journal, one publication.

mod apply;
mod file;
mod routes;

pub use file::{FeatureEntry, PlatformFile};
use glaux_platform_kit::Module;

/// The routes.
pub fn module() -> Module {
    Module { routes: routes::routes() }
}
