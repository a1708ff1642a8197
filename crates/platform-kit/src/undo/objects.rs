use std::{marker::PhantomData, sync::Arc};

use async_trait::async_trait;
use glaux_kernel::{Permission, problem::Code};
use glaux_store::OrgRead;
use glaux_web::Problem;
use serde_json::Value;

use super::{Decision, Undo};
use crate::{Change, Context, Kind, Object, find, find_by_id};

/// A kind of objects whose decisions can be taken back, with the rules that its routes keep.
#[async_trait]
pub trait Undoable: Kind + Sized {
    /// The inverse of this action; `None`: it has none.
    fn inverse(action: &str) -> Option<Inverse>;

    /// What bringing `before` back in place of `after` needs beside the right of the inverse: what no route of the kind
    /// that needs only that right would write.
    fn further_right(_before: Option<&Self::State>, _after: Option<&Self::State>) -> Option<Permission> {
        None
    }

    /// Why these states can't be exchanged any more, whatever the object is now.
    fn find_loss(_before: Option<&Self::State>, _after: Option<&Self::State>) -> Option<String> {
        None
    }

    /// Why the object has to stay.
    async fn find_need(_tx: &mut OrgRead, _object: &Object<Self>) -> Result<Option<String>, Problem> {
        Ok(None)
    }

    /// Why the object can't be so.
    async fn find_fault(tx: &mut OrgRead, object: &Object<Self>) -> Result<Option<String>, Problem>;

    /// The state that the object is given back, where that is not just the one from before.
    fn bring_back(_context: &Context, _present: &Self::State, past: Self::State) -> Self::State {
        past
    }

    /// Removes the object with what belongs to it.
    async fn remove(change: &mut Change, object: &Object<Self>) -> Result<(), Problem> {
        change.delete(object).await
    }

    /// Tells those who watch what the routes of the kind tell.
    fn announce(
        _change: &mut Change,
        _name: &str,
        _before: Option<&Self::State>,
        _after: Option<&Self::State>,
    ) -> Result<(), Problem> {
        Ok(())
    }
}

/// What takes an action back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inverse {
    /// Its own verb.
    pub action: &'static str,
    /// What it needs.
    pub right: Permission,
}

impl Inverse {
    /// The inverse of the actions that every kind has.
    pub fn of(action: &str, right: Permission) -> Option<Self> {
        let action = match action {
            "create" => "delete",
            "delete" => "create",
            "update" => "update",
            _ => return None,
        };
        Some(Self { action, right })
    }
}

/// How decisions about objects of a kind are taken back.
pub fn undo_of<K: Undoable>() -> Arc<dyn Undo> {
    Arc::new(Objects::<K>(PhantomData))
}

/// Removes an object unless it has to stay.
///
/// # Errors
/// `conflict` that says why it has to.
pub async fn remove<K: Undoable>(change: &mut Change, object: &Object<K>) -> Result<(), Problem> {
    match K::find_need(change.read(), object).await? {
        Some(words) => Err(Problem::new(Code::Conflict, words)),
        None => K::remove(change, object).await,
    }
}

struct Objects<K>(PhantomData<fn() -> K>);

/// What an inverse does.
enum Step<K: Kind> {
    /// Removes the object.
    Remove(Object<K>),
    /// Makes the object again.
    Restore(Object<K>),
    /// Gives the object the state from before.
    Exchange { present: Object<K>, past: Object<K> },
}

impl<K: Undoable> Objects<K> {
    /// What there is to do; in words why nothing can be done.
    async fn plan(tx: &mut OrgRead, decision: Decision<'_>) -> Result<Result<Step<K>, String>, Problem> {
        let (entry, name) = (decision.entry, &decision.payload.name);
        let id =
            entry.object.parse::<K::Id>().map_err(|_| Problem::internal("an entry names an id of another kind"))?;
        let present = find_by_id::<K>(tx, id).await?;
        let past = match state::<K>(decision.payload.before.as_ref()) {
            Ok(state) => state.map(|state| {
                let (created_at, updated_at) = (entry.at, entry.at);
                Object::<K> { id, name: name.clone(), state, created_at, updated_at }
            }),
            Err(words) => return Ok(Err(words)),
        };
        Ok(match (present, past) {
            (Some(present), None) => Ok(Step::Remove(present)),
            (Some(present), Some(past)) => Ok(Step::Exchange { present, past }),
            (None, Some(past)) => match find::<K>(tx, name).await? {
                Some(_) => Err(format!("there is another {} `{name}` now", K::KIND)),
                None => Ok(Step::Restore(past)),
            },
            (None, None) => Err(format!("the {} {name} is gone", K::KIND)),
        })
    }
}

#[async_trait]
impl<K: Undoable> Undo for Objects<K> {
    fn kind(&self) -> &'static str {
        K::KIND
    }

    fn rights(&self, Decision { entry, payload }: Decision<'_>) -> Result<Vec<Permission>, String> {
        let none = || format!("the decision `{}` about a {} can't be taken back", entry.action, K::KIND);
        let inverse = K::inverse(&entry.action).ok_or_else(none)?;
        if entry.schema_version != K::SCHEMA_VERSION {
            return Err("its states have a form of an earlier version".to_owned());
        }
        let (before, after) = (state::<K>(payload.before.as_ref())?, state::<K>(payload.after.as_ref())?);
        if let Some(words) = K::find_loss(before.as_ref(), after.as_ref()) {
            return Err(words);
        }
        let further = K::further_right(before.as_ref(), after.as_ref());
        Ok([inverse.right].into_iter().chain(further).collect())
    }

    async fn find_obstacle(&self, tx: &mut OrgRead, decision: Decision<'_>) -> Result<Option<String>, Problem> {
        match Self::plan(tx, decision).await? {
            Ok(Step::Remove(object)) => K::find_need(tx, &object).await,
            Ok(Step::Restore(past) | Step::Exchange { past, .. }) => K::find_fault(tx, &past).await,
            Err(words) => Ok(Some(words)),
        }
    }

    async fn take_back(&self, change: &mut Change, decision: Decision<'_>) -> Result<(), Problem> {
        let inverse =
            K::inverse(&decision.entry.action).ok_or_else(|| Problem::internal("an action without inverse"))?;
        match Self::plan(change.read(), decision).await?.map_err(Problem::internal)? {
            Step::Remove(object) => {
                K::remove(change, &object).await?;
                K::announce(change, &object.name, Some(&object.state), None)
            }
            Step::Restore(past) => {
                let object = change.restore::<K>(past.id, &past.name, past.state).await?;
                K::announce(change, &object.name, None, Some(&object.state))
            }
            Step::Exchange { present, past } => {
                let before = present.state.clone();
                let state = K::bring_back(change.context(), &before, past.state);
                let object = change.replace_as(inverse.action, present, state).await?;
                K::announce(change, &object.name, Some(&before), Some(&object.state))
            }
        }
    }
}

fn state<K: Kind>(state: Option<&Value>) -> Result<Option<K::State>, String> {
    let read = state.map(|state| serde_json::from_value(state.clone())).transpose();
    read.map_err(|error| format!("its states can't be read any more: {error}"))
}
