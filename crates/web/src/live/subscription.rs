use std::{collections::VecDeque, sync::Arc};

use tokio::sync::broadcast::{self, error::RecvError};

use super::{Event, Events, Numbered, Topics, audience::Seat, history::Missed};
use crate::Caller;

/// What one watcher is told.
#[derive(Debug)]
pub enum Message {
    /// Something happened.
    Event {
        /// For `Last-Event-ID`; what only passes by has none.
        id: Option<String>,
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
    topics: Topics,
    pending: VecDeque<Arc<Numbered>>,
    gap: bool,
    kept: broadcast::Receiver<Arc<Numbered>>,
    /// Only while one of the topics passes by.
    passing: Option<(broadcast::Receiver<Arc<Event>>, Seat)>,
}

impl Subscription {
    /// Watches on behalf of `caller`, from after the event with this id on if it names one.
    pub fn new(events: Events, caller: Caller, topics: Topics, last_event_id: Option<&str>) -> Self {
        let (missed, kept) = events.watch(last_event_id);
        let (pending, lost) = match missed {
            Missed::Events(missed) => (VecDeque::from(missed), false),
            Missed::Gap => (VecDeque::new(), true),
        };
        let mut new = Self { events, caller, topics, pending, gap: lost, kept, passing: None };
        new.turn_to(topics);
        new
    }

    /// From now on tells of these. What passed by before is not remembered, so that there is a gap.
    pub fn turn_to(&mut self, topics: Topics) {
        self.topics = topics;
        match (topics.are_passing(), &self.passing) {
            (true, None) => {
                self.passing = Some(self.events.watch_passing(&self.caller));
                self.gap = true;
            }
            (false, Some(_)) => self.passing = None,
            _ => {}
        }
    }

    /// The next message; `None` when the process stops. Cancel-safe.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if std::mem::take(&mut self.gap) {
                return Some(Message::Gap);
            }
            if let Some(numbered) = self.pending.pop_front() {
                if self.concerns(&numbered.event) {
                    return Some(self.remembered(&numbered));
                }
                continue;
            }
            let lost = tokio::select! {
                biased;
                kept = self.kept.recv() => match kept {
                    Ok(numbered) if self.concerns(&numbered.event) => return Some(self.remembered(&numbered)),
                    Ok(_) => None,
                    Err(error) => Some(error),
                },
                passing = next_passing(&mut self.passing) => match passing {
                    Ok(event) if self.concerns(&event) => {
                        return Some(Message::Event { id: None, event: Event::clone(&event) });
                    }
                    Ok(_) => None,
                    Err(error) => Some(error),
                },
            };
            match lost {
                None => {}
                Some(RecvError::Lagged(_)) => self.gap = true,
                Some(RecvError::Closed) => return None,
            }
        }
    }

    fn concerns(&self, event: &Event) -> bool {
        self.topics.has(event.kind)
            && event.organization == self.caller.organization
            && self.caller.may(event.permission)
    }

    fn remembered(&self, numbered: &Numbered) -> Message {
        Message::Event { id: Some(self.events.id_of(numbered.number)), event: numbered.event.clone() }
    }
}

async fn next_passing(passing: &mut Option<(broadcast::Receiver<Arc<Event>>, Seat)>) -> Result<Arc<Event>, RecvError> {
    match passing {
        Some((receiver, _)) => receiver.recv().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use glaux_kernel::{OrganizationId, Permission, Rng, Timestamp};

    use super::*;
    use crate::{
        Actor, Grant,
        live::{CAPACITY, EventKind, PASSING_CAPACITY},
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

    fn watch(events: &Events, caller: Caller, last_event_id: Option<&str>) -> Subscription {
        Subscription::new(events.clone(), caller, Topics::default(), last_event_id)
    }

    fn usage(data: &str) -> Event {
        Event::new(EventKind::UsageAppended, OrganizationId::PLATFORM, READ, Timestamp::default(), &data).unwrap()
    }

    async fn ids(subscription: &mut Subscription, count: usize) -> Vec<String> {
        let mut seen = Vec::new();
        for _ in 0..count {
            seen.push(match subscription.next().await.unwrap() {
                Message::Event { id, event } => {
                    let number = id.as_deref().map_or("passing", |id| id.rsplit('-').next().unwrap());
                    format!("{number} {}", event.data)
                }
                Message::Gap => "gap".to_owned(),
            });
        }
        seen
    }

    #[tokio::test]
    async fn only_what_one_may_read_in_ones_own_organization_is_seen() {
        let other = OrganizationId::new(Timestamp::default(), &Counting);
        let events = Events::new(&Counting);
        let mut mine = watch(&events, caller(OrganizationId::PLATFORM), None);
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
        let mut back = watch(&events, caller(organization), Some(&first));
        events.send(event(organization, READ, "d"));
        assert_eq!(ids(&mut back, 3).await, ["2 \"b\"", "3 \"c\"", "4 \"d\""]);

        let mut stranger = watch(&events, caller(organization), Some("0-1"));
        assert_eq!(ids(&mut stranger, 1).await, ["gap"]);
    }

    #[tokio::test]
    async fn nobody_watches_a_process_that_stops() {
        let events = Events::new(&Counting);
        let mut before = watch(&events, caller(OrganizationId::PLATFORM), None);
        events.send(event(OrganizationId::PLATFORM, READ, "last"));
        events.close();
        events.send(event(OrganizationId::PLATFORM, READ, "unheard"));
        assert_eq!(ids(&mut before, 1).await, ["1 \"last\""]);
        assert!(before.next().await.is_none());
        assert!(watch(&events, caller(OrganizationId::PLATFORM), None).next().await.is_none());
    }

    #[tokio::test]
    async fn a_watcher_who_lags_is_told_and_goes_on() {
        let organization = OrganizationId::PLATFORM;
        let events = Events::new(&Counting);
        let mut slow = watch(&events, caller(organization), None);
        for number in 0..=CAPACITY {
            events.send(event(organization, READ, &number.to_string()));
        }
        assert_eq!(ids(&mut slow, 2).await, ["gap".to_owned(), "2 \"1\"".to_owned()]);
    }

    #[tokio::test]
    async fn what_passes_by_is_told_to_those_who_ask_and_not_remembered() {
        let events = Events::new(&Counting);
        let both = Topics::named(["usage.appended", "feature.status_changed"]).unwrap();
        let mine = || caller(OrganizationId::PLATFORM);
        let mut unasked = watch(&events, mine(), None);
        let is_watched = || events.is_watched(OrganizationId::PLATFORM, READ);
        assert!(!is_watched());
        let mut watcher = Subscription::new(events.clone(), mine(), both, None);
        assert!(is_watched());
        events.send(usage("calls"));
        assert_eq!(ids(&mut watcher, 1).await, ["gap"], "what was before is to be read");
        assert_eq!(ids(&mut watcher, 1).await, ["passing \"calls\""]);
        events.send(event(OrganizationId::PLATFORM, READ, "a"));
        assert_eq!(ids(&mut watcher, 1).await, ["1 \"a\""]);
        assert_eq!(ids(&mut unasked, 1).await, ["1 \"a\""]);

        let last = events.id_of(1);
        let mut back = Subscription::new(events.clone(), mine(), both, Some(&last));
        assert_eq!(ids(&mut back, 1).await, ["gap"]);
        for _ in 0..=PASSING_CAPACITY {
            events.send(usage("more"));
        }
        assert_eq!(ids(&mut back, 2).await, ["gap", "passing \"more\""]);

        drop(back);
        watcher.turn_to(Topics::default());
        assert!(!is_watched());
        watcher.turn_to(both);
        assert!(is_watched());
        events.send(usage("again"));
        watcher.turn_to(both);
        assert_eq!(ids(&mut watcher, 1).await, ["gap"]);
        assert_eq!(ids(&mut watcher, 1).await, ["passing \"again\""], "there is one gap, when it begins");
        drop(watcher);
        assert!(!is_watched());
    }

    #[tokio::test]
    async fn watched_is_what_somebody_may_see() {
        let other = OrganizationId::new(Timestamp::default(), &Counting);
        let events = Events::new(&Counting);
        let topics = Topics::named(["usage.appended"]).unwrap();
        let _watcher = Subscription::new(events.clone(), caller(OrganizationId::PLATFORM), topics, None);
        assert!(events.is_watched(OrganizationId::PLATFORM, READ));
        assert!(!events.is_watched(other, READ));
        assert!(!events.is_watched(OrganizationId::PLATFORM, Permission("journal.read")));
    }

    #[tokio::test]
    async fn only_the_topics_that_were_named_are_told() {
        let events = Events::new(&Counting);
        let topics = Topics::named(["journal.appended"]).unwrap();
        let mut watcher = Subscription::new(events.clone(), caller(OrganizationId::PLATFORM), topics, None);
        events.send(event(OrganizationId::PLATFORM, READ, "status"));
        let appended = Event { kind: EventKind::JournalAppended, ..event(OrganizationId::PLATFORM, READ, "entry") };
        events.send(appended);
        assert_eq!(ids(&mut watcher, 1).await, ["2 \"entry\""]);
    }
}
