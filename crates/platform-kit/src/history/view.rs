//! Entries as clients read them.

use glaux_journal::{self as journal, ActorId, Difference, Entry};
use glaux_kernel::{ChangeId, ChangeSetId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One decision.
#[derive(Serialize, ToSchema)]
#[schema(as = JournalEntry)]
pub(super) struct EntryView {
    /// Its place among all entries.
    seq: i64,
    /// Its place in the organization's chain.
    number: i64,
    #[schema(value_type = String, example = "chg_01890000000070008000000000000000")]
    id: ChangeId,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// user, token or system.
    actor_kind: &'static str,
    /// Absent for system.
    actor_id: Option<String>,
    /// The name, as it was then. Erased when absent.
    actor: Option<String>,
    /// feature, key, model…
    kind: String,
    /// The object's id.
    object: String,
    /// The object's name, as it was then. Erased when absent.
    name: Option<String>,
    action: String,
    reason: Option<String>,
    /// What else was changed as one with it.
    #[schema(value_type = Option<String>)]
    change_set: Option<ChangeSetId>,
    hash: String,
    undo: UndoView,
}

/// Whether a decision can be taken back, and what is known of that.
#[derive(Serialize, ToSchema)]
#[schema(as = JournalUndo)]
pub(super) struct UndoView {
    /// Whether the caller can take it back. In a list as far as the entry itself says it; of one entry exactly.
    pub(super) possible: bool,
    /// Why not, in words.
    pub(super) why: Option<String>,
    /// The entry that took it back last.
    pub(super) undone_by: Option<i64>,
    /// The entry that it takes back.
    pub(super) undoes: Option<i64>,
}

/// One decision with both states.
#[derive(Serialize, ToSchema)]
pub(super) struct JournalEntryDetail {
    #[serde(flatten)]
    entry: EntryView,
    /// The form that the states have.
    schema_version: u32,
    /// The object's state before; absent if there was no such object, or if it was erased.
    #[schema(value_type = Option<Object>)]
    before: Option<Value>,
    /// The object's state after; absent if it is no more, or if it was erased.
    #[schema(value_type = Option<Object>)]
    after: Option<Value>,
    /// The states, names and reason are erased.
    erased: bool,
    #[schema(value_type = Vec<Object>)]
    differences: Vec<Difference>,
}

impl UndoView {
    /// `why`: in words what stands in the way.
    pub(super) fn new(entry: &Entry, undone_by: Option<i64>, why: Option<String>) -> Self {
        Self { possible: why.is_none(), why, undone_by, undoes: entry.undoes }
    }
}

impl EntryView {
    pub(super) fn new(entry: Entry, undo: UndoView) -> Self {
        let (actor, name, reason) = match entry.payload {
            Some(payload) => (Some(payload.actor), Some(payload.name), payload.reason),
            None => (None, None, None),
        };
        Self {
            seq: entry.seq,
            number: entry.number,
            id: entry.id,
            at: entry.at,
            actor_kind: entry.actor.kind(),
            actor_id: match entry.actor {
                ActorId::User(id) => Some(id.to_string()),
                ActorId::Token(id) => Some(id.to_string()),
                ActorId::System => None,
            },
            actor,
            kind: entry.kind,
            object: entry.object,
            name,
            action: entry.action,
            reason,
            change_set: entry.change_set,
            hash: entry.hash.to_string(),
            undo,
        }
    }
}

impl JournalEntryDetail {
    pub(super) fn new(mut entry: Entry, undo: UndoView) -> Self {
        let differences = differences(&entry);
        let erased = entry.payload.is_none();
        let states = entry.payload.as_mut().map(|payload| (payload.before.take(), payload.after.take()));
        let (before, after) = states.unwrap_or_default();
        let schema_version = entry.schema_version;
        Self { entry: EntryView::new(entry, undo), schema_version, before, after, erased, differences }
    }
}

/// What a decision changed, as far as it is not erased.
pub(super) fn differences(entry: &Entry) -> Vec<Difference> {
    let states = entry.payload.as_ref().map(|payload| (payload.before.as_ref(), payload.after.as_ref()));
    let (before, after) = states.unwrap_or_default();
    journal::diff(before, after)
}
