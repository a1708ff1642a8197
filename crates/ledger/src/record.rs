//! What the ledger holds: five kinds of record, CBOR (RFC 8949) arrays whose places are the fields' numbers.
//!
//! Fields are only ever added, under new numbers; a reader skips numbers that it does not know.
//! Texts that repeat (model, feature name) stand in each record, so that an entry can be read alone
//! long after the configuration it was made under is gone.

use std::{fmt, str::FromStr};

use glaux_kernel::{AttemptId, CallId, HoldId, Timestamp};
use glaux_llm::{ServiceTier, Usage, UsageBasis};
use minicbor::{Decode, Encode};
use serde::Serialize;

pub use crate::{
    adjustment::{Adjustment, AdjustmentReason, Figure},
    attribution::{Attribution, Charge, Purpose, Target},
    cost::{Cost, CostLine, MeterName},
};

/// One record of a segment.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// Money was reserved; nothing has been sent yet.
    #[n(0)]
    HoldOpened(#[n(0)] HoldOpened),
    /// A hold grew while its answer streamed.
    #[n(1)]
    HoldExtended(#[n(0)] HoldExtended),
    /// An attempt ended, and with it its hold.
    #[n(2)]
    Attempt(#[n(0)] Box<Attempt>),
    /// A call ended.
    #[n(3)]
    Call(#[n(0)] Box<Call>),
    /// A settled attempt has another figure.
    #[n(4)]
    Adjustment(#[n(0)] Box<Adjustment>),
}

/// Appended before anything is sent upstream.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize)]
pub struct HoldOpened {
    /// The reservation.
    #[n(0)]
    pub hold: HoldId,
    /// The attempt that it is for.
    #[n(1)]
    pub attempt: AttemptId,
    /// The call that it belongs to.
    #[n(2)]
    pub call: CallId,
    /// Counts the attempts of a call from 1.
    #[n(3)]
    pub number: u32,
    /// When it opened.
    #[n(4)]
    pub at: Timestamp,
    /// Nano-dollars reserved. With no price known and no blocking budget above, zero.
    #[n(5)]
    pub nanos: i64,
    /// The budgets it counts against.
    #[n(6)]
    pub charges: Vec<Charge>,
    /// Who is charged.
    #[n(7)]
    pub attribution: Attribution,
    /// Where it goes.
    #[n(8)]
    pub target: Target,
    /// The usage that the reservation was computed from.
    #[n(9)]
    pub bound: Usage,
    /// The configuration in force.
    #[n(10)]
    pub journal_seq: u64,
    /// A class of the bound that has no price: the reservation does not cover it.
    #[n(11)]
    pub unpriced: Option<MeterName>,
    /// When the first byte of the call came.
    #[n(12)]
    pub call_at: Timestamp,
    /// The `model` that the client asked for.
    #[n(13)]
    pub requested_model: String,
    /// The path that the client called, without query.
    #[n(14)]
    pub path: String,
    /// The client asked for a stream.
    #[n(15)]
    pub stream: bool,
}

/// Appended before more of an answer is let through than the hold covers.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize)]
pub struct HoldExtended {
    /// The reservation.
    #[n(0)]
    pub hold: HoldId,
    /// When it grew.
    #[n(1)]
    pub at: Timestamp,
    /// Nano-dollars reserved now, all in all.
    #[n(2)]
    pub nanos: i64,
    /// The usage that the reservation covers now, all in all.
    #[n(3)]
    pub bound: Usage,
}

/// How an attempt or a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Status {
    /// The answer was given whole.
    #[n(0)]
    Success,
    /// The provider or the gateway answered with an error.
    #[n(1)]
    Error,
    /// A time limit ran out.
    #[n(2)]
    Timeout,
    /// The client hung up.
    #[n(3)]
    Cancelled,
    /// Refused before anything was sent: budget, limit, or a status that does not serve.
    #[n(4)]
    Blocked,
    /// The process ended before the answer did. Charged at its bound until it is adjusted.
    #[n(5)]
    Unknown,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 6] =
        [Self::Success, Self::Error, Self::Timeout, Self::Cancelled, Self::Blocked, Self::Unknown];

    /// The wire and database text.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::Cancelled => "cancelled",
            Self::Blocked => "blocked",
            Self::Unknown => "unknown",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no status.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a status; use success, error, timeout, cancelled, blocked or unknown")]
pub struct UnknownStatus(String);

impl FromStr for Status {
    type Err = UnknownStatus;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || UnknownStatus(text.chars().take(80).collect());
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or_else(unknown)
    }
}

/// One try at one model and the settlement of its hold.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize)]
pub struct Attempt {
    /// The attempt.
    #[n(0)]
    pub attempt: AttemptId,
    /// The hold that it settles.
    #[n(1)]
    pub hold: HoldId,
    /// The call that it belongs to.
    #[n(2)]
    pub call: CallId,
    /// Counts the attempts of a call from 1.
    #[n(3)]
    pub number: u32,
    /// When its hold opened: the period and the roll-up slot that it belongs to.
    #[n(4)]
    pub opened_at: Timestamp,
    /// When it was settled.
    #[n(5)]
    pub settled_at: Timestamp,
    /// How it ended.
    #[n(6)]
    pub status: Status,
    /// The provider's HTTP status; absent when none came.
    #[n(7)]
    pub upstream_status: Option<u16>,
    /// A problem code of [`glaux_kernel::problem::Code`], for what did not end in success.
    #[n(8)]
    pub error_code: Option<String>,
    /// What was used.
    #[n(9)]
    pub usage: Usage,
    /// Who says so.
    #[n(10)]
    pub usage_basis: UsageBasis,
    /// The provider's usage object, word for word.
    #[n(11)]
    pub raw_usage: Option<String>,
    /// The tier that the provider answered on.
    #[n(12)]
    pub service_tier: ServiceTier,
    /// What it cost.
    #[n(13)]
    pub cost: Cost,
    /// Nano-dollars that were reserved at the end. A cost above it is an overrun.
    #[n(14)]
    pub held_nanos: i64,
    /// The budgets that were charged.
    #[n(15)]
    pub charges: Vec<Charge>,
    /// Who is charged.
    #[n(16)]
    pub attribution: Attribution,
    /// Where it went.
    #[n(17)]
    pub target: Target,
    /// Microseconds from sending to the provider's first byte.
    #[n(18)]
    pub first_byte_micros: Option<u64>,
    /// Microseconds from sending to the provider's last byte.
    #[n(19)]
    pub duration_micros: u64,
    /// The configuration in force.
    #[n(20)]
    pub journal_seq: u64,
    /// The provider's own id of the request.
    #[n(21)]
    pub upstream_request_id: Option<String>,
    /// Nothing was sent: the hold was released without charge.
    #[n(22)]
    pub released: bool,
    /// The record of the call stands before this one, without this cost: the client was gone, or another attempt
    /// had answered.
    #[n(23)]
    pub late: bool,
}

/// One request of an application, also a blocked or cached one.
#[derive(Debug, Clone, PartialEq, Encode, Decode, Serialize)]
pub struct Call {
    /// The call: the `x-glaux-request-id` of its answer.
    #[n(0)]
    pub call: CallId,
    /// When its first byte came.
    #[n(1)]
    pub at: Timestamp,
    /// How it ended.
    #[n(2)]
    pub status: Status,
    /// The HTTP status that the client got.
    #[n(3)]
    pub http_status: u16,
    /// A problem code, for what did not end in success.
    #[n(4)]
    pub error_code: Option<String>,
    /// Who is charged.
    #[n(5)]
    pub attribution: Attribution,
    /// The `model` that the client asked for.
    #[n(6)]
    pub requested_model: String,
    /// The path that the client called, without query.
    #[n(7)]
    pub path: String,
    /// The client asked for a stream.
    #[n(8)]
    pub stream: bool,
    /// How many attempts it took.
    #[n(9)]
    pub attempts: u32,
    /// The answer came from the response cache.
    #[n(10)]
    pub cached: bool,
    /// Microseconds from the first byte in to the first byte out.
    #[n(11)]
    pub first_byte_micros: Option<u64>,
    /// Microseconds from the first byte in to the last byte out.
    #[n(12)]
    pub duration_micros: u64,
    /// The configuration in force.
    #[n(13)]
    pub journal_seq: u64,
    /// The W3C trace that the client sent.
    #[n(14)]
    pub traceparent: Option<String>,
    /// The sum of its attempts up to here, in nano-dollars; those after are marked [`Attempt::late`].
    #[n(15)]
    pub cost_nanos: i64,
    /// What stood in the way of a blocked call: the budget or limit, by name.
    #[n(16)]
    pub blocked_by: Option<String>,
    /// What the target could not express and the policy let go.
    #[n(17)]
    pub dropped: Vec<String>,
}
