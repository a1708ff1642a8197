use std::time::Duration;

use glaux_web::{Problem, RateLimit};

const QUOTA: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);

/// Failed sign-ins of the last minute, of everyone together. Whoever has a valid link is let in all the same.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    /// The monotonic start of the window, and the failures in it.
    window: parking_lot::Mutex<(Duration, u32)>,
}

impl Attempts {
    /// Counts a failure at monotonic time `now`.
    ///
    /// # Errors
    /// `rate_limited` when there were too many.
    pub(crate) fn count_failure(&self, now: Duration) -> Result<(), Problem> {
        let mut window = self.window.lock();
        if now.saturating_sub(window.0) >= WINDOW {
            *window = (now, 0);
        }
        window.1 = window.1.saturating_add(1);
        if window.1 <= QUOTA {
            return Ok(());
        }
        let reset = (window.0 + WINDOW).saturating_sub(now);
        Err(Problem::rate_limited(RateLimit { policy: "sign-in", quota: QUOTA, window: WINDOW, remaining: 0, reset }))
    }
}

#[cfg(test)]
mod tests {
    use glaux_kernel::problem::Code;

    use super::*;

    #[test]
    fn thirty_failures_a_minute() {
        let attempts = Attempts::default();
        let at = Duration::from_secs;
        for _ in 0..QUOTA {
            assert!(attempts.count_failure(at(100)).is_ok());
        }
        assert_eq!(attempts.count_failure(at(159)).unwrap_err().code(), Code::RateLimited);
        assert!(attempts.count_failure(at(160)).is_ok());
    }
}
