use glaux_kernel::{Environment, FeatureId, KeyId, ModelId, ProviderId, Timestamp};
use glaux_ledger::record::Status;

use crate::sums::StatusCounts;

/// Features that a text may stand for.
pub const MAX_FEATURES: usize = 16;

/// Which calls. What is absent does not narrow.
#[derive(Debug, Clone, Default)]
pub struct CallFilter {
    /// That came at this moment or later.
    pub from: Timestamp,
    /// That came before this moment.
    pub to: Timestamp,
    /// Of a feature.
    pub feature: Option<FeatureId>,
    /// By a key.
    pub key: Option<KeyId>,
    /// Whose last attempt went to a model.
    pub model: Option<ModelId>,
    /// Whose last attempt went to a provider.
    pub provider: Option<ProviderId>,
    /// In an environment.
    pub environment: Option<Environment>,
    /// That ended in one of these ways; none: in any.
    pub statuses: Vec<Status>,
    /// That were, or were not, answered from the response cache.
    pub cached: Option<bool>,
    /// That took, or did not take, more than one attempt.
    pub retried: Option<bool>,
    /// For an end user.
    pub user: Option<String>,
    /// That took at least so long.
    pub min_duration_micros: Option<i64>,
    /// That cost at least so much.
    pub min_cost_nanos: Option<i64>,
    /// In which a text is found.
    pub text: Option<TextSearch>,
}

/// A text, found in a model's name, a user, a session or an error code, whatever the case of ASCII letters.
#[derive(Debug, Clone)]
pub struct TextSearch {
    /// The text.
    pub text: String,
    /// Features in whose names it is found, at most [`MAX_FEATURES`].
    pub features: Vec<FeatureId>,
}

/// How many calls of a roll-up a filter wants. What is cached ended in success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Counting {
    /// By [`Status::ALL`].
    pub(crate) statuses: [bool; Status::ALL.len()],
    /// How often the cached calls are added.
    pub(crate) cached: i64,
}

impl CallFilter {
    fn wants(&self, status: Status) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&status)
    }

    /// `None`: no call is like this.
    pub(crate) fn counting(&self) -> Option<Counting> {
        let success = self.wants(Status::Success);
        match self.cached {
            Some(true) => success.then_some(Counting { statuses: [false; Status::ALL.len()], cached: 1 }),
            Some(false) => Some(Counting { statuses: self.wanted(), cached: -i64::from(success) }),
            None => Some(Counting { statuses: self.wanted(), cached: 0 }),
        }
    }

    fn wanted(&self) -> [bool; Status::ALL.len()] {
        Status::ALL.map(|status| self.wants(status))
    }

    /// Roll-ups know where such calls are.
    pub(crate) fn narrows_rollups(&self) -> bool {
        self.feature.is_some()
            || self.key.is_some()
            || self.model.is_some()
            || self.provider.is_some()
            || self.environment.is_some()
            || self.cached.is_some()
            || !self.statuses.is_empty()
    }

    /// Only rows show whether they are meant.
    pub(crate) fn narrows_rows(&self) -> bool {
        self.retried.is_some()
            || self.user.is_some()
            || self.min_duration_micros.is_some()
            || self.min_cost_nanos.is_some()
            || self.text.is_some()
    }
}

impl Counting {
    /// What a filter wants of these calls.
    pub(crate) fn of(self, calls: &StatusCounts, cached: u64) -> StatusCounts {
        let mut counts = StatusCounts::default();
        for status in Status::ALL {
            let wanted = if self.statuses[status as usize] { calls.get(status) } else { 0 };
            let wanted = match (status, self.cached) {
                (Status::Success, 1) => wanted + cached,
                (Status::Success, -1) => wanted.saturating_sub(cached),
                _ => wanted,
            };
            counts.add(status, wanted);
        }
        counts
    }

    /// How many of the cached calls a filter wants.
    pub(crate) fn cached_of(self, cached: u64) -> u64 {
        let wants = self.cached == 1 || self.cached == 0 && self.statuses[Status::Success as usize];
        if wants { cached } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_of_a_roll_up_are_counted_as_their_rows_would_be() {
        let mut calls = StatusCounts::default();
        calls.add(Status::Success, 10);
        calls.add(Status::Error, 3);
        let check = |statuses: &[Status], cached, expected: Option<u64>| {
            let filter = CallFilter { statuses: statuses.to_vec(), cached, ..CallFilter::default() };
            let found = filter.counting().map(|counting| counting.of(&calls, 4).total());
            assert_eq!(found, expected, "{statuses:?} {cached:?}");
        };
        check(&[], None, Some(13));
        check(&[], Some(true), Some(4));
        check(&[], Some(false), Some(9));
        check(&[Status::Error, Status::Timeout], None, Some(3));
        check(&[Status::Error], Some(false), Some(3));
        check(&[Status::Success], Some(false), Some(6));
        check(&[Status::Error], Some(true), None);
    }
}
