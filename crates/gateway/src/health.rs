//! How each model has answered of late: the circuit breaker, the retry budget, and what live status shows.
//!
//! One window of five-second slots per provider × model, on the monotonic clock.

use std::{sync::Arc, time::Duration};

use foldhash::HashMap;
use glaux_kernel::ModelId;
use parking_lot::{Mutex, RwLock};

/// Slots of a window; 12 × 5 s is the minute that live status shows.
const SLOTS: usize = 12;
const SLOT: Duration = Duration::from_secs(5);
/// The breaker and the retry budget look at this many slots.
const RECENT: u64 = 2;
/// The breaker opens when at least this many recent attempts ended and at least half of them failed.
const LEAST_ATTEMPTS: u32 = 10;
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// Retries that are always allowed within the recent slots, so that a quiet model can be retried at all.
const FREE_RETRIES: u32 = 3;

/// How an attempt counts for the health of its model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It answered; a refusal that is the caller's fault counts as an answer.
    Answered {
        /// To the first byte of the answer.
        first_byte: Duration,
    },
    /// It failed, timed out or was overloaded.
    Failed,
    /// Nothing can be said: the client hung up, or nothing was sent.
    Unknown,
}

/// Whether attempts are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Circuit {
    /// All of them.
    Closed,
    /// None, for a while.
    Open,
    /// One, to see.
    HalfOpen,
}

/// What live status shows of a model.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize)]
pub struct ModelStatus {
    /// Whether attempts are let through.
    pub circuit: Circuit,
    /// Attempts that were answered within the last minute.
    pub answered: u32,
    /// Attempts that failed within the last minute.
    pub failed: u32,
    /// A moving average of the time to the first byte.
    pub first_byte_micros: Option<u64>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Slot {
    /// Which five seconds since the clock's zero these counts are of.
    number: u64,
    answered: u32,
    failed: u32,
    retries: u32,
}

#[derive(Debug, Default)]
struct State {
    slots: [Slot; SLOTS],
    first_byte_micros: Option<u64>,
    open_until: Option<Duration>,
    pause: Duration,
    probing: bool,
}

/// The health of one model.
#[derive(Debug, Default)]
pub(crate) struct ModelHealth(Mutex<State>);

impl ModelHealth {
    /// Whether an attempt may be sent now. While half open, the one that asks first is the probe.
    pub(crate) fn admit(&self, now: Duration) -> bool {
        let mut state = self.0.lock();
        match state.circuit(now) {
            Circuit::Closed => true,
            Circuit::Open => false,
            Circuit::HalfOpen => !std::mem::replace(&mut state.probing, true),
        }
    }

    /// Whether a retry may be added: at most `percent` of recent calls, and always a few.
    pub(crate) fn take_retry(&self, percent: u32, now: Duration) -> bool {
        let mut state = self.0.lock();
        let recent = state.sum(RECENT, now);
        let allowed = (recent.answered + recent.failed) * percent / 100 + FREE_RETRIES;
        if recent.retries >= allowed {
            return false;
        }
        state.slot(now).retries += 1;
        true
    }

    /// Counts how an attempt ended.
    pub(crate) fn record(&self, outcome: Outcome, now: Duration) {
        let mut state = self.0.lock();
        let probed = std::mem::take(&mut state.probing);
        match outcome {
            Outcome::Answered { first_byte } => {
                let micros = u64::try_from(first_byte.as_micros()).unwrap_or(u64::MAX);
                let average = state.first_byte_micros.map_or(micros, |old| (old * 7).saturating_add(micros) / 8);
                state.first_byte_micros = Some(average);
                state.slot(now).answered += 1;
                if probed && state.open_until.is_some() {
                    state.slots = [Slot::default(); SLOTS];
                    (state.open_until, state.pause) = (None, Duration::ZERO);
                }
            }
            Outcome::Failed => {
                state.slot(now).failed += 1;
                let recent = state.sum(RECENT, now);
                let ended = recent.answered + recent.failed;
                if probed || (state.open_until.is_none() && ended >= LEAST_ATTEMPTS && recent.failed * 2 >= ended) {
                    state.pause = (state.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
                    state.open_until = Some(now + state.pause);
                }
            }
            Outcome::Unknown => {}
        }
    }

    /// A moving average of the time to the first byte.
    pub(crate) fn first_byte_micros(&self) -> Option<u64> {
        self.0.lock().first_byte_micros
    }

    /// What live status shows.
    pub(crate) fn status(&self, now: Duration) -> ModelStatus {
        let state = self.0.lock();
        let minute = state.sum(SLOTS as u64, now);
        ModelStatus {
            circuit: state.circuit(now),
            answered: minute.answered,
            failed: minute.failed,
            first_byte_micros: state.first_byte_micros,
        }
    }
}

impl State {
    fn circuit(&self, now: Duration) -> Circuit {
        match self.open_until {
            None => Circuit::Closed,
            Some(until) if now < until => Circuit::Open,
            Some(_) => Circuit::HalfOpen,
        }
    }

    fn slot(&mut self, now: Duration) -> &mut Slot {
        let number = number(now);
        let slot = &mut self.slots[(number % SLOTS as u64) as usize];
        if slot.number != number {
            *slot = Slot { number, ..Slot::default() };
        }
        slot
    }

    fn sum(&self, slots: u64, now: Duration) -> Slot {
        let number = number(now);
        let recent = self.slots.iter().filter(|slot| slot.number + slots > number && slot.number <= number);
        recent.fold(Slot::default(), |sum, slot| Slot {
            number,
            answered: sum.answered + slot.answered,
            failed: sum.failed + slot.failed,
            retries: sum.retries + slot.retries,
        })
    }
}

fn number(now: Duration) -> u64 {
    now.as_secs() / SLOT.as_secs()
}

/// The health of every model that was ever tried.
#[derive(Debug, Default)]
pub(crate) struct Health(RwLock<HashMap<ModelId, Arc<ModelHealth>>>);

impl Health {
    /// The health of this model.
    pub(crate) fn of(&self, model: ModelId) -> Arc<ModelHealth> {
        if let Some(health) = self.0.read().get(&model) {
            return Arc::clone(health);
        }
        Arc::clone(self.0.write().entry(model).or_default())
    }

    /// What live status shows of each model that was tried.
    pub(crate) fn statuses(&self, now: Duration) -> Vec<(ModelId, ModelStatus)> {
        self.0.read().iter().map(|(model, health)| (*model, health.status(now))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: Outcome = Outcome::Answered { first_byte: Duration::from_millis(80) };

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn half_of_ten_failing_opens_and_one_good_probe_closes() {
        let health = ModelHealth::default();
        for outcome in [ANSWER, Outcome::Failed].into_iter().cycle().take(9) {
            health.record(outcome, at(1));
            assert!(health.admit(at(1)));
        }
        health.record(Outcome::Failed, at(1));
        assert!(!health.admit(at(5)));
        assert!(health.admit(at(6)), "the probe");
        assert!(!health.admit(at(6)), "one probe at a time");
        health.record(ANSWER, at(7));
        assert!(health.admit(at(7)) && health.admit(at(7)));
    }

    #[test]
    fn a_failed_probe_doubles_the_pause_up_to_a_minute() {
        let health = ModelHealth::default();
        for _ in 0..10 {
            health.record(Outcome::Failed, at(0));
        }
        let mut now = at(5);
        for pause in [10, 20, 40, 60, 60] {
            assert!(health.admit(now));
            health.record(Outcome::Failed, now);
            assert!(!health.admit(now + at(pause) - Duration::from_millis(1)));
            now += at(pause);
        }
    }

    #[test]
    fn a_probe_whose_client_hung_up_lets_the_next_one_probe() {
        let health = ModelHealth::default();
        for _ in 0..10 {
            health.record(Outcome::Failed, at(0));
        }
        assert!(health.admit(at(5)));
        health.record(Outcome::Unknown, at(6));
        assert!(health.admit(at(6)));
    }

    #[test]
    fn retries_are_a_share_of_recent_calls() {
        let health = ModelHealth::default();
        for _ in 0..100 {
            health.record(ANSWER, at(0));
        }
        let taken = (0..100).filter(|_| health.take_retry(20, at(1))).count();
        assert_eq!(taken, 23);
        assert!(health.take_retry(20, at(60)), "old retries are forgotten");
    }
}
