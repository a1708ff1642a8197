use std::{collections::VecDeque, sync::Arc};

use super::{Event, Numbered};

/// The latest events, so that a watcher who comes back misses none.
#[derive(Debug)]
pub(super) struct History {
    capacity: usize,
    next: u64,
    latest: VecDeque<Arc<Numbered>>,
}

/// What happened while a watcher was away.
#[derive(Debug)]
pub(crate) enum Missed {
    /// These, in order.
    Events(Vec<Arc<Numbered>>),
    /// More than is remembered.
    Gap,
}

impl History {
    pub(super) fn new(capacity: usize) -> Self {
        Self { capacity, next: 1, latest: VecDeque::with_capacity(capacity) }
    }

    pub(super) fn append(&mut self, event: Event) -> Arc<Numbered> {
        let numbered = Arc::new(Numbered { number: self.next, event });
        self.next += 1;
        if self.latest.len() == self.capacity {
            self.latest.pop_front();
        }
        self.latest.push_back(Arc::clone(&numbered));
        numbered
    }

    /// What came after event `number`.
    pub(super) fn after(&self, number: u64) -> Missed {
        let oldest = self.latest.front().map_or(self.next, |event| event.number);
        if number >= self.next || number + 1 < oldest {
            return Missed::Gap;
        }
        Missed::Events(self.latest.iter().filter(|event| event.number > number).cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use glaux_kernel::{OrganizationId, Permission, Timestamp};

    use super::*;
    use crate::live::EventKind;

    #[test]
    fn what_is_no_longer_remembered_is_a_gap() {
        let mut history = History::new(3);
        for _ in 0..5 {
            history.append(Event {
                kind: EventKind::QueueUpdated,
                organization: OrganizationId::PLATFORM,
                permission: Permission("queues.read"),
                at: Timestamp::default(),
                data: String::new(),
            });
        }
        let check = |last: u64, expected: Option<&[u64]>| {
            let got = match history.after(last) {
                Missed::Events(events) => Some(events.iter().map(|event| event.number).collect::<Vec<_>>()),
                Missed::Gap => None,
            };
            assert_eq!(got.as_deref(), expected, "{last}");
        };
        check(5, Some(&[]));
        check(4, Some(&[5]));
        check(2, Some(&[3, 4, 5]));
        check(1, None);
        check(6, None);
    }
}
