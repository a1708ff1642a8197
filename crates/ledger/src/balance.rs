//! What the budgets have left, in memory: spent and held nano-dollars per budget and period.
//!
//! - A hold is reserved on all of its budgets or on none.
//! - On a budget that blocks, spent + held never passes the amount by a reservation; only by a settlement above its
//!   hold, which is an overrun.

use std::{collections::VecDeque, sync::Arc};

use foldhash::HashMap;
use glaux_kernel::{AttemptId, BudgetId, CallId, HoldId, OrganizationId, Timestamp};

use crate::record::Charge;

/// What happens to calls when a budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhenOver {
    /// They go on; thresholds are reported.
    Notify,
    /// They go on, slowed by the caller.
    Throttle,
    /// They are refused.
    Block,
}

/// A budget above a call, as it is configured now.
#[derive(Debug, Clone)]
pub struct BudgetLimit {
    /// The budget and the start of its current period.
    pub charge: Charge,
    /// Nano-dollars per period.
    pub amount_nanos: i64,
    /// What the budget does when it is used up.
    pub when_over: WhenOver,
    /// Nano-dollars spent at which to report, ascending.
    pub thresholds: Arc<[i64]>,
}

/// A budget that has too little left.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("budget {budget} has {available_nanos} nano-dollars left of {amount_nanos}; the call needs {needed_nanos}")]
pub struct BudgetRefusal {
    /// Which one; the first in the caller's order.
    pub budget: BudgetId,
    /// The start of its period.
    pub period_start: Timestamp,
    /// Its amount.
    pub amount_nanos: i64,
    /// Settled in this period.
    pub spent_nanos: i64,
    /// Reserved by calls that are open.
    pub held_nanos: i64,
    /// What is left: never negative.
    pub available_nanos: i64,
    /// What was asked for.
    pub needed_nanos: i64,
}

/// Something that a person may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A budget's spending reached a threshold, for the first time in its period. May be told again after a crash.
    ThresholdReached {
        /// Whose budget.
        organization: OrganizationId,
        /// The budget and period.
        charge: Charge,
        /// Nano-dollars.
        threshold_nanos: i64,
        /// Nano-dollars spent now.
        spent_nanos: i64,
    },
    /// An attempt cost more than was held for it, or turns out to have.
    Overrun {
        /// Who pays.
        organization: OrganizationId,
        /// By how much, and where.
        overrun: Overrun,
    },
}

/// A settlement, or a later figure, above its hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overrun {
    /// The hold.
    pub hold: HoldId,
    /// The attempt.
    pub attempt: AttemptId,
    /// Its call.
    pub call: CallId,
    /// Nano-dollars reserved.
    pub held_nanos: i64,
    /// Nano-dollars spent.
    pub cost_nanos: i64,
}

/// What a budget has spent and holds in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Balance {
    /// Settled nano-dollars.
    pub spent_nanos: i64,
    /// Reserved nano-dollars.
    pub held_nanos: i64,
}

impl Balance {
    fn committed(self) -> i64 {
        self.spent_nanos.saturating_add(self.held_nanos)
    }
}

#[derive(Debug, Default)]
struct Account {
    balance: Balance,
    /// As last seen; none before the first hold since the program started.
    limit: Option<(i64, WhenOver)>,
    thresholds: Arc<[i64]>,
    /// The highest threshold that was reported.
    reported_nanos: i64,
}

/// An account as a checkpoint keeps it. What is held follows from the open holds.
#[derive(Debug, Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct SavedAccount {
    #[n(0)]
    pub(crate) charge: Charge,
    #[n(1)]
    pub(crate) spent_nanos: i64,
    #[n(2)]
    pub(crate) reported_nanos: i64,
}

/// Every budget's account.
#[derive(Debug, Default)]
pub(crate) struct Accounts {
    accounts: HashMap<Charge, Account>,
    events: VecDeque<Event>,
    events_lost: u64,
}

impl Accounts {
    /// More than this waits for nobody.
    const MAX_EVENTS: usize = 4096;

    /// Whether `nanos` may be reserved on all of `limits`; if so, the first that is over its amount and throttles.
    pub(crate) fn admit(&mut self, limits: &[BudgetLimit], nanos: i64) -> Result<Option<BudgetId>, BudgetRefusal> {
        let mut throttled = None;
        for limit in limits {
            let account = self.accounts.entry(limit.charge).or_default();
            account.limit = Some((limit.amount_nanos, limit.when_over));
            if !Arc::ptr_eq(&account.thresholds, &limit.thresholds) {
                account.thresholds = Arc::clone(&limit.thresholds);
            }
            if let Some(over) = account.check(limit.charge, nanos)? {
                throttled = throttled.or(Some(over));
            }
        }
        Ok(throttled)
    }

    /// The same for a hold that grows by `nanos`, against the limits as they were last seen.
    pub(crate) fn admit_more(&mut self, charges: &[Charge], nanos: i64) -> Result<(), BudgetRefusal> {
        for charge in charges {
            self.accounts.entry(*charge).or_default().check(*charge, nanos)?;
        }
        Ok(())
    }

    pub(crate) fn hold(&mut self, charges: &[Charge], nanos: i64) {
        for charge in charges {
            let balance = &mut self.accounts.entry(*charge).or_default().balance;
            balance.held_nanos = balance.held_nanos.saturating_add(nanos);
        }
    }

    /// Turns what was held into what was spent; below zero, it was spent before and is not any more. A threshold that
    /// was reported is not reported again when it is reached a second time.
    pub(crate) fn settle(&mut self, organization: OrganizationId, charges: &[Charge], held: i64, spent: i64) {
        for charge in charges {
            let account = self.accounts.entry(*charge).or_default();
            account.balance.held_nanos = account.balance.held_nanos.saturating_sub(held);
            account.balance.spent_nanos = account.balance.spent_nanos.saturating_add(spent);
            let spent_nanos = account.balance.spent_nanos;
            let reported = account.reported_nanos;
            let reached = account.thresholds.iter().filter(|at| **at > reported && **at <= spent_nanos);
            let events: Vec<_> = reached
                .map(|at| Event::ThresholdReached { organization, charge: *charge, threshold_nanos: *at, spent_nanos })
                .collect();
            if let Some(Event::ThresholdReached { threshold_nanos, .. }) = events.last() {
                account.reported_nanos = *threshold_nanos;
            }
            events.into_iter().for_each(|event| self.report(event));
        }
    }

    pub(crate) fn report(&mut self, event: Event) {
        if self.events.len() < Self::MAX_EVENTS {
            self.events.push_back(event);
        } else {
            self.events_lost += 1;
        }
    }

    pub(crate) fn take_events(&mut self) -> (Vec<Event>, u64) {
        (self.events.drain(..).collect(), std::mem::take(&mut self.events_lost))
    }

    pub(crate) fn balance(&self, charge: Charge) -> Balance {
        self.accounts.get(&charge).map(|account| account.balance).unwrap_or_default()
    }

    pub(crate) fn save(&self) -> Vec<SavedAccount> {
        let save = |(charge, account): (&Charge, &Account)| SavedAccount {
            charge: *charge,
            spent_nanos: account.balance.spent_nanos,
            reported_nanos: account.reported_nanos,
        };
        self.accounts.iter().map(save).collect()
    }

    pub(crate) fn restore(&mut self, saved: SavedAccount) {
        let account = self.accounts.entry(saved.charge).or_default();
        account.balance.spent_nanos = saved.spent_nanos;
        account.reported_nanos = saved.reported_nanos;
    }

    /// Forgets periods that are over: nothing is held in them, and a later one began before `cutoff`.
    pub(crate) fn forget_before(&mut self, cutoff: Timestamp) {
        let mut latest: HashMap<BudgetId, Timestamp> = HashMap::default();
        for charge in self.accounts.keys().filter(|charge| charge.period_start < cutoff) {
            let start = latest.entry(charge.budget).or_insert(charge.period_start);
            *start = charge.period_start.max(*start);
        }
        self.accounts.retain(|charge, account| {
            account.balance.held_nanos != 0
                || latest.get(&charge.budget).is_none_or(|latest| charge.period_start >= *latest)
        });
    }
}

impl Account {
    /// `Ok(Some)`: over, and slowed.
    fn check(&self, charge: Charge, needed_nanos: i64) -> Result<Option<BudgetId>, BudgetRefusal> {
        let Some((amount_nanos, when_over)) = self.limit else { return Ok(None) };
        let committed = self.balance.committed();
        if committed.saturating_add(needed_nanos) <= amount_nanos {
            return Ok(None);
        }
        match when_over {
            WhenOver::Notify => Ok(None),
            WhenOver::Throttle => Ok(Some(charge.budget)),
            WhenOver::Block => Err(BudgetRefusal {
                budget: charge.budget,
                period_start: charge.period_start,
                amount_nanos,
                spent_nanos: self.balance.spent_nanos,
                held_nanos: self.balance.held_nanos,
                available_nanos: amount_nanos.saturating_sub(committed).max(0),
                needed_nanos,
            }),
        }
    }
}
