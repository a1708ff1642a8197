use glaux_kernel::problem::Code;

use super::EventKind;
use crate::Problem;

/// The kinds of events that a watcher is told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topics(u16);

impl Default for Topics {
    /// All that are remembered.
    fn default() -> Self {
        Self::of(EventKind::ALL.into_iter().filter(|kind| !kind.is_passing()))
    }
}

impl Topics {
    /// These kinds and no others.
    ///
    /// # Errors
    /// `invalid_request` for a name that no kind has.
    pub fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Problem> {
        let find = |name: &str| {
            EventKind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or_else(|| {
                let shown: String = name.chars().take(80).collect();
                Problem::new(Code::InvalidRequest, format!("there is no topic `{shown}`"))
            })
        };
        names.into_iter().map(find).collect::<Result<Vec<_>, _>>().map(Self::of)
    }

    /// The value of `?topics=`: names with commas between them. Without it, the default.
    ///
    /// # Errors
    /// As [`Topics::named`].
    pub fn from_query(topics: Option<&str>) -> Result<Self, Problem> {
        match topics {
            None => Ok(Self::default()),
            Some(topics) => Self::named(topics.split(',').map(str::trim).filter(|name| !name.is_empty())),
        }
    }

    pub(super) fn has(self, kind: EventKind) -> bool {
        self.0 & bit(kind) != 0
    }

    /// Whether one of them is not remembered.
    pub(super) fn are_passing(self) -> bool {
        EventKind::ALL.into_iter().any(|kind| kind.is_passing() && self.has(kind))
    }

    fn of(kinds: impl IntoIterator<Item = EventKind>) -> Self {
        Self(kinds.into_iter().fold(0, |all, kind| all | bit(kind)))
    }
}

fn bit(kind: EventKind) -> u16 {
    1 << kind as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_named_by_their_kinds() {
        let check = |query: Option<&str>, expected: &[EventKind]| {
            let topics = Topics::from_query(query).unwrap();
            let has: Vec<EventKind> = EventKind::ALL.into_iter().filter(|kind| topics.has(*kind)).collect();
            assert_eq!(has, expected, "{query:?}");
        };
        check(None, &EventKind::ALL[..9]);
        check(Some(""), &[]);
        check(Some("usage.appended"), &[EventKind::UsageAppended]);
        check(Some("journal.appended, health.changed,"), &[EventKind::HealthChanged, EventKind::JournalAppended]);
        let problem = Topics::from_query(Some("journal.appended,weather")).unwrap_err();
        assert!(problem.detail().contains("`weather`"), "{problem}");
    }

    #[test]
    fn only_what_is_remembered_is_told_unasked() {
        assert!(!Topics::default().are_passing());
        assert!(Topics::named(["usage.appended", "journal.appended"]).unwrap().are_passing());
    }
}
