//! Payloads: what calls said and were answered, redacted, sealed, kept for days.
//!
//! - What is kept, and for how long, is the policy that was in force when the call came; nothing is kept in production
//!   until somebody says so.
//! - Keeping never fails a call and never makes one wait: [`Payloads`] is a queue with a bound, and what it can't take
//!   is lost and counted.
//! - What lies in the database was redacted first and then sealed under a key of its organization.
//! - Each reading and each erasure is in the journal.

mod jobs;
mod model;
mod queue;
mod redaction;
mod routes;
mod sealing;
mod service;
mod store;
mod writer;

pub use jobs::jobs;
pub use queue::Payloads;
pub use service::delete_expired;
pub use writer::Writer;

/// The routes.
pub fn module() -> glaux_platform_kit::Module {
    glaux_platform_kit::Module { routes: routes::routes() }
}
