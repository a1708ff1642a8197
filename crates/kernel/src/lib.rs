//! The words every other crate speaks: ids, money, time, paging, secrets, problem codes.
//!
//! Nothing here does I/O, awaits, or reads a clock: [`Clock`] and [`Rng`] are passed in.

mod clock;
mod environment;
pub mod id;
mod money;
mod page;
mod permission;
pub mod problem;
mod secret;
mod time;

pub use clock::{Clock, Rng};
pub use environment::Environment;
pub use id::*;
pub use money::{Currency, Money, MoneyError, Rate};
pub use page::{Cursor, Page, PageRequest};
pub use permission::Permission;
pub use secret::Secret;
pub use time::{Period, Timestamp};
