//! The HTTP conventions that every route of the management API keeps, so that a capability's handlers are thin.
//!
//! - Every route is registered through [`public`], [`permit`] or [`change`]. That call both documents the permission
//!   and enforces it: the two can't disagree, and a route without it is not in the router.
//! - A query parameter that the route does not document is refused.
//! - An error leaves as RFC 9457 `application/problem+json`; what is our fault shows nothing internal.
//! - A request that a cookie authenticates and that may change something must come from our own pages.
//! - A replayed answer is the stored answer: nothing runs twice, and a secret that was shown once is not in it.

mod caller;
mod cross_site;
mod gate;
pub mod idempotency;
mod json;
pub mod live;
mod openapi;
mod problem;
mod query;
mod rate_limit;
mod reference;
mod schema;
mod shell;
mod tag;
mod write;

pub use caller::{Actor, Authenticate, Caller, Credential, Grant, ORGANIZATION_HEADER, SESSION_COOKIE};
pub use gate::{change, permit, public};
pub use json::{Json, read as read_json};
pub use openapi::{PERMISSION_EXTENSION, complete as complete_openapi, ungated};
pub use problem::{FieldError, Problem};
pub use query::{PageParameters, Paging, Path, Query};
pub use rate_limit::RateLimit;
pub use reference::Reference;
pub use schema::{MoneySchema, PageSchema};
pub use shell::{DEFAULT_BODY_LIMIT, REQUEST_ID_HEADER, Web, shell};
pub use tag::{Expected, Tag, Tagged};
pub use write::{REASON_HEADER, Run, Write};
