//! The calls: a list that is filtered, how many there are over time, and those that come in.

mod asked;
mod entry;
mod routes;
mod tail;

pub(crate) use self::routes::routes;
pub use self::tail::CallTail;
