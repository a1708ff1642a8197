//! Whether the journal is what was written: recomputes every hash and follows every number.

use std::fmt;

use glaux_kernel::OrganizationId;
use glaux_store::{Db, OrgRead};

use crate::{
    entry::{Entry, Hash},
    error::Result,
    format,
    store::{self, Row},
};

/// Entries that are read at once.
const BATCH: u32 = 500;

/// What was found in one organization's chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Entries that are whole.
    pub entries: i64,
    /// How many of these have their payload erased.
    pub erased: i64,
    /// The hash of the last of these.
    pub head: Hash,
    /// Where the chain breaks, if it does.
    pub broken: Option<Broken>,
}

/// The first place where a chain is not what was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// Its place in the organization's chain.
    pub number: i64,
    /// Its place among all entries, if there is an entry.
    pub seq: Option<i64>,
    /// What is wrong.
    pub fault: Fault,
}

/// What is wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The entry is gone, or its number was changed.
    Missing,
    /// A column holds what no entry has.
    Unreadable,
    /// It stands before an older entry.
    OutOfOrder,
    /// It does not hold the hash of the entry before it.
    Detached,
    /// Payload or salt were changed.
    Payload,
    /// Another column was changed.
    Header,
    /// The head names another last entry: entries at the end are gone, or the head was changed.
    Head,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "the entry is missing",
            Self::Unreadable => "the entry can't be read",
            Self::OutOfOrder => "the entry stands before an older one",
            Self::Detached => "the entry does not hold the hash of the one before it",
            Self::Payload => "the payload is not the one that was recorded",
            Self::Header => "the entry is not the one that was recorded",
            Self::Head => "the head of the chain names another last entry",
        })
    }
}

/// What was found in the numbers that all chains share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Positions {
    /// The last number that was given.
    pub position: i64,
    /// How many entries there are.
    pub entries: i64,
    /// The first number that no entry has, if it was given.
    pub missing: Option<i64>,
}

/// What was found in all journals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Each organization's chain.
    pub organizations: Vec<(OrganizationId, Verification)>,
    /// The numbers that they share.
    pub positions: Positions,
}

impl Verified {
    /// Whether nothing is broken and nothing missing.
    pub fn is_whole(&self) -> bool {
        self.organizations.iter().all(|(_, verification)| verification.broken.is_none())
            && self.positions.missing.is_none()
            && self.positions.entries == self.positions.position
    }
}

/// Verifies one organization's journal, in one snapshot of the database.
pub async fn verify(db: &Db, organization: OrganizationId) -> Result<Verification> {
    verify_chain(&mut db.organization(organization).read().await?).await
}

/// Verifies the journals of all organizations and the numbers that they share, in one snapshot of the database.
pub async fn verify_all(db: &Db) -> Result<Verified> {
    let mut tx = db.every_organization().read().await?;
    let mut organizations = Vec::new();
    for organization in store::list_organizations(&mut tx).await? {
        organizations.push((organization, verify_chain(tx.of(organization)).await?));
    }
    let position = store::get_position(&mut tx).await?;
    let free = store::get_first_free(&mut tx).await?;
    let positions =
        Positions { position, entries: store::count(&mut tx).await?, missing: (free <= position).then_some(free) };
    Ok(Verified { organizations, positions })
}

async fn verify_chain(tx: &mut OrgRead) -> Result<Verification> {
    let mut chain = Chain::default();
    loop {
        let rows = store::list_chain(tx, chain.number, BATCH).await?;
        for row in &rows {
            if let Err(fault) = chain.follow(row) {
                return Ok(chain.broken(Some(row), fault));
            }
        }
        if rows.len() < BATCH as usize {
            break;
        }
    }
    Ok(match store::find_head(tx).await? {
        None if chain.number == 0 => chain.whole(),
        Some(head) if head.number == chain.number && head.seq == chain.seq && head.hash == chain.head.0 => {
            chain.whole()
        }
        _ => chain.broken(None, Fault::Head),
    })
}

/// How far a chain was followed.
struct Chain {
    number: i64,
    seq: i64,
    erased: i64,
    head: Hash,
}

impl Default for Chain {
    fn default() -> Self {
        Self { number: 0, seq: 0, erased: 0, head: Hash::ZERO }
    }
}

impl Chain {
    /// Goes on to the next entry.
    fn follow(&mut self, row: &Row) -> Result<(), Fault> {
        if row.number != self.number + 1 {
            return Err(Fault::Missing);
        }
        let entry = row.header().map_err(|_| Fault::Unreadable)?;
        self.check(row, &entry)?;
        self.number = entry.number;
        self.seq = entry.seq;
        self.erased += i64::from(row.payload.is_none());
        self.head = entry.hash;
        Ok(())
    }

    fn check(&self, row: &Row, entry: &Entry) -> Result<(), Fault> {
        if entry.seq <= self.seq {
            return Err(Fault::OutOfOrder);
        }
        if entry.previous != self.head {
            return Err(Fault::Detached);
        }
        match (&row.payload, &row.salt) {
            (Some(payload), Some(salt)) if format::payload_hash(salt, payload) != entry.payload_hash => {
                return Err(Fault::Payload);
            }
            (Some(_), Some(_)) | (None, None) => {}
            _ => return Err(Fault::Unreadable),
        }
        if format::entry_hash(entry) != entry.hash {
            return Err(Fault::Header);
        }
        Ok(())
    }

    fn whole(self) -> Verification {
        Verification { entries: self.number, erased: self.erased, head: self.head, broken: None }
    }

    fn broken(self, row: Option<&Row>, fault: Fault) -> Verification {
        let seq = row.filter(|_| fault != Fault::Missing).map(|row| row.seq);
        let broken = Broken { number: self.number + 1, seq, fault };
        Verification { broken: Some(broken), ..self.whole() }
    }
}
