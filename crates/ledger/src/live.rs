//! What is under way now, for live status.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use glaux_kernel::{AttemptId, BudgetId, CallId, HoldId, ModelId, OrganizationId, ProviderId};

use crate::{
    Ledger,
    record::{HoldOpened, Target},
};

/// Open calls and attempts of this node.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Live {
    /// Calls being served.
    pub calls: u64,
    /// Attempts under way, by where they went; ordered by name.
    pub targets: Vec<LiveTarget>,
}

/// The attempts under way at one model for one organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveTarget {
    /// Who calls.
    pub organization: OrganizationId,
    /// The upstream account.
    pub provider: ProviderId,
    /// The catalogue entry.
    pub model: ModelId,
    /// `provider/model` as people write it.
    pub model_name: String,
    /// How many.
    pub attempts: u64,
    /// Nano-dollars reserved for them.
    pub held_nanos: i64,
    /// How long the oldest has been under way.
    pub oldest: Duration,
}

/// A call with an attempt under way.
#[derive(Debug, Clone, PartialEq)]
pub struct LiveCall {
    /// The hold of its latest attempt.
    pub opened: Arc<HoldOpened>,
    /// Nano-dollars reserved for it now.
    pub held_nanos: i64,
    /// How long ago its first byte came.
    pub age: Duration,
}

/// A hold that is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveHold {
    /// The hold.
    pub hold: HoldId,
    /// The call that it belongs to.
    pub call: CallId,
    /// The attempt that it is for.
    pub attempt: AttemptId,
    /// Nano-dollars reserved now.
    pub nanos: i64,
    /// How long it has been open.
    pub age: Duration,
}

impl Ledger {
    /// What is under way.
    pub fn live(&self) -> Live {
        let shared = self.shared();
        let now = shared.clock.now();
        let core = shared.core.lock();
        let mut targets: BTreeMap<(OrganizationId, ModelId), LiveTarget> = BTreeMap::new();
        for hold in core.state.holds.values() {
            let Target { provider, model, model_name } = &hold.opened.target;
            let organization = hold.opened.attribution.organization;
            let target = targets.entry((organization, *model)).or_insert_with(|| LiveTarget {
                organization,
                provider: *provider,
                model: *model,
                model_name: model_name.clone(),
                attempts: 0,
                held_nanos: 0,
                oldest: Duration::ZERO,
            });
            target.attempts += 1;
            target.held_nanos = target.held_nanos.saturating_add(hold.nanos);
            target.oldest = target.oldest.max(now.since(hold.opened.at));
        }
        drop(core);
        let mut targets: Vec<_> = targets.into_values().collect();
        targets.sort_by(|a, b| a.model_name.cmp(&b.model_name));
        Live { calls: shared.calls_in_flight.load(Ordering::Relaxed), targets }
    }

    /// The `most` oldest calls of an organization that have an attempt under way; the oldest first.
    pub fn open_calls(&self, organization: OrganizationId, most: usize) -> Vec<LiveCall> {
        let shared = self.shared();
        let now = shared.clock.now();
        let core = shared.core.lock();
        // Calls wait for this lock: only what points to the holds is copied under it.
        let own = core.state.holds.values().filter(|hold| hold.opened.attribution.organization == organization);
        let mut open: Vec<_> = own.map(|hold| (Arc::clone(&hold.opened), hold.nanos)).collect();
        drop(core);
        open.sort_by_key(|(opened, _)| (opened.call_at, opened.call, opened.number));
        let mut calls: Vec<LiveCall> = Vec::new();
        for (opened, nanos) in open {
            if let Some(call) = calls.last_mut().filter(|call| call.opened.call == opened.call) {
                call.held_nanos = call.held_nanos.saturating_add(nanos);
                call.opened = opened;
            } else if calls.len() < most {
                calls.push(LiveCall { age: now.since(opened.call_at), opened, held_nanos: nanos });
            } else {
                break;
            }
        }
        calls
    }

    /// The open holds on a budget, in any of its periods; the oldest first.
    pub fn holds_on(&self, budget: BudgetId) -> Vec<LiveHold> {
        let shared = self.shared();
        let now = shared.clock.now();
        let core = shared.core.lock();
        let on_budget =
            core.state.holds.values().filter(|hold| hold.opened.charges.iter().any(|charge| charge.budget == budget));
        let mut holds: Vec<_> = on_budget
            .map(|hold| LiveHold {
                hold: hold.opened.hold,
                call: hold.opened.call,
                attempt: hold.opened.attempt,
                nanos: hold.nanos,
                age: now.since(hold.opened.at),
            })
            .collect();
        drop(core);
        holds.sort_by_key(|hold| (std::cmp::Reverse(hold.age), hold.hold));
        holds
    }
}
