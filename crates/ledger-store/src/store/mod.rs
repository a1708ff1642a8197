//! Every statement of this crate.

pub(crate) mod adjustments;
pub(crate) mod analytics;
pub(crate) mod attempts;
pub(crate) mod balances;
pub(crate) mod call_counts;
pub(crate) mod call_list;
pub(crate) mod calls;
pub(crate) mod offsets;
pub(crate) mod retention;
pub(crate) mod rollups;
