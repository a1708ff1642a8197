//! A clock that stands still until the test moves it.

use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use glaux_kernel::{Clock, Timestamp};

/// Both times move together with [`Self::advance`]; [`Self::set`] moves the wall clock alone, as an operator does.
#[derive(Debug)]
pub struct ManualClock {
    wall_micros: AtomicI64,
    monotonic_nanos: AtomicU64,
}

impl ManualClock {
    /// Stands at `now`.
    pub fn new(now: Timestamp) -> Self {
        Self { wall_micros: AtomicI64::new(now.as_micros()), monotonic_nanos: AtomicU64::new(0) }
    }

    /// Stands at the moment of this RFC 3339 text.
    pub fn at(text: &str) -> Self {
        Self::new(text.parse().expect("an RFC 3339 time"))
    }

    /// Lets `duration` pass, in whole microseconds on the wall clock.
    pub fn advance(&self, duration: Duration) {
        let micros = i64::try_from(duration.as_micros()).expect("less than 292,000 years");
        let nanos = u64::try_from(duration.as_nanos()).expect("less than 584 years");
        self.wall_micros.fetch_add(micros, Ordering::SeqCst);
        self.monotonic_nanos.fetch_add(nanos, Ordering::SeqCst);
    }

    /// Sets the wall clock, forwards or back; no time passes.
    pub fn set(&self, now: Timestamp) {
        self.wall_micros.store(now.as_micros(), Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.wall_micros.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::from_nanos(self.monotonic_nanos.load(Ordering::SeqCst))
    }
}
