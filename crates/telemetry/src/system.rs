use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use glaux_kernel::{Clock, Rng, Timestamp};
use rand::Rng as _;

/// The machine's clocks.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// Monotonic time counts from now.
    #[expect(clippy::disallowed_methods, reason = "the one reader of the machine's monotonic clock")]
    pub fn start() -> Self {
        Self { started: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one reader of the machine's wall clock")]
    fn now(&self) -> Timestamp {
        // A machine whose clock stands before 1970 is told so by every id and entry; it is no reason to stop.
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.started.elapsed()
    }
}

/// The thread's generator, seeded and reseeded by the operating system (ChaCha12).
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemRng;

impl Rng for SystemRng {
    #[expect(clippy::disallowed_methods, reason = "the one reader of the machine's randomness")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::rng().fill_bytes(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_past_the_day_this_was_written_and_never_goes_back() {
        let clock = SystemClock::start();
        assert!(clock.now() > "2026-11-01T00:00:00Z".parse().unwrap());
        let earlier = clock.monotonic();
        assert!(clock.monotonic() >= earlier);
    }

    #[test]
    fn two_draws_differ() {
        assert_ne!(SystemRng.next_u64(), SystemRng.next_u64());
    }
}
