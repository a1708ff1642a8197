use std::{fs, sync::Arc, time::Duration};

use glaux_kernel::{
    ApplicationId, AttemptId, BudgetId, CallId, Clock, Environment, FeatureId, HoldId, KeyId, ModelId, NodeId,
    OrganizationId, PriceRuleId, ProviderId, Rng, Timestamp,
};
use glaux_ledger::{
    BudgetLimit, DataDirectory, Ledger, OpenCall, OpenHold, Options, Position, SentHold, Settlement, WhenOver,
    record::{Attempt, Attribution, Call, Charge, Cost, CostLine, MeterName, Purpose, Record, Status, Target},
};
use glaux_ledger_store::{Projector, Verification, verify_rows, verify_segments};
use glaux_llm::{Meter, ServiceTier, Usage, UsageBasis};
use glaux_store::Db;
use glaux_testkit::{clock::ManualClock, rng::SeededRng};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const START: &str = "2026-11-21T00:00:00Z";

/// A ledger of one node, beside a database.
pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) rng: SeededRng,
    pub(crate) ledger: Arc<Ledger>,
}

pub(crate) fn organization(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn feature(number: u128) -> FeatureId {
    FeatureId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn model(number: u128) -> ModelId {
    ModelId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn key(number: u128) -> KeyId {
    KeyId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn budget(number: u128) -> BudgetId {
    BudgetId::from_uuid(Uuid::from_u128(number))
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        Self::open(tempfile::tempdir().unwrap(), Arc::new(ManualClock::at(START)), seed)
    }

    /// The program that starts where this one was killed.
    pub(crate) fn killed(&self, seed: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("ledger")).unwrap();
        fs::copy(self.home.path().join("node"), home.path().join("node")).unwrap();
        for file in fs::read_dir(self.home.path().join("ledger")).unwrap() {
            let file = file.unwrap();
            fs::copy(file.path(), home.path().join("ledger").join(file.file_name())).unwrap();
        }
        Self::open(home, Arc::clone(&self.clock), seed)
    }

    fn open(home: TempDir, clock: Arc<ManualClock>, seed: u64) -> Self {
        let rng = SeededRng::new(seed);
        let directory = DataDirectory::open(home.path(), &*clock, &rng).unwrap();
        let options = Options {
            segment_bytes: 64 << 10,
            reserve_bytes: 64 << 10,
            checkpoint_every: Duration::from_secs(3600),
            ..Options::default()
        };
        let ledger = Ledger::open(Arc::new(directory), &options, clock.clone()).unwrap();
        Self { home, clock, rng, ledger: Arc::new(ledger) }
    }

    pub(crate) fn node(&self) -> NodeId {
        self.ledger.node()
    }

    pub(crate) fn projector(&self, db: &Db) -> Projector {
        Projector::new(db.clone(), self.ledger.tail(), self.node(), self.clock.clone())
    }

    pub(crate) async fn project(&self, db: &Db) {
        self.projector(db).catch_up().await.unwrap();
    }

    pub(crate) async fn verify(&self, db: &Db) -> Verification {
        let mut verification = Verification::default();
        verify_rows(db, &mut verification).await.unwrap();
        verify_segments(db, &self.ledger.tail(), self.node(), &mut verification).await.unwrap();
        verification
    }

    /// A number below `end`.
    pub(crate) fn pick(&self, end: u64) -> u64 {
        self.rng.next_u64() % end
    }

    pub(crate) fn call(&self) -> Call {
        let now = self.clock.now();
        Call {
            call: CallId::new(now, &self.rng),
            at: now,
            status: Status::Cancelled,
            http_status: 499,
            error_code: None,
            attribution: Attribution {
                organization: organization(1),
                application: ApplicationId::from_uuid(Uuid::from_u128(1)),
                key: key(1),
                environment: Environment::Production,
                feature: Some(feature(1)),
                user: None,
                session: None,
                tags: Vec::new(),
                purpose: Purpose::Call,
            },
            requested_model: "chatbot".to_owned(),
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

    pub(crate) fn send(&self, call: &mut OpenCall, number: u128, nanos: i64) -> SentHold {
        let now = self.clock.now();
        let limit = |number: u128| BudgetLimit {
            charge: Charge { budget: budget(number), period_start: now.floor(Duration::from_secs(86_400)) },
            amount_nanos: i64::MAX,
            when_over: WhenOver::Block,
            thresholds: Arc::new([]),
        };
        let budgets = [limit(1), limit(1 + number)];
        let hold = call.open_hold(OpenHold {
            hold: HoldId::new(now, &self.rng),
            attempt: AttemptId::new(now, &self.rng),
            target: Target {
                provider: ProviderId::from_uuid(Uuid::from_u128(number / 2)),
                model: model(number),
                model_name: format!("acme/model-{number}"),
            },
            nanos,
            bound: Usage::default().with(Meter::OutputTokens, 100),
            unpriced: None,
            budgets: &budgets,
        });
        hold.unwrap().mark_sent()
    }

    /// A call of one attempt.
    pub(crate) fn serve(&self, call: Call, number: u128, settlement: Settlement) {
        let mut call = self.ledger.open_call(call);
        let sent = self.send(&mut call, number, 1_000_000);
        call.details().status = settlement.status;
        call.details().http_status = 200;
        drop(sent.settle_with_call(settlement, call));
    }

    /// So many calls of every kind, by seed.
    pub(crate) fn busy(&self, calls: u64) {
        for _ in 0..calls {
            self.clock.advance(Duration::from_millis(self.pick(60_000)));
            let mut call = self.call();
            call.attribution.organization = organization(1 + u128::from(self.pick(2)));
            call.attribution.key = key(u128::from(self.pick(3)));
            call.attribution.feature = (self.pick(4) > 0).then(|| feature(u128::from(self.pick(3))));
            call.attribution.user = (self.pick(2) > 0).then(|| format!("user-{}", self.pick(5)));
            call.attribution.tags = vec![("team".to_owned(), "blue".to_owned())];
            call.duration_micros = self.pick(5_000_000);
            call.dropped = vec!["logprobs".to_owned()];
            let mut call = self.ledger.open_call(call);
            match self.pick(10) {
                0 => {
                    call.details().status = Status::Blocked;
                    call.details().blocked_by = Some("web cap".to_owned());
                    drop(call.record());
                }
                1 => {
                    call.details().cached = true;
                    call.details().status = Status::Success;
                    drop(call.record());
                }
                2 => drop(self.send(&mut call, 3, 500)),
                3 => {
                    let late = self.send(&mut call, 2, 900);
                    drop(call.record());
                    drop(late.settle(settlement(self.pick(1000))));
                }
                4 => {
                    drop(self.send(&mut call, 1, 50).settle_at_bound(Status::Timeout, None));
                    let second = self.send(&mut call, 2, 70);
                    call.details().status = Status::Success;
                    drop(second.settle_with_call(settlement(self.pick(1000)), call));
                }
                _ => {
                    let sent = self.send(&mut call, u128::from(self.pick(5)), 400_000);
                    call.details().status = Status::Success;
                    drop(sent.settle_with_call(settlement(self.pick(1000)), call));
                }
            }
        }
    }

    /// Every attempt and call of the segments.
    pub(crate) fn records(&self) -> (Vec<Attempt>, Vec<Call>) {
        let (mut attempts, mut calls, mut position) = (Vec::new(), Vec::new(), Position::default());
        loop {
            let batch = self.ledger.tail().read(position, 1000).unwrap();
            if batch.entries.is_empty() {
                return (attempts, calls);
            }
            position = batch.next;
            for entry in batch.entries {
                match entry.record {
                    Record::Attempt(attempt) => attempts.push(*attempt),
                    Record::Call(call) => calls.push(*call),
                    Record::HoldOpened(_) | Record::HoldExtended(_) | Record::Adjustment(_) => {}
                }
            }
        }
    }
}

/// An answer of so many output tokens at 400 nano-dollars each.
pub(crate) fn settlement(tokens: u64) -> Settlement {
    let line = CostLine {
        rule: PriceRuleId::from_uuid(Uuid::nil()),
        meter: MeterName(Meter::OutputTokens),
        quantity: tokens,
        femtos: 400_000_000,
    };
    Settlement {
        status: Status::Success,
        upstream_status: Some(200),
        error_code: None,
        usage: Usage::default().with(Meter::OutputTokens, tokens).with(Meter::WebSearches, tokens % 3),
        usage_basis: UsageBasis::Reported,
        raw_usage: Some(format!(r#"{{"completion_tokens":{tokens}}}"#)),
        service_tier: ServiceTier::Flex,
        cost: Cost { nanos: i64::try_from(tokens).unwrap() * 400, unpriced: None, lines: vec![line] },
        first_byte_micros: Some(1000),
        duration_micros: 1400,
        upstream_request_id: Some("req_1".to_owned()),
    }
}

pub(crate) fn moment(text: &str) -> Timestamp {
    text.parse().unwrap()
}
