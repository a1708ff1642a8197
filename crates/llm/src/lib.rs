//! Wire codecs of every dialect and provider, usage extraction, cost rating.
//!
//! Pure: bytes in, bytes out; no I/O, no clock, no async. A call goes through here in this order: [`route()`] names the
//! client's format, [`Request::read`] reads the body once, [`prepare`] makes the provider's request, [`authorize()`]
//! signs it, [`translate_answer`] or a [`StreamTranslator`] turns the answer back and finds its usage, [`price::rate`]
//! makes a cost of it. [`read_failure`] and the `render_` functions do the same for errors.
//!
//! Invariants: where the formats of client and provider match, bytes pass unchanged but for what the gateway decides;
//! what a provider can't express is refused by name or recorded as dropped, never lost silently; usage classes are
//! disjoint and conserve the provider's totals; no input makes a codec panic or hold unbounded memory.

mod answer;
mod authorize;
mod dialects;
pub mod event_stream;
pub mod extract;
mod failure;
mod ir;
pub mod json;
mod losses;
mod meter;
mod models;
mod outbound;
pub mod price;
mod providers;
mod request;
mod route;
pub mod sandbox;
mod sigv4;
mod splice;
pub mod sse;
mod stream;
mod target;
mod translate;
mod usage;
mod wire;

pub use answer::{Answer, AnswerError, Finding, translate_answer};
pub use authorize::{AuthorizeError, authorize};
pub use failure::{FailureClass, Refusal, Rendered, UpstreamFailure, read_failure, render_failure, render_refusal};
pub use meter::{Meter, MeterGroup};
pub use models::render_models;
pub use outbound::{Outbound, PrepareError, Unsupported, prepare};
pub use price::{Conditions, PriceRule, Rating, RatingContext, ServiceTier};
pub use request::{Facts, Media, ProviderTools, ReadError, Request, Tags};
pub use route::{Endpoint, Route, route};
pub use stream::{StreamError, StreamOutcome, StreamTranslator, terminal_error};
pub use target::{Base, Credentials, InvalidBase, Target, UnsupportedPolicy};
pub use usage::{Usage, UsageBasis};
pub use wire::{Dialect, Operation, ProviderKind, UnknownProviderKind, Wire};
