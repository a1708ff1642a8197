//! How well things worked, minute by minute, as far as this process looked.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use glaux_kernel::{OrganizationId, ProviderId, Timestamp};
use parking_lot::Mutex;
use serde::Serialize;
use utoipa::ToSchema;

use crate::status::{Health, Status};

/// What is remembered, of each thing.
const MINUTES: i64 = 90;
const MINUTE_MICROS: i64 = 60_000_000;

/// Shared by [`watch`](crate::watch), which looks, and the routes, which are asked. Empty at each start.
#[derive(Debug, Clone, Default)]
pub struct History(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    checks: HashMap<&'static str, Checked>,
    providers: HashMap<(OrganizationId, ProviderId), Minutes>,
}

/// A check of the program itself.
#[derive(Debug)]
struct Checked {
    status: Health,
    since: Timestamp,
    minutes: Minutes,
}

/// How well something worked within a minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct HealthMinute {
    /// When the minute began.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The worst that was seen; idle where nothing was.
    status: Health,
}

impl History {
    /// Keeps what a check says, and tells since when it has said so.
    pub(crate) fn note_check(&self, name: &'static str, status: Health, now: Timestamp) -> Timestamp {
        let mut known = self.0.lock();
        let first = || Checked { status, since: now, minutes: Minutes::default() };
        let checked = known.checks.entry(name).or_insert_with(first);
        if checked.status != status {
            (checked.status, checked.since) = (status, now);
        }
        checked.minutes.note(status, now);
        checked.since
    }

    /// Keeps how well an organization's providers work.
    pub(crate) fn note_providers(&self, organization: OrganizationId, status: &Status) {
        let mut known = self.0.lock();
        for provider in status.providers.iter().filter(|provider| provider.status != Health::Idle) {
            known.providers.entry((organization, provider.id)).or_default().note(provider.status, status.at);
        }
    }

    /// Forgets what was not seen for as long as minutes are shown.
    pub(crate) fn forget(&self, now: Timestamp) {
        self.0.lock().providers.retain(|_, minutes| (minute_of(now) - minutes.last).abs() < MINUTES);
    }

    /// The last minutes of a check, the oldest first.
    pub(crate) fn of_check(&self, name: &str, now: Timestamp) -> Vec<HealthMinute> {
        Minutes::show(self.0.lock().checks.get(name).map(|checked| &checked.minutes), now)
    }

    /// The last minutes of a provider, the oldest first.
    pub(crate) fn of_provider(
        &self,
        organization: OrganizationId,
        provider: ProviderId,
        now: Timestamp,
    ) -> Vec<HealthMinute> {
        Minutes::show(self.0.lock().providers.get(&(organization, provider)), now)
    }
}

/// The worst of each minute up to the last one in which something was seen.
#[derive(Debug, Default)]
struct Minutes {
    last: i64,
    worst: VecDeque<Health>,
}

impl Minutes {
    fn note(&mut self, status: Health, now: Timestamp) {
        let minute = minute_of(now);
        let passed = minute - self.last;
        // A clock that was set back that far shows nothing of what was, and would show nothing until it is there again.
        if self.worst.is_empty() || passed.abs() >= MINUTES {
            self.worst = VecDeque::from([status]);
            self.last = minute;
        } else if passed > 0 {
            (1..passed).for_each(|_| self.worst.push_back(Health::Idle));
            self.worst.push_back(status);
            self.last = minute;
        } else if passed == 0
            && let Some(worst) = self.worst.back_mut()
        {
            *worst = status.max(*worst);
        }
        while self.worst.len() > MINUTES as usize {
            self.worst.pop_front();
        }
    }

    fn show(known: Option<&Self>, now: Timestamp) -> Vec<HealthMinute> {
        let present = minute_of(now);
        let shown = (present - MINUTES + 1..=present).map(|minute| HealthMinute {
            at: Timestamp::from_micros(minute * MINUTE_MICROS),
            status: known.and_then(|known| known.of(minute)).unwrap_or(Health::Idle),
        });
        shown.collect()
    }

    fn of(&self, minute: i64) -> Option<Health> {
        let back = usize::try_from(self.last - minute).ok()?;
        self.worst.iter().rev().nth(back).copied()
    }
}

fn minute_of(now: Timestamp) -> i64 {
    now.as_micros().div_euclid(MINUTE_MICROS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    /// The minutes that are not idle, counted back from the present one.
    fn shown(history: &History, now: Timestamp) -> Vec<(usize, Health)> {
        let minutes = history.of_check("database", now);
        assert_eq!(minutes.len(), 90);
        assert_eq!(minutes[89].at.as_micros() / 1_000_000, now.as_micros() / 60_000_000 * 60);
        let seen = minutes.iter().rev().enumerate().filter(|(_, minute)| minute.status != Health::Idle);
        seen.map(|(back, minute)| (back, minute.status)).collect()
    }

    #[test]
    fn each_minute_shows_its_worst_and_gaps_are_idle() {
        use Health::{Degraded, Down, Healthy};
        let history = History::default();
        let note = |second: i64, status: Health| history.note_check("database", status, at(second));
        assert_eq!(shown(&history, at(6000)), []);
        assert_eq!(note(6000, Healthy), at(6000));
        assert_eq!(note(6010, Down), at(6010));
        assert_eq!(note(6020, Healthy), at(6020));
        assert_eq!(note(6059, Healthy), at(6020));
        note(6180, Degraded);
        assert_eq!(shown(&history, at(6180)), [(0, Degraded), (3, Down)]);
        // A clock that was set back a little changes nothing that was seen.
        note(6000, Down);
        assert_eq!(shown(&history, at(6299)), [(1, Degraded), (4, Down)]);
        assert_eq!(shown(&history, at(6000 + 89 * 60)), [(86, Degraded), (89, Down)]);
        assert_eq!(shown(&history, at(6000 + 90 * 60)), [(87, Degraded)]);
        note(6000 + 200 * 60, Healthy);
        assert_eq!(shown(&history, at(6000 + 200 * 60)), [(0, Healthy)]);
        for minute in 0..300 {
            note(20_000 + minute * 60, Healthy);
        }
        assert_eq!(shown(&history, at(20_000 + 299 * 60)).len(), 90);
        assert_eq!(history.0.lock().checks["database"].minutes.worst.len(), 90);
        // One that was set back by more than what is shown begins anew.
        note(3000, Down);
        assert_eq!(shown(&history, at(3060)), [(1, Down)]);
    }
}
