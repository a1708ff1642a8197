//! AI capabilities of applications, and what serves them in each environment.
//!
//! - A feature's name is what clients write as `model`; it has no slash, so that it can't be taken for a catalogue model.
//! - An assignment is an object of its own, `feature/environment`: it is what a deployment changes and an undo restores.
//! - A model that is assigned exists when it is assigned. One that is removed later is left out where calls are routed.

mod assignment;
mod feature;
mod payloads;
mod routes;
mod service;
mod undo;

pub use assignment::{Assignment, AssignmentState, assignment_name};
pub use feature::{Feature, FeatureState};
pub use service::{FeatureChange, NewAssignment, NewFeature, assign, create, delete, put, unassign, update};
pub use undo::undoing;

/// The routes.
pub fn module() -> glaux_platform_kit::Module {
    glaux_platform_kit::Module { routes: routes::routes() }
}
