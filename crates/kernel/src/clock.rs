use std::time::Duration;

use crate::Timestamp;

/// Wall-clock and monotonic time, passed in so that tests decide what time it is.
pub trait Clock: Send + Sync + 'static {
    /// The wall clock, UTC. May jump.
    fn now(&self) -> Timestamp;

    /// Time since an arbitrary fixed point; never goes back. Limits and latencies use this.
    fn monotonic(&self) -> Duration;
}

/// A source of random bytes. Keys, ids and jitter come from here.
pub trait Rng: Send + Sync + 'static {
    /// Fills `bytes`; cryptographically strong outside tests.
    fn fill(&self, bytes: &mut [u8]);

    /// A uniform 64-bit number.
    fn next_u64(&self) -> u64 {
        let mut bytes = [0; 8];
        self.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    }
}
