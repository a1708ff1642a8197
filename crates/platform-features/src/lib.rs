//! AI capabilities of applications, and what serves them in each environment.
//!
//! - A feature's name is what clients write as `model`; it has no slash, so that it can't be taken for a catalogue model.
//! - An assignment is an object of its own, `feature/environment`: it is what a deployment changes and an undo restores.

mod assignment;
mod feature;
mod routes;

pub use assignment::{Assignment, AssignmentState, assignment_name};
pub use feature::{Feature, FeatureState};

/// The routes.
pub fn module() -> glaux_platform_kit::Module {
    glaux_platform_kit::Module { routes: routes::routes() }
}
