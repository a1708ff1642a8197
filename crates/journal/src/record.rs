use glaux_kernel::{ChangeId, Rng, Timestamp};
use glaux_store::OrgTx;

use crate::{
    entry::{Change, Entry, Hash, Payload},
    error::{Error, Result},
    format, store,
};

/// Where a decision was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// Its place among all entries: the number of the snapshot that has it.
    pub seq: i64,
    /// Its place in the organization's chain.
    pub number: i64,
    /// Its id.
    pub id: ChangeId,
    /// Its hash.
    pub hash: Hash,
}

/// Appends a decision to the journal of the transaction's organization.
///
/// From here until `tx` ends, no other transaction of any organization can record: write the rows first, then record,
/// then commit.
///
/// # Errors
/// [`Error::Inexact`] when a state holds a number that canonical JSON would round.
pub async fn record(tx: &mut OrgTx, change: Change, now: Timestamp, rng: &dyn Rng) -> Result<Recorded> {
    let Change { actor, kind, object, name, action, before, after, schema_version, reason, change_set, undoes } =
        change;
    let payload = format::canonical(&Payload { actor: actor.display, name, reason, before, after })?;
    let mut salt = [0; 32];
    rng.fill(&mut salt);

    let seq = store::take_seq(tx).await?;
    let (number, previous) = store::take_number(tx, seq).await?;
    let previous = previous.try_into().map(Hash).map_err(|_| Error::Damaged { seq, what: "the hash before it" })?;
    let mut entry = Entry {
        organization: tx.organization(),
        seq,
        number,
        id: ChangeId::new(now, rng),
        at: now,
        actor: actor.id,
        kind: kind.to_owned(),
        object,
        action: action.to_owned(),
        schema_version,
        change_set,
        undoes,
        previous,
        payload_hash: format::payload_hash(&salt, &payload),
        hash: Hash::ZERO,
        payload: None,
    };
    entry.hash = format::entry_hash(&entry);
    store::insert(tx, &entry, &payload, &salt).await?;
    Ok(Recorded { seq, number, id: entry.id, hash: entry.hash })
}

/// Erases what may be personal of an entry: names, reason and states, with the salt, so that they can't be guessed
/// from the hash either. The chain stays whole. To erase is a decision too: the caller records it.
///
/// # Errors
/// [`Error::NotFound`] when the organization has no such entry.
pub async fn erase(tx: &mut OrgTx, seq: i64) -> Result<()> {
    match store::erase(tx, seq).await? {
        0 => Err(Error::NotFound(seq)),
        _ => Ok(()),
    }
}
