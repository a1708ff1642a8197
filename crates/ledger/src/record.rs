//! What the ledger holds: four kinds of record, CBOR (RFC 8949) maps keyed by small integers.
//!
//! Fields are only ever added, under new numbers; a reader skips numbers that it does not know.
//! Texts that repeat (model, feature name) stand in each record, so that an entry can be read alone
//! long after the configuration it was made under is gone.

use glaux_kernel::{
    ApplicationId, AttemptId, BudgetId, CallId, Environment, FeatureId, HoldId, KeyId, ModelId, OrganizationId,
    PriceRuleId, ProviderId, Timestamp,
};
use glaux_llm::{Meter, ServiceTier, Usage, UsageBasis};
use minicbor::{Decode, Encode};

/// One record of a segment.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
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
}

/// Who and what a call is charged to. The dimensions of every roll-up.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Attribution {
    /// The tenant.
    #[n(0)]
    pub organization: OrganizationId,
    /// The program that called.
    #[n(1)]
    pub application: ApplicationId,
    /// The credential it used.
    #[n(2)]
    pub key: KeyId,
    /// The key's environment.
    #[n(3)]
    pub environment: Environment,
    /// The feature, where the call named one.
    #[n(4)]
    pub feature: Option<FeatureId>,
    /// The end user that the application named.
    #[n(5)]
    pub user: Option<String>,
    /// The session that the application named.
    #[n(6)]
    pub session: Option<String>,
    /// `k=v` pairs that the application named.
    #[n(7)]
    pub tags: Vec<(String, String)>,
    /// What the call was made for: `call`, or `probe` for health probes and provider tests.
    #[n(8)]
    pub purpose: Purpose,
}

/// Why a call was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum Purpose {
    /// An application asked.
    #[n(0)]
    Call,
    /// A health probe or a provider test.
    #[n(1)]
    Probe,
}

/// The model that an attempt went to.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Target {
    /// The upstream account.
    #[n(0)]
    pub provider: ProviderId,
    /// The catalogue entry.
    #[n(1)]
    pub model: ModelId,
    /// `provider/model` as people write it.
    #[n(2)]
    pub model_name: String,
}

/// A budget that a hold charges, in the period in which the hold opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Charge {
    /// The budget.
    #[n(0)]
    pub budget: BudgetId,
    /// The start of the budget's period.
    #[n(1)]
    pub period_start: Timestamp,
}

/// Appended before anything is sent upstream.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
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
}

/// Appended before more of an answer is let through than the hold covers.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
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
}

/// How an attempt or a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Encode, Decode, serde::Serialize, serde::Deserialize)]
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
    /// The process ended before the answer did. Charged at its bound until corrected.
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

/// One charged class of a settlement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct CostLine {
    /// The rule that charged it.
    #[n(0)]
    pub rule: PriceRuleId,
    /// The class.
    #[n(1)]
    pub meter: MeterName,
    /// How much of it.
    #[n(2)]
    pub quantity: u64,
    /// Femto-dollars per unit.
    #[n(3)]
    pub femtos: i64,
}

/// A meter that is written as its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MeterName(pub Meter);

impl<C> Encode<C> for MeterName {
    fn encode<W: minicbor::encode::Write>(
        &self,
        encoder: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        encoder.str(self.0.as_str())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for MeterName {
    fn decode(decoder: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        decoder.str()?.parse().map(Self).map_err(|_| minicbor::decode::Error::message("unknown meter"))
    }
}

/// What an attempt cost.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
pub struct Cost {
    /// Nano-dollars. Where `unpriced` is set, only the known part.
    #[n(0)]
    pub nanos: i64,
    /// A class that had a quantity and no price.
    #[n(1)]
    pub unpriced: Option<MeterName>,
    /// What was charged.
    #[n(2)]
    pub lines: Vec<CostLine>,
}

/// One try at one model and the settlement of its hold.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
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
}

/// One request of an application, also a blocked or cached one.
#[derive(Debug, Clone, PartialEq, Encode, Decode)]
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
    /// The sum of its attempts, in nano-dollars.
    #[n(15)]
    pub cost_nanos: i64,
    /// What stood in the way of a blocked call: the budget or limit, by name.
    #[n(16)]
    pub blocked_by: Option<String>,
    /// What the target could not express and the policy let go.
    #[n(17)]
    pub dropped: Vec<String>,
}
