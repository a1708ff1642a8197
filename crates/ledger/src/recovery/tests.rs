//! Segments of programs that did not cut what they opened.

use std::{os::unix::fs::FileExt, sync::Arc};

use glaux_kernel::{
    ApplicationId, AttemptId, CallId, Clock, Environment, HoldId, KeyId, ModelId, OrganizationId, ProviderId, Rng,
};

use super::*;
use crate::{
    Ledger, frame,
    record::{Attribution, HoldOpened, Purpose, Record, Target},
    segment::Header,
};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(1_795_262_400_000_000)
    }

    fn monotonic(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

impl Rng for Noon {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn opened(user: String) -> HoldOpened {
    HoldOpened {
        hold: HoldId::from_uuid(Default::default()),
        attempt: AttemptId::from_uuid(Default::default()),
        call: CallId::from_uuid(Default::default()),
        number: 1,
        at: Noon.now(),
        nanos: 5,
        charges: Vec::new(),
        attribution: Attribution {
            organization: OrganizationId::PLATFORM,
            application: ApplicationId::from_uuid(Default::default()),
            key: KeyId::from_uuid(Default::default()),
            environment: Environment::Production,
            feature: None,
            user: Some(user),
            session: None,
            tags: Vec::new(),
            purpose: Purpose::Call,
        },
        target: Target {
            provider: ProviderId::from_uuid(Default::default()),
            model: ModelId::from_uuid(Default::default()),
            model_name: "sandbox/echo".to_owned(),
        },
        bound: Default::default(),
        journal_seq: 1,
        unpriced: None,
        call_at: Noon.now(),
        requested_model: String::new(),
        path: String::new(),
        stream: false,
    }
}

#[test]
fn a_hold_that_fills_a_whole_record_is_settled() {
    let home = tempfile::tempdir().unwrap();
    let directory = Arc::new(DataDirectory::open(home.path(), &Noon, &Noon).unwrap());
    let segments = directory.ledger();
    fs::create_dir_all(&segments).unwrap();
    let without_user = {
        let mut frame = Vec::new();
        frame::encode(RecordRef::HoldOpened(&opened(String::new())), &mut frame).unwrap();
        frame.len()
    };
    let mut whole = Vec::new();
    // The length of a long text takes four bytes more.
    let user = "u".repeat(frame::MAX_FRAME - without_user - 4);
    frame::encode(RecordRef::HoldOpened(&opened(user)), &mut whole).unwrap();
    assert_eq!(whole.len(), frame::MAX_FRAME);
    let header = Header { node: directory.node(), sequence: 1, begun: Noon.now() };
    segment::create(&segments, header).unwrap().write_all_at(&whole, HEADER_BYTES).unwrap();

    let ledger = Ledger::open(directory, &Options::default(), Arc::new(Noon)).unwrap();
    assert_eq!((ledger.recovery().unknown_attempts, ledger.recovery().unknown_calls), (1, 1));
    drop(ledger);
    let written = Tail::at_rest(&segments).read(Position { segment: 2, offset: 0 }, 9).unwrap();
    let users = written.entries.into_iter().map(|entry| match entry.record {
        Record::Attempt(attempt) => attempt.attribution.user.unwrap(),
        Record::Call(call) => call.attribution.user.unwrap(),
        Record::HoldOpened(_) | Record::HoldExtended(_) | Record::Adjustment(_) => String::new(),
    });
    assert_eq!(users.map(|user| user.len()).collect::<Vec<_>>(), [1024, 1024]);
}
