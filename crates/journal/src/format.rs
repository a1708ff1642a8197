//! The bytes that are hashed. They are final: an entry that was written once is verified for ever.
//!
//! A *field* is the length of its content in bytes as a 32-bit big-endian number, then the content. Numbers are 64-bit
//! big-endian, two's complement; ids are the 16 bytes of their UUID; texts are UTF-8; what is absent is the empty field.
//!
//! The payload is the RFC 8785 (JSON Canonicalization Scheme) text of the object with the members `actor`, `after`,
//! `before`, `name` and `reason`; what is absent is `null`. The salt is 32 random bytes.
//!
//! ```text
//! payload_hash = SHA-256( field("glaux journal payload 1") field(salt) field(payload) )
//!
//! hash = SHA-256(
//!     field("glaux journal entry 1")
//!     field(previous)         the hash of the organization's entry before, or 32 zero bytes
//!     field(organization)
//!     field(number)           place in the organization's chain, from 1
//!     field(seq)              place among all entries, from 1
//!     field(id)
//!     field(at)               microseconds since 1970-01-01T00:00:00Z
//!     field(actor kind)       "user", "token" or "system"
//!     field(actor id)         absent for "system"
//!     field(kind)
//!     field(object)           id as text
//!     field(action)
//!     field(schema_version)
//!     field(change set)       or absent
//!     field(payload_hash)
//!     field(undoes)           only in an entry that takes another one back: the place of that one among all entries
//! )
//! ```

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    entry::{Entry, Hash, Payload},
    error::{Error, Result},
};

/// Integers beyond this are rounded by canonical JSON, whose numbers are doubles.
const EXACT: u64 = (1 << 53) - 1;

/// The canonical text of a payload.
///
/// # Errors
/// [`Error::Inexact`] for an integer that a double can't hold.
pub fn canonical(payload: &Payload) -> Result<String> {
    let value = serde_json::to_value(payload).map_err(Error::Internal)?;
    refuse_inexact(&value, &mut String::new())?;
    serde_json_canonicalizer::to_string(&value).map_err(Error::Internal)
}

fn refuse_inexact(value: &Value, pointer: &mut String) -> Result<()> {
    let inside = pointer.len();
    match value {
        Value::Number(number) => {
            let magnitude = number.as_i64().map(i64::unsigned_abs).or_else(|| number.as_u64());
            if magnitude.is_some_and(|magnitude| magnitude > EXACT) {
                return Err(Error::Inexact { pointer: pointer.clone(), number: number.to_string() });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                pointer.push_str(&format!("/{index}"));
                refuse_inexact(item, pointer)?;
                pointer.truncate(inside);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                pointer.push('/');
                pointer.push_str(&crate::diff::escape(name));
                refuse_inexact(member, pointer)?;
                pointer.truncate(inside);
            }
        }
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
    Ok(())
}

/// The hash of a salt and a payload's canonical text.
pub fn payload_hash(salt: &[u8], payload: &str) -> Hash {
    let mut hasher = Fields::new("glaux journal payload 1");
    hasher.field(salt).field(payload.as_bytes());
    hasher.finish()
}

/// The hash of an entry, from everything in it but its `hash` and its payload.
pub fn entry_hash(entry: &Entry) -> Hash {
    let actor_id = entry.actor.uuid();
    let change_set = entry.change_set.map(|id| id.uuid());
    let mut hasher = Fields::new("glaux journal entry 1");
    hasher
        .field(&entry.previous.0)
        .field(entry.organization.uuid().as_bytes())
        .field(&entry.number.to_be_bytes())
        .field(&entry.seq.to_be_bytes())
        .field(entry.id.uuid().as_bytes())
        .field(&entry.at.as_micros().to_be_bytes())
        .field(entry.actor.kind().as_bytes())
        .field(actor_id.as_ref().map_or(&[], |id| id.as_bytes().as_slice()))
        .field(entry.kind.as_bytes())
        .field(entry.object.as_bytes())
        .field(entry.action.as_bytes())
        .field(&i64::from(entry.schema_version).to_be_bytes())
        .field(change_set.as_ref().map_or(&[], |id| id.as_bytes().as_slice()))
        .field(&entry.payload_hash.0);
    if let Some(undoes) = entry.undoes {
        hasher.field(&undoes.to_be_bytes());
    }
    hasher.finish()
}

/// Hashes fields one after the other.
struct Fields(Sha256);

impl Fields {
    fn new(tag: &str) -> Self {
        let mut fields = Self(Sha256::new());
        fields.field(tag.as_bytes());
        fields
    }

    fn field(&mut self, content: &[u8]) -> &mut Self {
        // No content here comes near 4 GiB: the database's own limit for a value is 1 GB.
        let length = u32::try_from(content.len()).unwrap_or(u32::MAX);
        self.0.update(length.to_be_bytes());
        self.0.update(content);
        self
    }

    fn finish(self) -> Hash {
        Hash(self.0.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use glaux_kernel::{ChangeId, ChangeSetId, OrganizationId, Timestamp, UserId};
    use serde_json::json;

    use super::*;
    use crate::entry::ActorId;

    fn payload() -> Payload {
        Payload {
            actor: "Ada \u{20ac}".into(),
            name: "chatbot".into(),
            reason: None,
            before: None,
            after: Some(json!({"z": 1.0, "a": [true, null, 1e30, "\u{0}\""], "\u{e9}": 4.5})),
        }
    }

    fn entry() -> Entry {
        let uuid = |last: u8| format!("00000000-0000-7000-8000-0000000000{last:02x}").parse().unwrap();
        Entry {
            organization: OrganizationId::from_uuid(uuid(1)),
            seq: 4711,
            number: 12,
            id: ChangeId::from_uuid(uuid(2)),
            at: Timestamp::from_micros(1_795_000_000_123_456),
            actor: ActorId::User(UserId::from_uuid(uuid(3))),
            kind: "feature".into(),
            object: "feat_00000000000070008000000000000004".into(),
            action: "create".into(),
            schema_version: 1,
            change_set: Some(ChangeSetId::from_uuid(uuid(5))),
            undoes: None,
            previous: Hash([0xab; 32]),
            payload_hash: payload_hash(&[7; 32], &canonical(&payload()).unwrap()),
            hash: Hash::ZERO,
            payload: None,
        }
    }

    #[test]
    fn payloads_have_one_text() {
        let expected = "{\"actor\":\"Ada €\",\"after\":{\"a\":[true,null,1e+30,\"\\u0000\\\"\"],\"z\":1,\"é\":4.5},\
                        \"before\":null,\"name\":\"chatbot\",\"reason\":null}";
        assert_eq!(canonical(&payload()).unwrap(), expected);
    }

    /// The expected digests were computed with Python's hashlib:
    ///
    /// ```python
    /// from hashlib import sha256; from uuid import UUID
    /// field = lambda b: len(b).to_bytes(4, "big") + b
    /// digest = lambda *fields: sha256(b"".join(map(field, fields))).digest()
    /// number = lambda n: n.to_bytes(8, "big")
    /// uuid = lambda last: UUID(f"00000000-0000-7000-8000-0000000000{last:02x}").bytes
    /// payload = digest(b"glaux journal payload 1", b"\7" * 32, text.encode())
    /// entry = digest(b"glaux journal entry 1", b"\xab" * 32, uuid(1), number(12), number(4711), uuid(2),
    ///     number(1795000000123456), b"user", uuid(3), b"feature", b"feat_00000000000070008000000000000004",
    ///     b"create", number(1), uuid(5), payload)
    /// ```
    ///
    /// with `actor`, `actor id` and `change set` replaced by `b"system"`, `b""` and `b""` for the second entry, and
    /// `number(4700)` after `payload` too for the third.
    #[test]
    fn hashes_are_those_of_an_independent_implementation() {
        let mut entry = entry();
        let check = |hash: Hash, expected: &str| assert_eq!(hash.to_string(), expected);
        check(entry.payload_hash, "019bef6d16a2ac2efb31844e23a35d4cd78357bc799a615a50e6c5b13bcedb8b");
        check(entry_hash(&entry), "cd086d55280c00c1a4d62875bf83d34b038cc2155281e0a0b4e092fb0e598641");
        entry.actor = ActorId::System;
        entry.change_set = None;
        check(entry_hash(&entry), "09debc7e2db31b139495a4b61a627e8643567f7c1f7b3e13aeefbc0e6a1801ef");
        entry.undoes = Some(4700);
        check(entry_hash(&entry), "46e0f56dd877dd44b5c8c1e76c7b41041a643194918fd8c48d78f259aadfa90b");
    }

    #[test]
    fn numbers_that_would_be_rounded_are_refused() {
        let check = |value: Value, expected: Option<&str>| {
            let payload = Payload { after: Some(value), ..payload() };
            match (canonical(&payload), expected) {
                (Ok(_), None) => {}
                (Err(Error::Inexact { pointer, .. }), Some(expected)) => assert_eq!(pointer, expected),
                (other, _) => panic!("{other:?}"),
            }
        };
        check(json!({"nanos": 9_007_199_254_740_991_i64, "low": -9_007_199_254_740_991_i64, "share": 0.1}), None);
        check(json!({"a/b": [0, 9_007_199_254_740_992_i64]}), Some("/after/a~1b/1"));
        check(json!(u64::MAX), Some("/after"));
    }
}
