//! The published configuration as the gateway reads it, and what follows from it.
//!
//! A [`Document`] is the flat, serialisable form that the control plane writes and that lies on disk; a [`Snapshot`]
//! is the same with its references resolved and its look-ups indexed. [`Snapshot::resolve`] and [`admission`] are pure
//! functions of it, so that a simulation and the gateway can't disagree. Nothing here does I/O or reads a clock.

pub mod admission;
pub mod balancing;
mod budget;
pub mod document;
mod overrides;
pub mod payload;
mod resolve;
mod snapshot;

pub use budget::{Budget, BudgetIndex, Subject, threshold_nanos};
pub use document::Document;
pub use overrides::may_override;
pub use resolve::{Refusal, Route};
pub use snapshot::{Assignment, Feature, Finding, Key, KeyHash, Model, Organization, Provider, Snapshot};
