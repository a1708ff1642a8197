//! Wire codecs of every dialect and provider, usage extraction, cost rating.
//!
//! Pure: bytes in, bytes out; no I/O, no clock, no async.

mod meter;
pub mod price;
mod usage;

pub use meter::{Meter, MeterGroup};
pub use price::{Conditions, PriceRule, Rating, RatingContext, ServiceTier};
pub use usage::{Usage, UsageBasis};
