//! What entries add up to: roll-ups per slot of 15 minutes, and budget balances.
//!
//! Pure. The projector, the recount and the rebuild add up with the same functions.

use std::{collections::HashMap, time::Duration};

use glaux_kernel::{
    ApplicationId, BudgetId, Environment, FeatureId, KeyId, ModelId, OrganizationId, ProviderId, Timestamp,
};
use glaux_ledger::record::{Adjustment, Attempt, Attribution, Call, Figure, Status, Target};
use glaux_llm::{Meter, Usage, UsageBasis};
use sha2::{Digest, Sha256};

use crate::{calls::CallMoments, latency::Latency};

/// The width of a slot.
pub const SLOT: Duration = Duration::from_secs(900);

/// The meters that roll-ups keep in columns of their own, in the order of the columns.
pub(crate) const TOKEN_METERS: [Meter; 13] = [
    Meter::InputTokens,
    Meter::CachedInputTokens,
    Meter::CacheWriteTokens,
    Meter::CacheWriteHourTokens,
    Meter::InputAudioTokens,
    Meter::CachedInputAudioTokens,
    Meter::InputImageTokens,
    Meter::CachedInputImageTokens,
    Meter::InputVideoTokens,
    Meter::OutputTokens,
    Meter::ReasoningTokens,
    Meter::OutputAudioTokens,
    Meter::OutputImageTokens,
];

/// A call, and the target of its last attempt.
#[derive(Debug, Clone, PartialEq)]
pub struct ServedCall {
    /// The call.
    pub call: Call,
    /// Absent for a call without an attempt.
    pub target: Option<Target>,
}

/// How many of each status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusCounts([u64; Status::ALL.len()]);

impl StatusCounts {
    /// How many of `status`.
    pub fn get(&self, status: Status) -> u64 {
        self.0[status as usize]
    }

    /// All of them.
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    pub(crate) fn add(&mut self, status: Status, count: u64) {
        self.0[status as usize] += count;
    }

    /// The counts in the order of [`Status::ALL`].
    pub(crate) fn to_ordered(self) -> [u64; Status::ALL.len()] {
        self.0
    }

    pub(crate) fn from_ordered(counts: [u64; Status::ALL.len()]) -> Self {
        Self(counts)
    }

    fn take(&mut self, other: &Self) {
        self.0.iter_mut().zip(other.0).for_each(|(count, taken)| *count = count.saturating_sub(taken));
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        Status::ALL.into_iter().for_each(|status| self.add(status, other.get(status)));
    }
}

/// What a group of entries adds up to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Totals {
    /// Calls by how they ended. A call counts where its last attempt went.
    pub calls: StatusCounts,
    /// Calls that were answered from the response cache.
    pub cached_calls: u64,
    /// Attempts that were sent, by how they ended.
    pub attempts: StatusCounts,
    /// Attempts that were not sent after all.
    pub released_attempts: u64,
    /// Attempts with a class that had no price: their cost is more than is known.
    pub unpriced_attempts: u64,
    /// Attempts whose usage was counted here.
    pub estimated_attempts: u64,
    /// Attempts whose usage is the most that it can have been.
    pub bound_attempts: u64,
    /// Nano-dollars.
    pub cost_nanos: i64,
    /// What was used.
    pub usage: Usage,
}

impl Totals {
    /// Adds what another group adds up to.
    pub fn merge(&mut self, other: &Self) {
        self.calls.merge(&other.calls);
        self.cached_calls += other.cached_calls;
        self.attempts.merge(&other.attempts);
        self.released_attempts += other.released_attempts;
        self.unpriced_attempts += other.unpriced_attempts;
        self.estimated_attempts += other.estimated_attempts;
        self.bound_attempts += other.bound_attempts;
        self.cost_nanos = self.cost_nanos.saturating_add(other.cost_nanos);
        self.usage.merge(&other.usage);
    }

    /// Takes back what a part of the group adds up to.
    fn take(&mut self, part: &Self) {
        self.calls.take(&part.calls);
        self.cached_calls = self.cached_calls.saturating_sub(part.cached_calls);
        self.attempts.take(&part.attempts);
        self.released_attempts = self.released_attempts.saturating_sub(part.released_attempts);
        self.unpriced_attempts = self.unpriced_attempts.saturating_sub(part.unpriced_attempts);
        self.estimated_attempts = self.estimated_attempts.saturating_sub(part.estimated_attempts);
        self.bound_attempts = self.bound_attempts.saturating_sub(part.bound_attempts);
        self.cost_nanos = self.cost_nanos.saturating_sub(part.cost_nanos);
        for (meter, quantity) in part.usage.iter() {
            self.usage.set(meter, self.usage.get(meter).saturating_sub(quantity));
        }
    }

    fn count_basis(&mut self, basis: UsageBasis) {
        match basis {
            UsageBasis::Reported => {}
            UsageBasis::Estimated => self.estimated_attempts += 1,
            UsageBasis::Bound => self.bound_attempts += 1,
        }
    }

    /// What the figure of an attempt adds to a group. An attempt that was not sent has none but its first.
    fn add_figure(&mut self, figure: &Figure) {
        self.count_basis(figure.usage_basis);
        self.unpriced_attempts += u64::from(figure.cost.unpriced.is_some());
        self.cost_nanos = self.cost_nanos.saturating_add(figure.cost.nanos);
        self.usage.merge(&figure.usage);
    }
}

/// What a roll-up is kept by, within its organization and slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Dimensions {
    pub(crate) application: ApplicationId,
    pub(crate) feature: Option<FeatureId>,
    pub(crate) provider: Option<ProviderId>,
    pub(crate) model: Option<ModelId>,
    pub(crate) environment: Environment,
    pub(crate) key: KeyId,
}

impl Dimensions {
    fn of(attribution: &Attribution, target: Option<&Target>) -> Self {
        Self {
            application: attribution.application,
            feature: attribution.feature,
            provider: target.map(|target| target.provider),
            model: target.map(|target| target.model),
            environment: attribution.environment,
            key: attribution.key,
        }
    }

    /// 16 bytes of SHA-256 over the dimensions in a fixed form: each is a 1 and its id, or zeros.
    pub(crate) fn digest(&self) -> [u8; 16] {
        let ids = [
            Some(self.application.uuid()),
            self.feature.map(FeatureId::uuid),
            self.provider.map(ProviderId::uuid),
            self.model.map(ModelId::uuid),
            Some(self.key.uuid()),
        ];
        let mut hasher = Sha256::new();
        for id in ids {
            hasher.update([u8::from(id.is_some())]);
            hasher.update(id.unwrap_or_default().as_bytes());
        }
        hasher.update(self.environment.as_str());
        let mut digest = [0; 16];
        digest.copy_from_slice(&hasher.finalize()[..16]);
        digest
    }
}

/// Which roll-up. Ordered, so that all writers take rows in one order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RollupKey {
    pub(crate) organization: OrganizationId,
    pub(crate) slot: Timestamp,
    pub(crate) dimensions: Dimensions,
}

/// A roll-up, or what is to be added to one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rollup {
    pub(crate) model_name: Option<String>,
    pub(crate) totals: Totals,
    /// What adjustments take back of these totals, or of those added before.
    pub(crate) taken: Option<Box<Totals>>,
    /// Durations of the calls that succeeded.
    pub(crate) latency: Latency,
    /// When its calls came.
    pub(crate) moments: CallMoments,
}

impl Rollup {
    /// The same with nothing left to be taken back: of a whole roll-up.
    pub(crate) fn settle(&mut self) {
        if let Some(taken) = self.taken.take() {
            self.totals.take(&taken);
        }
    }
}

/// Which balance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct BalanceKey {
    pub(crate) organization: OrganizationId,
    pub(crate) budget: BudgetId,
    pub(crate) period_start: Timestamp,
}

/// What a budget has spent in a period, as the rows have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BudgetSpent {
    /// Nano-dollars.
    pub spent_nanos: i64,
    /// Attempts that were charged.
    pub attempts: u64,
    /// Of these, how many were settled at more than was held for them.
    pub overruns: u64,
}

impl BudgetSpent {
    pub(crate) fn merge(&mut self, other: Self) {
        self.spent_nanos = self.spent_nanos.saturating_add(other.spent_nanos);
        self.attempts += other.attempts;
        self.overruns += other.overruns;
    }
}

/// Sums under construction.
#[derive(Debug, Default)]
pub(crate) struct Sums {
    pub(crate) rollups: HashMap<RollupKey, Rollup>,
    pub(crate) balances: HashMap<BalanceKey, BudgetSpent>,
}

impl Sums {
    pub(crate) fn add_attempt(&mut self, attempt: &Attempt) {
        let rollup = self.rollup(&attempt.attribution, Some(&attempt.target), attempt.opened_at);
        let totals = &mut rollup.totals;
        if attempt.released {
            totals.released_attempts += 1;
        } else {
            totals.attempts.add(attempt.status, 1);
            totals.count_basis(attempt.usage_basis);
        }
        totals.unpriced_attempts += u64::from(attempt.cost.unpriced.is_some());
        totals.cost_nanos = totals.cost_nanos.saturating_add(attempt.cost.nanos);
        totals.usage.merge(&attempt.usage);
        self.charge(attempt);
    }

    fn charge(&mut self, attempt: &Attempt) {
        for charge in &attempt.charges {
            let key = BalanceKey {
                organization: attempt.attribution.organization,
                budget: charge.budget,
                period_start: charge.period_start,
            };
            let spent = self.balances.entry(key).or_default();
            spent.spent_nanos = spent.spent_nanos.saturating_add(attempt.cost.nanos);
            spent.attempts += 1;
            spent.overruns += u64::from(attempt.cost.nanos > attempt.held_nanos);
        }
    }

    /// Puts the figure after in the place of the one before, in the slot and the periods of the attempt.
    pub(crate) fn add_adjustment(&mut self, adjustment: &Adjustment) {
        let rollup = self.rollup(&adjustment.attribution, Some(&adjustment.target), adjustment.opened_at);
        rollup.taken.get_or_insert_default().add_figure(&adjustment.before);
        rollup.totals.add_figure(&adjustment.after);
        for charge in &adjustment.charges {
            let key = BalanceKey {
                organization: adjustment.attribution.organization,
                budget: charge.budget,
                period_start: charge.period_start,
            };
            let spent = &mut self.balances.entry(key).or_default().spent_nanos;
            *spent = spent.saturating_add(adjustment.difference_nanos());
        }
    }

    pub(crate) fn add_call(&mut self, served: &ServedCall) {
        let call = &served.call;
        let rollup = self.rollup(&call.attribution, served.target.as_ref(), call.at);
        rollup.totals.calls.add(call.status, 1);
        rollup.totals.cached_calls += u64::from(call.cached);
        rollup.moments.add(call.at.floor(SLOT), call.at);
        if call.status == Status::Success {
            rollup.latency.add(call.duration_micros);
        }
    }

    fn rollup(&mut self, attribution: &Attribution, target: Option<&Target>, at: Timestamp) -> &mut Rollup {
        let key = RollupKey {
            organization: attribution.organization,
            slot: at.floor(SLOT),
            dimensions: Dimensions::of(attribution, target),
        };
        self.rollups.entry(key).or_insert_with(|| Rollup {
            model_name: target.map(|target| target.model_name.clone()),
            ..Rollup::default()
        })
    }
}
