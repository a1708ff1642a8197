//! Configuration as it changes.

mod answer;

use glaux_journal as journal;
use glaux_kernel::{ChangeSetId, Id, Permission, Secret, SecretId, problem::Code};
use glaux_store::{OrgRead, OrgTx};
use glaux_web::{
    Actor, Problem, Write,
    live::{Event, EventKind},
};
use serde::Serialize;
use serde_json::Value;

pub use self::answer::Changed;
use crate::{Context, Kind, Object, history, store};

/// A change of configuration on its way: a transaction in which each write leaves a journal entry.
///
/// Changes of one organization take turns, from [`Change::begin`] to the end: what one has read is still so when it
/// writes. Dropped without an answer or a commit, nothing has happened.
pub struct Change {
    context: Context,
    write: Write,
    tx: OrgTx,
    set: Option<ChangeSetId>,
    undoes: Option<i64>,
    recorded: Vec<Recorded>,
    announced: Vec<Event>,
}

/// A decision about a row that is no [`Object`]. The fields are those of [`journal::Change`].
#[derive(Debug)]
pub struct RowChange {
    /// The word in the journal.
    pub kind: &'static str,
    /// Counts incompatible changes of the states' form.
    pub schema_version: u32,
    /// The row's id.
    pub object: String,
    /// Its name, as people know it.
    pub name: String,
    /// A verb.
    pub action: &'static str,
    /// The state before; `None` if there was none. Holds no secret.
    pub before: Option<Value>,
    /// The state after; `None` if there is none any more. Holds no secret.
    pub after: Option<Value>,
}

/// One entry of a change.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Recorded {
    seq: i64,
    kind: &'static str,
    object: String,
    name: String,
    action: &'static str,
    #[serde(skip)]
    before: Option<Value>,
    #[serde(skip)]
    after: Option<Value>,
}

impl Change {
    /// Opens the transaction in the caller's organization, once no other change of it is on its way.
    pub async fn begin(context: &Context, write: Write) -> Result<Self, Problem> {
        let mut tx = context.db.organization(write.caller.organization).begin().await?;
        tx.query(store::TAKE_TURN).fetch_one::<(glaux_kernel::OrganizationId,)>().await?;
        let context = context.clone();
        Ok(Self { context, write, tx, set: None, undoes: None, recorded: Vec::new(), announced: Vec::new() })
    }

    /// The same for several objects that are changed, and undone, as one.
    pub async fn begin_set(context: &Context, write: Write) -> Result<Self, Problem> {
        let set = ChangeSetId::new(context.clock.now(), &*context.rng);
        Ok(Self { set: Some(set), ..Self::begin(context, write).await? })
    }

    /// The same for the inverse of the journal's entry `seq`.
    pub(crate) async fn begin_undo(context: &Context, write: Write, seq: i64) -> Result<Self, Problem> {
        Ok(Self { undoes: Some(seq), ..Self::begin(context, write).await? })
    }

    /// Reads in the same transaction.
    pub fn read(&mut self) -> &mut OrgRead {
        &mut self.tx
    }

    /// What the request says beside its body.
    pub fn write(&self) -> &Write {
        &self.write
    }

    /// Writes a capability's own table in the same transaction. What is configuration is journalled by
    /// [`Change::record_row`].
    pub fn rows(&mut self) -> &mut OrgTx {
        &mut self.tx
    }

    /// The number of the last entry so far: for rows that name the decision that they follow from.
    pub fn last_seq(&self) -> Option<i64> {
        self.recorded.last().map(|entry| entry.seq)
    }

    /// What the change is made with.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Makes an object.
    ///
    /// # Errors
    /// `conflict` when the name is taken, `precondition_failed` when the request names a state that it must have.
    pub async fn create<K: Kind>(&mut self, name: &str, state: K::State) -> Result<Object<K>, Problem> {
        let id = K::Id::generate(self.context.clock.now(), &*self.context.rng);
        self.restore(id, name, state).await
    }

    /// Makes an object that was removed once more: under its old id, by which others still refer to it.
    pub(crate) async fn restore<K: Kind>(
        &mut self,
        id: K::Id,
        name: &str,
        state: K::State,
    ) -> Result<Object<K>, Problem> {
        self.write.expected.check(None)?;
        let now = self.context.clock.now();
        let object: Object<K> = Object { id, name: name.to_owned(), state, created_at: now, updated_at: now };
        let state = value(&object.state)?;
        let insert = self.tx.query(store::INSERT).bind(K::KIND).bind(id.uuid()).bind(name).bind(state.to_string());
        insert.bind(now).execute().await.map_err(|error| match error {
            glaux_store::Error::UniqueViolation { .. } => taken(K::KIND, name),
            error => error.into(),
        })?;
        self.record("create", &object, None, Some(state)).await?;
        Ok(object)
    }

    /// Gives an object that the request names another state. The same state leaves no entry.
    ///
    /// # Errors
    /// `precondition_failed` when it is not in the state that the caller has seen.
    pub async fn replace<K: Kind>(&mut self, object: Object<K>, state: K::State) -> Result<Object<K>, Problem> {
        self.replace_as("update", object, state).await
    }

    /// [`Change::replace`], under a verb of its own in the journal: `rotate`, `revoke`.
    pub async fn replace_as<K: Kind>(
        &mut self,
        action: &'static str,
        object: Object<K>,
        state: K::State,
    ) -> Result<Object<K>, Problem> {
        self.write.expected.check(Some(&object.tag()?))?;
        let (before, after) = (value(&object.state)?, value(&state)?);
        if before == after {
            return Ok(object);
        }
        let now = self.context.clock.now();
        let update = self.tx.query(store::UPDATE).bind(K::KIND).bind(object.id.uuid());
        update.bind(after.to_string()).bind(now).execute().await?;
        self.record(action, &object, Some(before), Some(after)).await?;
        Ok(Object { state, updated_at: now, ..object })
    }

    /// Removes an object that the request names.
    ///
    /// # Errors
    /// `precondition_failed` when it is not in the state that the caller has seen.
    pub async fn delete<K: Kind>(&mut self, object: &Object<K>) -> Result<(), Problem> {
        self.write.expected.check(Some(&object.tag()?))?;
        self.delete_with_owner(object).await
    }

    /// Removes an object because the one it belongs to is removed: `If-Match` speaks of the owner.
    pub async fn delete_with_owner<K: Kind>(&mut self, object: &Object<K>) -> Result<(), Problem> {
        self.tx.query(store::DELETE).bind(K::KIND).bind(object.id.uuid()).execute().await?;
        self.record("delete", object, Some(value(&object.state)?), None).await
    }

    /// Seals a secret that a state will name.
    pub async fn seal(&mut self, secret: &Secret) -> Result<SecretId, Problem> {
        let now = self.context.clock.now();
        let id = SecretId::new(now, &*self.context.rng);
        let organization = self.tx.organization();
        let sealed =
            self.context.vault.seal(organization, id, secret, &*self.context.rng).map_err(Problem::internal)?;
        self.tx.query(store::INSERT_SECRET).bind(id).bind(sealed).bind(now).execute().await?;
        Ok(id)
    }

    /// Forgets a secret that no state names any more.
    pub async fn forget(&mut self, id: SecretId) -> Result<(), Problem> {
        self.tx.query(store::DELETE_SECRET).bind(id).execute().await?;
        Ok(())
    }

    /// Tells those who watch, once the change has been made.
    pub fn announce(&mut self, kind: EventKind, permission: Permission, about: &impl Serialize) -> Result<(), Problem> {
        let (organization, at) = (self.tx.organization(), self.context.clock.now());
        self.announced.push(Event::new(kind, organization, permission, at, about)?);
        Ok(())
    }

    /// Journals a decision about what a capability keeps in a table of its own, written through [`Change::rows`].
    pub async fn record_row(&mut self, row: RowChange) -> Result<(), Problem> {
        let caller = &self.write.caller;
        let actor = match caller.actor {
            Actor::User(id) => journal::ActorId::User(id),
            Actor::Token(id) => journal::ActorId::Token(id),
            Actor::System => journal::ActorId::System,
        };
        let RowChange { kind, schema_version, object, name, action, before, after } = row;
        let change = journal::Change {
            actor: journal::Actor { id: actor, display: caller.name.clone() },
            kind,
            object: object.clone(),
            name: name.clone(),
            action,
            before: before.clone(),
            after: after.clone(),
            schema_version,
            reason: self.write.reason.clone(),
            change_set: self.set,
            undoes: self.undoes,
        };
        let now = self.context.clock.now();
        let seq = journal::record(&mut self.tx, change, now, &*self.context.rng).await.map_err(history::failed)?.seq;
        self.recorded.push(Recorded { seq, kind, object, name, action, before, after });
        Ok(())
    }

    async fn record<K: Kind>(
        &mut self,
        action: &'static str,
        object: &Object<K>,
        before: Option<Value>,
        after: Option<Value>,
    ) -> Result<(), Problem> {
        let (id, name) = (object.id.to_string(), object.name.clone());
        let (kind, schema_version) = (K::KIND, K::SCHEMA_VERSION);
        self.record_row(RowChange { kind, schema_version, object: id, name, action, before, after }).await
    }

    /// Commits a change that nobody waits to be answered for: bootstrap, the command line.
    pub async fn commit(mut self) -> Result<(), Problem> {
        let events = self.events()?;
        self.tx.commit().await?;
        if let Some(seq) = self.recorded.last().map(|entry| entry.seq) {
            self.context.publisher.publish(seq).await;
        }
        events.into_iter().for_each(|event| self.context.events.send(event));
        Ok(())
    }

    /// What those who watch are told when it is done.
    fn events(&mut self) -> Result<Vec<Event>, Problem> {
        let (organization, at) = (self.tx.organization(), self.context.clock.now());
        let appended = self
            .recorded
            .iter()
            .map(|entry| Event::new(EventKind::JournalAppended, organization, history::READ, at, entry));
        let appended = appended.collect::<Result<Vec<_>, _>>()?;
        Ok(self.announced.drain(..).chain(appended).collect())
    }
}

fn value<T: Serialize>(state: &T) -> Result<Value, Problem> {
    serde_json::to_value(state).map_err(Problem::internal)
}

fn taken(kind: &str, name: &str) -> Problem {
    Problem::new(Code::Conflict, format!("there is a {kind} `{name}` already"))
}
