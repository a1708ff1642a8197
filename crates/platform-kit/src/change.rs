use axum::{
    body::Body,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use glaux_journal as journal;
use glaux_kernel::{Id, problem::Code};
use glaux_store::{OrgRead, OrgTx};
use glaux_web::{Actor, Problem, Run, Tag, Write, idempotency::StoredAnswer};
use serde::Serialize;

use crate::{Context, Kind, Object, store};

/// A change of configuration on its way: a transaction in which each write leaves a journal entry.
///
/// Dropped without [`Change::answer`], nothing has happened.
pub struct Change {
    context: Context,
    write: Write,
    tx: OrgTx,
    seq: Option<i64>,
}

/// An answer that says which journal entry the change became.
#[derive(Debug, Serialize)]
pub struct Changed<T> {
    /// What was asked for.
    #[serde(flatten)]
    pub body: T,
    /// The last journal entry of the change; absent when nothing changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub journal_seq: Option<i64>,
}

impl Change {
    /// Opens the transaction in the caller's organization.
    pub async fn begin(context: &Context, write: Write) -> Result<Self, Problem> {
        let tx = context.db.organization(write.caller.organization).begin().await?;
        Ok(Self { context: context.clone(), write, tx, seq: None })
    }

    /// Reads in the same transaction.
    pub fn read(&mut self) -> &mut OrgRead {
        &mut self.tx
    }

    /// What the change is made with.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Makes an object.
    pub async fn create<K: Kind>(&mut self, name: &str, state: K::State) -> Result<Object<K>, Problem> {
        let now = self.context.clock.now();
        let id = K::Id::generate(now, &*self.context.rng);
        let object: Object<K> = Object { id, name: name.to_owned(), state, created_at: now, updated_at: now };
        let text = serde_json::to_string(&object.state).map_err(Problem::internal)?;
        let insert = self.tx.query(store::INSERT).bind(K::KIND).bind(id.uuid()).bind(name).bind(text).bind(now);
        insert.execute().await.map_err(|error| match error {
            glaux_store::Error::UniqueViolation { .. } => taken(K::KIND, name),
            error => error.into(),
        })?;
        self.record("create", &object, None, Some(&object.state)).await?;
        Ok(object)
    }

    /// Gives an object another state. The same state leaves no entry.
    pub async fn replace<K: Kind>(&mut self, object: Object<K>, state: K::State) -> Result<Object<K>, Problem> {
        self.write.expected.check(Some(&object.tag()?))?;
        let (before, after) = (value(&object.state)?, value(&state)?);
        if before == after {
            return Ok(object);
        }
        let now = self.context.clock.now();
        let update = self.tx.query(store::UPDATE).bind(K::KIND).bind(object.id.uuid());
        update.bind(after.to_string()).bind(now).execute().await?;
        self.record("update", &object, Some(&object.state), Some(&state)).await?;
        Ok(Object { state, updated_at: now, ..object })
    }

    /// Removes an object that the request names.
    pub async fn delete<K: Kind>(&mut self, object: &Object<K>) -> Result<(), Problem> {
        self.write.expected.check(Some(&object.tag()?))?;
        self.delete_with_owner(object).await
    }

    /// Removes an object because the one it belongs to is removed: `If-Match` speaks of the owner.
    pub async fn delete_with_owner<K: Kind>(&mut self, object: &Object<K>) -> Result<(), Problem> {
        self.tx.query(store::DELETE).bind(K::KIND).bind(object.id.uuid()).execute().await?;
        self.record("delete", object, Some(&object.state), None).await
    }

    /// Seals a secret that a state will name.
    pub async fn seal(&mut self, secret: &glaux_kernel::Secret) -> Result<glaux_kernel::SecretId, Problem> {
        let now = self.context.clock.now();
        let id = glaux_kernel::SecretId::new(now, &*self.context.rng);
        let organization = self.tx.organization();
        let sealed =
            self.context.vault.seal(organization, id, secret, &*self.context.rng).map_err(Problem::internal)?;
        self.tx.query(store::INSERT_SECRET).bind(id).bind(sealed).bind(now).execute().await?;
        Ok(id)
    }

    /// Forgets a secret that no state names any more.
    pub async fn forget(&mut self, id: glaux_kernel::SecretId) -> Result<(), Problem> {
        self.tx.query(store::DELETE_SECRET).bind(id).execute().await?;
        Ok(())
    }

    async fn record<K: Kind>(
        &mut self,
        action: &'static str,
        object: &Object<K>,
        before: Option<&K::State>,
        after: Option<&K::State>,
    ) -> Result<(), Problem> {
        let (before, after) = (before.map(value).transpose()?, after.map(value).transpose()?);
        let caller = &self.write.caller;
        let actor = match caller.actor {
            Actor::User(id) => journal::ActorId::User(id),
            Actor::Token(id) => journal::ActorId::Token(id),
            Actor::System => journal::ActorId::System,
        };
        let change = journal::Change {
            actor: journal::Actor { id: actor, display: caller.name.clone() },
            kind: K::KIND,
            object: object.id.to_string(),
            name: object.name.clone(),
            action,
            before,
            after,
            schema_version: K::SCHEMA_VERSION,
            reason: self.write.reason.clone(),
            change_set: None,
        };
        let now = self.context.clock.now();
        let recorded =
            journal::record(&mut self.tx, change, now, &*self.context.rng).await.map_err(Problem::internal)?;
        self.seq = Some(recorded.seq);
        Ok(())
    }

    /// Commits a change that nobody waits to be answered for: bootstrap, the command line.
    pub async fn commit(self) -> Result<(), Problem> {
        self.tx.commit().await?;
        if let Some(seq) = self.seq {
            self.context.publisher.publish(seq).await;
        }
        Ok(())
    }

    /// Commits, has the gateways swap, and answers. Of a dry run nothing stays but the answer.
    pub async fn answer<T: Serialize>(
        self,
        status: StatusCode,
        body: T,
        tag: Option<Tag>,
    ) -> Result<Response, Problem> {
        self.answer_once(status, &body, &body, tag).await
    }

    /// The same for an answer that holds something that is shown once: `kept` is what a repeated request is answered.
    pub async fn answer_once<T: Serialize, U: Serialize>(
        mut self,
        status: StatusCode,
        shown: &T,
        kept: &U,
        tag: Option<Tag>,
    ) -> Result<Response, Problem> {
        let (shown, kept) = (text(shown, self.seq)?, text(kept, self.seq)?);
        if self.write.run == Run::Dry {
            self.tx.rollback().await?;
            return Ok(response(StatusCode::OK, shown, tag.as_ref()));
        }
        if let Some(once) = self.write.once.take() {
            let stored =
                StoredAnswer { status: status.as_u16(), tag: tag.as_ref().map(ToString::to_string), body: kept };
            once.keep(&mut self.tx, &stored, self.context.clock.now()).await?;
        }
        self.tx.commit().await?;
        if let Some(seq) = self.seq {
            self.context.publisher.publish(seq).await;
        }
        Ok(response(status, shown, tag.as_ref()))
    }
}

fn text<T: Serialize>(body: &T, journal_seq: Option<i64>) -> Result<String, Problem> {
    serde_json::to_string(&Changed { body, journal_seq }).map_err(Problem::internal)
}

fn value<T: Serialize>(state: &T) -> Result<serde_json::Value, Problem> {
    serde_json::to_value(state).map_err(Problem::internal)
}

fn taken(kind: &str, name: &str) -> Problem {
    Problem::new(Code::Conflict, format!("there is a {kind} `{name}` already"))
}

fn response(status: StatusCode, body: String, tag: Option<&Tag>) -> Response {
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], Body::from(body)).into_response();
    let value = tag.and_then(|tag| tag.to_string().parse().ok());
    response.headers_mut().extend(value.map(|value| (header::ETAG, value)));
    response
}
