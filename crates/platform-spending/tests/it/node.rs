use std::{sync::Arc, time::Duration};

use glaux_kernel::{ApplicationId, AttemptId, CallId, Environment, HoldId, KeyId, ModelId, OrganizationId, ProviderId};
use glaux_ledger::{
    BudgetLimit, DataDirectory, Ledger, OpenCall, OpenHold, Options, SentHold, Settlement, WhenOver,
    record::{Attribution, Call, Charge, Cost, Purpose, Status, Target},
};
use glaux_ledger_store::{Adjuster, Arrivals, ProgressWatch, Projector};
use glaux_llm::{Meter, ServiceTier, Usage, UsageBasis};
use glaux_platform_kit::Context;
use tempfile::TempDir;

/// A ledger, and what it is written with.
pub(crate) struct Node {
    pub(crate) ledger: Arc<Ledger>,
    context: Context,
    organization: OrganizationId,
    _home: TempDir,
}

impl Node {
    pub(crate) fn new(context: &Context, organization: OrganizationId) -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = DataDirectory::open(home.path(), &*context.clock, &*context.rng).unwrap();
        let options = Options {
            segment_bytes: 64 << 10,
            reserve_bytes: 64 << 10,
            checkpoint_every: Duration::from_secs(3600),
            ..Options::default()
        };
        let ledger = Ledger::open(Arc::new(directory), &options, Arc::clone(&context.clock)).unwrap();
        Self { ledger: Arc::new(ledger), context: context.clone(), organization, _home: home }
    }

    /// Serves a call that holds and costs these dollars, with `attempts` such attempts.
    pub(crate) fn serve(&self, limits: &[BudgetLimit], held: i64, cost: i64, attempts: u32) -> CallId {
        let mut call = self.open();
        let id = call.id();
        for _ in 0..attempts {
            let now = self.context.clock.now();
            let hold = call.open_hold(OpenHold {
                hold: HoldId::new(now, &*self.context.rng),
                attempt: AttemptId::new(now, &*self.context.rng),
                target: Target {
                    provider: ProviderId::new(now, &*self.context.rng),
                    model: ModelId::new(now, &*self.context.rng),
                    model_name: "acme/model".to_owned(),
                },
                nanos: dollars(held),
                bound: Usage::default(),
                unpriced: None,
                budgets: limits,
            });
            drop(hold.unwrap().mark_sent().settle(settlement(dollars(cost))));
        }
        drop(call.record());
        id
    }

    /// Sends an attempt that holds these dollars, has it ended, and records its call.
    pub(crate) fn send(
        &self,
        target: &Target,
        limits: &[BudgetLimit],
        held: i64,
        end: impl FnOnce(SentHold),
    ) -> [String; 2] {
        let mut call = self.open();
        let (now, id) = (self.context.clock.now(), call.id());
        let attempt = AttemptId::new(now, &*self.context.rng);
        let hold = call.open_hold(OpenHold {
            hold: HoldId::new(now, &*self.context.rng),
            attempt,
            target: target.clone(),
            nanos: dollars(held),
            bound: Usage::default().with(Meter::OutputTokens, 1_000_000),
            unpriced: None,
            budgets: limits,
        });
        end(hold.unwrap().mark_sent());
        drop(call.record());
        [id.to_string(), attempt.to_string()]
    }

    /// Serves a call as `describe` makes it, of one attempt at `target` that used 1000 output tokens.
    pub(crate) fn serve_as(&self, target: &Target, describe: impl FnOnce(&mut Call)) -> CallId {
        let usage = Usage::default().with(Meter::InputTokens, 9000).with(Meter::OutputTokens, 1000);
        let settled = Settlement { usage, ..settlement(2_000_000) };
        self.serve_ended(target, describe, [|sent: SentHold| drop(sent.settle(settled))])
    }

    /// Serves a call as `describe` makes it, whose attempts at `target` end so.
    pub(crate) fn serve_ended<E: FnOnce(SentHold)>(
        &self,
        target: &Target,
        describe: impl FnOnce(&mut Call),
        ends: impl IntoIterator<Item = E>,
    ) -> CallId {
        let mut call = self.description();
        describe(&mut call);
        let mut call = self.ledger.open_call(call);
        let (now, id) = (self.context.clock.now(), call.id());
        for end in ends {
            let hold = call.open_hold(OpenHold {
                hold: HoldId::new(now, &*self.context.rng),
                attempt: AttemptId::new(now, &*self.context.rng),
                target: target.clone(),
                nanos: dollars(1),
                bound: Usage::default().with(Meter::OutputTokens, 1000),
                unpriced: None,
                budgets: &[],
            });
            end(hold.unwrap().mark_sent());
        }
        drop(call.record());
        id
    }

    /// What carries orders to the ledger, and the ledger to the database.
    pub(crate) fn carrier(&self) -> Carrier {
        let (db, clock) = (self.context.db.clone(), Arc::clone(&self.context.clock));
        let projector = Projector::new(db.clone(), self.ledger.tail(), self.ledger.node(), Arc::clone(&clock));
        let adjuster = Adjuster::new(db, Arc::clone(&self.ledger), projector.watch(), clock);
        Carrier { projector, adjuster }
    }

    /// Carries what was served into the database.
    pub(crate) async fn project(&self) -> ProgressWatch {
        let (db, clock) = (self.context.db.clone(), Arc::clone(&self.context.clock));
        let mut projector = Projector::new(db, self.ledger.tail(), self.ledger.node(), clock);
        projector.catch_up().await.unwrap();
        projector.watch()
    }

    fn open(&self) -> OpenCall {
        self.ledger.open_call(self.description())
    }

    fn description(&self) -> Call {
        let now = self.context.clock.now();
        Call {
            call: CallId::new(now, &*self.context.rng),
            at: now,
            status: Status::Success,
            http_status: 200,
            error_code: None,
            attribution: Attribution {
                organization: self.organization,
                application: ApplicationId::new(now, &*self.context.rng),
                key: KeyId::new(now, &*self.context.rng),
                environment: Environment::Production,
                feature: None,
                user: None,
                session: None,
                tags: Vec::new(),
                purpose: Purpose::Call,
            },
            requested_model: "acme/model".to_owned(),
            path: "/v1/chat/completions".to_owned(),
            stream: false,
            attempts: 0,
            cached: false,
            first_byte_micros: None,
            duration_micros: 1500,
            journal_seq: 7,
            traceparent: None,
            cost_nanos: 0,
            blocked_by: None,
            dropped: Vec::new(),
        }
    }
}

pub(crate) struct Carrier {
    projector: Projector,
    adjuster: Adjuster,
}

impl Carrier {
    pub(crate) fn arrivals(&self) -> Arrivals {
        self.projector.arrivals()
    }

    /// Says how many orders were carried.
    pub(crate) async fn carry(&mut self) -> usize {
        self.projector.catch_up().await.unwrap();
        let appended = self.adjuster.append().await.unwrap();
        self.projector.catch_up().await.unwrap();
        appended
    }
}

/// A budget as the gateway hands it to the ledger.
pub(crate) fn limit(charge: Charge, thresholds: &[i64]) -> BudgetLimit {
    let thresholds = thresholds.iter().copied().map(dollars).collect();
    BudgetLimit { charge, amount_nanos: dollars(10), when_over: WhenOver::Notify, thresholds }
}

pub(crate) fn dollars(dollars: i64) -> i64 {
    dollars * 1_000_000_000
}

pub(crate) fn settlement(nanos: i64) -> Settlement {
    Settlement {
        status: Status::Success,
        upstream_status: Some(200),
        error_code: None,
        usage: Usage::default(),
        usage_basis: UsageBasis::Reported,
        raw_usage: None,
        service_tier: ServiceTier::Standard,
        cost: Cost { nanos, unpriced: None, lines: Vec::new() },
        first_byte_micros: None,
        duration_micros: 1400,
        upstream_request_id: None,
    }
}
