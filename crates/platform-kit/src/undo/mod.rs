//! Taking one decision back: its inverse, as a decision of its own.
//!
//! - An inverse goes through [`Change`](crate::Change) and keeps the rules of its kind: what may not be removed today, or
//!   would not be accepted, is refused in words.
//! - It gives an object the state from before a decision only while the object is as that decision left it.
//! - What is made again has its old id, so that what refers to it finds it. What was erased with it stays erased.

mod objects;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use glaux_journal::{self as journal, Entry, Payload};
use glaux_kernel::{Permission, problem::Code};
use glaux_store::OrgRead;
use glaux_web::{Caller, Problem};

pub use self::objects::{Inverse, Undoable, remove, undo_of};
use crate::{Change, history};

/// What taking decisions back needs, besides the right of each inverse.
pub(crate) const RIGHT: Permission = Permission("journal.undo");

/// How decisions about one kind are taken back. Objects have theirs from [`undo_of`].
#[async_trait]
pub trait Undo: Send + Sync + 'static {
    /// The word in the journal.
    fn kind(&self) -> &'static str;

    /// The rights that it needs; in words why nobody can.
    fn rights(&self, decision: Decision<'_>) -> Result<Vec<Permission>, String>;

    /// What stands in its way now, in words.
    async fn find_obstacle(&self, tx: &mut OrgRead, decision: Decision<'_>) -> Result<Option<String>, Problem>;

    /// Does the inverse of a decision that has no obstacle.
    async fn take_back(&self, change: &mut Change, decision: Decision<'_>) -> Result<(), Problem>;
}

/// An entry that is not erased.
#[derive(Debug, Clone, Copy)]
pub struct Decision<'e> {
    /// Which one.
    pub entry: &'e Entry,
    /// Both states.
    pub payload: &'e Payload,
}

/// Why a decision is not taken back.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The caller lacks the right.
    Right(Permission),
    /// Nobody can.
    Obstacle(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Right(right) => write!(f, "this needs the permission `{right}`"),
            Self::Obstacle(words) => f.write_str(words),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Right(_) => Code::Forbidden,
            Refusal::Obstacle(_) => Code::Conflict,
        };
        Self::new(code, refusal.to_string())
    }
}

/// The kinds whose decisions can be taken back.
#[derive(Clone)]
pub(crate) struct Undoing(Arc<[Arc<dyn Undo>]>);

impl Undoing {
    pub(crate) fn new(kinds: Vec<Arc<dyn Undo>>) -> Self {
        Self(kinds.into())
    }

    /// Why `caller` can't take the entry back, as far as the entry itself says it.
    pub(crate) fn judge<'e>(
        &self,
        entry: &'e Entry,
        caller: &Caller,
    ) -> Result<(&Arc<dyn Undo>, Decision<'e>), Refusal> {
        if !caller.may(RIGHT) {
            return Err(Refusal::Right(RIGHT));
        }
        let Some(payload) = &entry.payload else {
            return Err(Refusal::Obstacle("its states are erased".to_owned()));
        };
        let Some(kind) = self.0.iter().find(|undo| undo.kind() == entry.kind) else {
            let words = format!("the decision `{}` about a {} can't be taken back", entry.action, entry.kind);
            return Err(Refusal::Obstacle(words));
        };
        let decision = Decision { entry, payload };
        let rights = kind.rights(decision).map_err(Refusal::Obstacle)?;
        match rights.into_iter().find(|right| !caller.may(*right)) {
            Some(missing) => Err(Refusal::Right(missing)),
            None => Ok((kind, decision)),
        }
    }

    /// Why `caller` can't take the entry back now.
    pub(crate) async fn find_refusal(
        &self,
        tx: &mut OrgRead,
        entry: &Entry,
        caller: &Caller,
    ) -> Result<Option<Refusal>, Problem> {
        let (kind, decision) = match self.judge(entry, caller) {
            Ok(found) => found,
            Err(refusal) => return Ok(Some(refusal)),
        };
        let last = journal::find_last(tx, &entry.kind, &entry.object).await.map_err(history::failed)?;
        let changed = last.filter(|last| last.seq != entry.seq && !leaves_the_same(last, decision));
        if let Some(last) = changed {
            let words = match last.undoes {
                Some(undone) if undone == entry.seq => format!("entry {} took it back", last.seq),
                _ => format!("the {} {} was changed since, by entry {}", entry.kind, decision.payload.name, last.seq),
            };
            return Ok(Some(Refusal::Obstacle(words)));
        }
        Ok(kind.find_obstacle(tx, decision).await?.map(Refusal::Obstacle))
    }

    /// Does the inverse of an entry that [`Undoing::find_refusal`] had nothing against.
    pub(crate) async fn take_back(&self, change: &mut Change, entry: &Entry) -> Result<(), Problem> {
        let caller = change.write().caller.clone();
        let (kind, decision) = self.judge(entry, &caller)?;
        kind.take_back(change, decision).await
    }
}

/// The object is as the decision left it, whatever was in between.
fn leaves_the_same(last: &Entry, decision: Decision<'_>) -> bool {
    last.payload.as_ref().is_some_and(|payload| payload.after == decision.payload.after)
}
