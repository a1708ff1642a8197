use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use glaux_kernel::{
    AdjustmentId, ApplicationId, AttemptId, BudgetId, CallId, Clock, Environment, HoldId, KeyId, ModelId, NodeId,
    OrganizationId, ProviderId, Rng, Timestamp,
};
use glaux_ledger::{
    BudgetLimit, CommitMode, DataDirectory, Hold, Ledger, OpenCall, OpenHold, Options, Refused, Settlement, WhenOver,
    record::{Adjustment, AdjustmentReason, Attempt, Attribution, Call, Charge, Cost, Figure, Purpose, Status, Target},
};
use glaux_llm::{Meter, ServiceTier, Usage, UsageBasis};
use tempfile::TempDir;

/// Noon of a day; each reading is a microsecond later.
pub(crate) struct Ticking(AtomicI64);

impl Ticking {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_795_262_400_000_000)))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(by.as_micros() as i64, Ordering::Relaxed);
    }
}

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.fetch_add(1, Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_micros(self.0.load(Ordering::Relaxed) as u64)
    }
}

/// SplitMix64.
pub(crate) struct Counting(AtomicU64);

impl Counting {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(1))
    }
}

impl Rng for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let state = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            let mut z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(z ^ (z >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// A ledger in a directory of its own.
pub(crate) struct World {
    pub(crate) home: TempDir,
    pub(crate) clock: Arc<Ticking>,
    pub(crate) rng: Counting,
}

impl World {
    pub(crate) fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), clock: Ticking::new(), rng: Counting::new() }
    }

    pub(crate) fn open(&self) -> Ledger {
        self.open_with(&options())
    }

    pub(crate) fn open_with(&self, options: &Options) -> Ledger {
        self.try_open_with(options).unwrap()
    }

    pub(crate) fn try_open_with(&self, options: &Options) -> Result<Ledger, glaux_ledger::Error> {
        let directory = DataDirectory::open(self.home.path(), &*self.clock, &self.rng)?;
        Ledger::open(Arc::new(directory), options, self.clock.clone())
    }

    /// What another program would find if this one died now.
    pub(crate) fn killed(&self) -> Self {
        let home = tempfile::tempdir().unwrap();
        copy(self.home.path(), home.path());
        Self { home, clock: Ticking::new(), rng: Counting::new() }
    }

    pub(crate) fn segments(&self) -> std::path::PathBuf {
        self.home.path().join("ledger")
    }

    pub(crate) fn begin(&self, ledger: &Ledger) -> OpenCall {
        ledger.open_call(self.call())
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
                organization: OrganizationId::PLATFORM,
                application: ApplicationId::from_uuid(Default::default()),
                key: KeyId::from_uuid(Default::default()),
                environment: Environment::Production,
                feature: None,
                user: Some("ann".to_owned()),
                session: None,
                tags: vec![("team".to_owned(), "blue".to_owned())],
                purpose: Purpose::Call,
            },
            requested_model: "chatbot".to_owned(),
            path: "/v1/chat/completions".to_owned(),
            stream: false,
            attempts: 0,
            cached: false,
            first_byte_micros: None,
            duration_micros: 0,
            journal_seq: 7,
            traceparent: None,
            cost_nanos: 0,
            blocked_by: None,
            dropped: Vec::new(),
        }
    }

    pub(crate) fn hold(&self, call: &mut OpenCall, nanos: i64, budgets: &[BudgetLimit]) -> Result<Hold, Refused> {
        let now = self.clock.now();
        call.open_hold(OpenHold {
            hold: HoldId::new(now, &self.rng),
            attempt: AttemptId::new(now, &self.rng),
            target: Target {
                provider: ProviderId::from_uuid(Default::default()),
                model: ModelId::from_uuid(Default::default()),
                model_name: "sandbox/echo".to_owned(),
            },
            nanos,
            bound: Usage::default().with(Meter::InputTokens, 10).with(Meter::OutputTokens, 100),
            unpriced: None,
            budgets,
        })
    }
}

impl World {
    /// Says that what `node` settled as `attempt` did cost `nanos`.
    pub(crate) fn adjustment(&self, attempt: &Attempt, node: NodeId, nanos: i64) -> Adjustment {
        let now = self.clock.now();
        let before = attempt.figure();
        let cost = Cost { nanos, unpriced: None, lines: Vec::new() };
        Adjustment {
            adjustment: AdjustmentId::new(now, &self.rng),
            attempt: attempt.attempt,
            call: attempt.call,
            node,
            opened_at: attempt.opened_at,
            at: now,
            reason: AdjustmentReason::Reconciled,
            previous: None,
            after: Figure { cost, billed: true, ..before.clone() },
            before,
            raw_usage: None,
            charges: attempt.charges.clone(),
            attribution: attempt.attribution.clone(),
            target: attempt.target.clone(),
            journal_seq: 8,
            hold: attempt.hold,
            held_nanos: attempt.held_nanos,
        }
    }
}

/// Nothing happens by itself.
pub(crate) fn options() -> Options {
    Options {
        commit: CommitMode::Process,
        segment_bytes: 64 << 20,
        reserve_bytes: 64 << 10,
        checkpoint_every: Duration::from_secs(3600),
    }
}

pub(crate) fn budget(number: u128, amount_nanos: i64, when_over: WhenOver) -> BudgetLimit {
    let charge = Charge {
        budget: BudgetId::from_uuid(uuid::Uuid::from_u128(number)),
        period_start: Timestamp::from_micros(1_795_219_200_000_000),
    };
    BudgetLimit { charge, amount_nanos, when_over, thresholds: Arc::new([]) }
}

pub(crate) fn settlement(nanos: i64) -> Settlement {
    Settlement {
        status: Status::Success,
        upstream_status: Some(200),
        error_code: None,
        usage: Usage::default().with(Meter::InputTokens, 9).with(Meter::OutputTokens, 20),
        usage_basis: UsageBasis::Reported,
        raw_usage: Some(r#"{"prompt_tokens":9,"completion_tokens":20}"#.to_owned()),
        service_tier: ServiceTier::Standard,
        cost: Cost { nanos, unpriced: None, lines: Vec::new() },
        first_byte_micros: Some(1000),
        duration_micros: 2000,
        upstream_request_id: None,
    }
}

pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
