use std::fmt;

use glaux_kernel::{ChangeId, ChangeSetId, OrganizationId, Secret, Timestamp, TokenId, UserId};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Who decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// By which identifier.
    pub id: ActorId,
    /// The name to show, as it was then.
    pub display: String,
}

/// The identifier of an actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ActorId {
    /// A person.
    User(UserId),
    /// A personal or service token.
    Token(TokenId),
    /// The program itself: a schedule, a reconciler, a guard.
    System,
}

impl ActorId {
    /// The word for it in the database and in the hash.
    pub fn kind(self) -> &'static str {
        match self {
            Self::User(_) => "user",
            Self::Token(_) => "token",
            Self::System => "system",
        }
    }

    /// The 16 bytes of the identifier, if there is one.
    pub fn uuid(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id.uuid()),
            Self::Token(id) => Some(id.uuid()),
            Self::System => None,
        }
    }

    pub(crate) fn of(kind: &str, id: Option<Uuid>) -> Option<Self> {
        match (kind, id) {
            ("user", Some(id)) => Some(Self::User(UserId::from_uuid(id))),
            ("token", Some(id)) => Some(Self::Token(TokenId::from_uuid(id))),
            ("system", None) => Some(Self::System),
            _ => None,
        }
    }
}

/// One decision, about to be recorded.
#[derive(Debug, Clone)]
pub struct Change {
    /// Who decided.
    pub actor: Actor,
    /// The kind of object: `feature`, `assignment`, `budget`.
    pub kind: &'static str,
    /// Its id as text: `feat_…`.
    pub object: String,
    /// Its name, as people know it.
    pub name: String,
    /// What was done, in a verb: `create`, `update`, `delete`, `promote`.
    pub action: &'static str,
    /// The object's canonical state before; `None` if there was no such object.
    pub before: Option<Value>,
    /// Its canonical state after; `None` if it is no more.
    pub after: Option<Value>,
    /// The version of the form of both states. Old versions are upcast when they are read.
    pub schema_version: u32,
    /// Why, in the actor's words.
    pub reason: Option<String>,
    /// What else was applied with it.
    pub change_set: Option<ChangeSetId>,
    /// The entry whose inverse it is.
    pub undoes: Option<i64>,
}

/// One recorded decision.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Whose journal it is in.
    pub organization: OrganizationId,
    /// Its place among all entries, from 1.
    pub seq: i64,
    /// Its place in the organization's chain, from 1.
    pub number: i64,
    /// Its id.
    pub id: ChangeId,
    /// When.
    pub at: Timestamp,
    /// Who decided.
    pub actor: ActorId,
    /// The kind of object.
    pub kind: String,
    /// The object's id as text.
    pub object: String,
    /// What was done.
    pub action: String,
    /// The version of the form of the states.
    pub schema_version: u32,
    /// What else was applied with it.
    pub change_set: Option<ChangeSetId>,
    /// The entry whose inverse it is.
    pub undoes: Option<i64>,
    /// The hash of the organization's entry before; zeros for the first.
    pub previous: Hash,
    /// The hash of salt and payload.
    pub payload_hash: Hash,
    /// The hash of this entry.
    pub hash: Hash,
    /// What can be erased; `None` if it was.
    pub payload: Option<Payload>,
}

/// The part of an entry that may be personal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    /// The actor's name, as it was then.
    pub actor: String,
    /// The object's name, as it was then.
    pub name: String,
    /// Why.
    pub reason: Option<String>,
    /// The object's canonical state before; `None` if there was no such object.
    pub before: Option<Value>,
    /// Its canonical state after; `None` if it is no more.
    pub after: Option<Value>,
}

/// A SHA-256 digest, hexadecimal as text.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// What the first entry of a chain has before it.
    pub const ZERO: Self = Self([0; 32]);
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What stands for a secret in a state: 64 bits of its SHA-256, enough to see that it changed or is the same. Only for
/// secrets that can't be guessed.
pub fn fingerprint(secret: &Secret) -> String {
    let digest = Sha256::digest(secret.expose());
    format!("sha256:{}", hex::encode(&digest[..8]))
}
