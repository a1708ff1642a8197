use std::{collections::VecDeque, sync::Arc};

use tokio::sync::broadcast::{self, error::RecvError};

use super::{Event, Events, Numbered, history::Missed};
use crate::Caller;

/// What one watcher is told.
#[derive(Debug)]
pub enum Message {
    /// Something happened.
    Event {
        /// For `Last-Event-ID`.
        id: String,
        /// What.
        event: Event,
    },
    /// Events were lost: read again what you show.
    Gap,
}

/// One watcher's view of the events.
#[derive(Debug)]
pub struct Subscription {
    events: Events,
    caller: Caller,
    pending: VecDeque<Arc<Numbered>>,
    gap: bool,
    receiver: broadcast::Receiver<Arc<Numbered>>,
}

impl Subscription {
    /// Watches on behalf of `caller`, from after the event with this id on if it names one.
    pub fn new(events: Events, caller: Caller, last_event_id: Option<&str>) -> Self {
        let (missed, receiver) = events.watch(last_event_id);
        let (pending, gap) = match missed {
            Missed::Events(missed) => (VecDeque::from(missed), false),
            Missed::Gap => (VecDeque::new(), true),
        };
        Self { events, caller, pending, gap, receiver }
    }

    /// The next message; `None` when the process stops. Cancel-safe.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if std::mem::take(&mut self.gap) {
                return Some(Message::Gap);
            }
            let numbered = match self.pending.pop_front() {
                Some(numbered) => numbered,
                None => match self.receiver.recv().await {
                    Ok(numbered) => numbered,
                    Err(RecvError::Lagged(_)) => {
                        self.gap = true;
                        continue;
                    }
                    Err(RecvError::Closed) => return None,
                },
            };
            let event = &numbered.event;
            if event.organization == self.caller.organization && self.caller.may(event.permission) {
                return Some(Message::Event { id: self.events.id_of(numbered.number), event: event.clone() });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use glaux_kernel::{OrganizationId, Permission, Rng, Timestamp};

    use super::*;
    use crate::{
        Actor, Grant,
        live::{CAPACITY, EventKind},
    };

    struct Counting;

    impl Rng for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(7);
        }
    }

    const READ: Permission = Permission("features.read");

    fn event(organization: OrganizationId, permission: Permission, data: &str) -> Event {
        let kind = EventKind::FeatureStatusChanged;
        Event::new(kind, organization, permission, Timestamp::default(), &data).unwrap()
    }

    fn caller(organization: OrganizationId) -> Caller {
        let grant = Grant::Only(BTreeSet::from([READ.0.to_owned()]));
        Caller { actor: Actor::System, name: String::new(), organization, grant }
    }

    async fn ids(subscription: &mut Subscription, count: usize) -> Vec<String> {
        let mut seen = Vec::new();
        for _ in 0..count {
            seen.push(match subscription.next().await.unwrap() {
                Message::Event { id, event } => format!("{} {}", id.rsplit('-').next().unwrap(), event.data),
                Message::Gap => "gap".to_owned(),
            });
        }
        seen
    }

    #[tokio::test]
    async fn only_what_one_may_read_in_ones_own_organization_is_seen() {
        let other = OrganizationId::new(Timestamp::default(), &Counting);
        let events = Events::new(&Counting);
        let mut mine = Subscription::new(events.clone(), caller(OrganizationId::PLATFORM), None);
        events.send(event(other, READ, "other's"));
        events.send(event(OrganizationId::PLATFORM, Permission("journal.read"), "not allowed"));
        events.send(event(OrganizationId::PLATFORM, READ, "mine"));
        assert_eq!(ids(&mut mine, 1).await, ["3 \"mine\""]);
    }

    #[tokio::test]
    async fn a_watcher_who_comes_back_misses_nothing_or_is_told() {
        let organization = OrganizationId::PLATFORM;
        let events = Events::new(&Counting);
        for data in ["a", "b", "c"] {
            events.send(event(organization, READ, data));
        }
        let first = events.id_of(1);
        let mut back = Subscription::new(events.clone(), caller(organization), Some(&first));
        events.send(event(organization, READ, "d"));
        assert_eq!(ids(&mut back, 3).await, ["2 \"b\"", "3 \"c\"", "4 \"d\""]);

        let mut stranger = Subscription::new(events.clone(), caller(organization), Some("0-1"));
        assert_eq!(ids(&mut stranger, 1).await, ["gap"]);
    }

    #[tokio::test]
    async fn nobody_watches_a_process_that_stops() {
        let events = Events::new(&Counting);
        let mut before = Subscription::new(events.clone(), caller(OrganizationId::PLATFORM), None);
        events.send(event(OrganizationId::PLATFORM, READ, "last"));
        events.close();
        events.send(event(OrganizationId::PLATFORM, READ, "unheard"));
        assert_eq!(ids(&mut before, 1).await, ["1 \"last\""]);
        assert!(before.next().await.is_none());
        assert!(Subscription::new(events, caller(OrganizationId::PLATFORM), None).next().await.is_none());
    }

    #[tokio::test]
    async fn a_watcher_who_lags_is_told_and_goes_on() {
        let organization = OrganizationId::PLATFORM;
        let events = Events::new(&Counting);
        let mut slow = Subscription::new(events.clone(), caller(organization), None);
        for number in 0..=CAPACITY {
            events.send(event(organization, READ, &number.to_string()));
        }
        assert_eq!(ids(&mut slow, 2).await, ["gap".to_owned(), "2 \"1\"".to_owned()]);
    }
}
