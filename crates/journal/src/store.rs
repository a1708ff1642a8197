use glaux_kernel::{ChangeId, ChangeSetId, OrganizationId, Timestamp};
use glaux_store::{EverySql, EveryTx, OrgRead, OrgTx, Result, SharedSql, Sql, every_sql, shared_sql, sql};
use uuid::Uuid;

use crate::{
    entry::{ActorId, Entry, Hash, Payload},
    error::Error,
    read::Filter,
};

/// Locks the one row, so that whoever takes the next number waits for this commit.
const TAKE_SEQ: SharedSql = shared_sql("UPDATE journal_position SET seq = seq + 1 WHERE id = 1 RETURNING seq");

const POSITION: SharedSql = shared_sql("SELECT seq FROM journal_position WHERE id = 1");

/// Locks the organization's head and returns the new number and the hash before it.
const TAKE_NUMBER: Sql = sql("INSERT INTO journal_heads (organization_id, number, seq, hash) VALUES ($1, 1, $2, $3)
     ON CONFLICT (organization_id) DO UPDATE SET number = journal_heads.number + 1, seq = excluded.seq
     RETURNING number, hash");

const SET_HEAD: Sql = sql("UPDATE journal_heads SET hash = $2 WHERE organization_id = $1");

const HEAD: Sql = sql("SELECT number, seq, hash FROM journal_heads WHERE organization_id = $1");

const INSERT: Sql = sql("INSERT INTO journal_entries
         (organization_id, seq, number, id, at, actor_kind, actor_id, kind, object, action, schema_version,
          change_set_id, undoes, previous, payload_hash, hash, payload, salt)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)");

const ERASE: Sql =
    sql("UPDATE journal_entries SET payload = NULL, salt = NULL WHERE organization_id = $1 AND seq = $2");

const FIND: Sql = sql("SELECT organization_id, seq, number, id, at, actor_kind, actor_id, kind, object, action,
         schema_version, change_set_id, undoes, previous, payload_hash, hash, payload, salt
     FROM journal_entries WHERE organization_id = $1 AND seq = $2");

const LIST: Sql = sql("SELECT organization_id, seq, number, id, at, actor_kind, actor_id, kind, object, action,
         schema_version, change_set_id, undoes, previous, payload_hash, hash, payload, salt
     FROM journal_entries
     WHERE organization_id = $1 AND seq < $2
         AND ($3 IS NULL OR kind = $3) AND ($4 IS NULL OR object = $4)
         AND ($5 IS NULL OR actor_kind = $5) AND ($6 IS NULL OR actor_id = $6)
         AND ($7 IS NULL OR at >= $7) AND ($8 IS NULL OR at < $8)
     ORDER BY seq DESC LIMIT $9");

/// What an object came to last: no configuration changes without an entry.
const LAST: Sql = sql("SELECT organization_id, seq, number, id, at, actor_kind, actor_id, kind, object, action,
         schema_version, change_set_id, undoes, previous, payload_hash, hash, payload, salt
     FROM journal_entries WHERE organization_id = $1 AND kind = $2 AND object = $3 ORDER BY seq DESC LIMIT 1");

/// The last one counts where several took back the same.
const UNDONE: Sql = sql("SELECT undoes, MAX(seq) FROM journal_entries
     WHERE organization_id = $1 AND undoes >= $2 AND undoes <= $3 GROUP BY undoes");

const CHAIN: Sql = sql("SELECT organization_id, seq, number, id, at, actor_kind, actor_id, kind, object, action,
         schema_version, change_set_id, undoes, previous, payload_hash, hash, payload, salt
     FROM journal_entries WHERE organization_id = $1 AND number > $2 ORDER BY number LIMIT $3");

const SINCE: EverySql = every_sql(
    "SELECT organization_id, seq, number, id, at, actor_kind, actor_id, kind, object,
         action, schema_version, change_set_id, undoes, previous, payload_hash, hash, payload, salt
     FROM journal_entries WHERE seq > $1 ORDER BY seq LIMIT $2",
);

const ORGANIZATIONS: EverySql = every_sql("SELECT id FROM organizations ORDER BY id");

const COUNT: EverySql = every_sql("SELECT COUNT(*) FROM journal_entries");

/// The lowest number from 1 that no entry has.
const FIRST_FREE: EverySql = every_sql(
    "SELECT MIN(free) FROM (
         SELECT CAST(1 AS BIGINT) AS free WHERE NOT EXISTS (SELECT 1 FROM journal_entries WHERE seq = 1)
         UNION ALL
         SELECT e.seq + 1 AS free FROM journal_entries e
         WHERE e.seq >= 1 AND NOT EXISTS (SELECT 1 FROM journal_entries f WHERE f.seq = e.seq + 1)
     ) AS gaps",
);

/// A row as it is stored.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Row {
    organization_id: OrganizationId,
    pub(crate) seq: i64,
    pub(crate) number: i64,
    id: ChangeId,
    at: Timestamp,
    actor_kind: String,
    actor_id: Option<Uuid>,
    kind: String,
    object: String,
    action: String,
    schema_version: i64,
    change_set_id: Option<ChangeSetId>,
    undoes: Option<i64>,
    previous: Vec<u8>,
    payload_hash: Vec<u8>,
    hash: Vec<u8>,
    pub(crate) payload: Option<String>,
    pub(crate) salt: Option<Vec<u8>>,
}

impl Row {
    /// The entry without its payload.
    pub(crate) fn header(&self) -> Result<Entry, Error> {
        let damaged = |what| Error::Damaged { seq: self.seq, what };
        let hash = |bytes: &[u8], what| bytes.try_into().map(Hash).map_err(|_| damaged(what));
        let actor = ActorId::of(&self.actor_kind, self.actor_id).ok_or_else(|| damaged("the actor"))?;
        Ok(Entry {
            organization: self.organization_id,
            seq: self.seq,
            number: self.number,
            id: self.id,
            at: self.at,
            actor,
            kind: self.kind.clone(),
            object: self.object.clone(),
            action: self.action.clone(),
            schema_version: self.schema_version.try_into().map_err(|_| damaged("the schema version"))?,
            change_set: self.change_set_id,
            undoes: self.undoes,
            previous: hash(&self.previous, "the hash before it")?,
            payload_hash: hash(&self.payload_hash, "the hash of its payload")?,
            hash: hash(&self.hash, "its hash")?,
            payload: None,
        })
    }

    /// The entry.
    pub(crate) fn entry(&self) -> Result<Entry, Error> {
        let read = |text: &str| -> Result<Payload, Error> {
            serde_json::from_str(text).map_err(|_| Error::Damaged { seq: self.seq, what: "the payload" })
        };
        let payload = self.payload.as_deref().map(read).transpose()?;
        Ok(Entry { payload, ..self.header()? })
    }
}

/// The end of a chain.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Head {
    pub(crate) number: i64,
    pub(crate) seq: i64,
    pub(crate) hash: Vec<u8>,
}

/// The next place among all entries.
pub(crate) async fn take_seq(tx: &mut OrgTx) -> Result<i64> {
    let (seq,) = tx.query_shared(TAKE_SEQ).fetch_one().await?;
    Ok(seq)
}

/// The next place in the organization's chain, and the hash before it.
pub(crate) async fn take_number(tx: &mut OrgTx, seq: i64) -> Result<(i64, Vec<u8>)> {
    tx.query(TAKE_NUMBER).bind(seq).bind(Hash::ZERO.0.as_slice()).fetch_one().await
}

/// Appends the entry and makes it the head.
pub(crate) async fn insert(tx: &mut OrgTx, entry: &Entry, payload: &str, salt: &[u8]) -> Result<()> {
    tx.query(INSERT)
        .bind(entry.seq)
        .bind(entry.number)
        .bind(entry.id)
        .bind(entry.at)
        .bind(entry.actor.kind())
        .bind(entry.actor.uuid())
        .bind(entry.kind.as_str())
        .bind(entry.object.as_str())
        .bind(entry.action.as_str())
        .bind(i64::from(entry.schema_version))
        .bind(entry.change_set)
        .bind(entry.undoes)
        .bind(entry.previous.0.as_slice())
        .bind(entry.payload_hash.0.as_slice())
        .bind(entry.hash.0.as_slice())
        .bind(payload)
        .bind(salt)
        .execute()
        .await?;
    tx.query(SET_HEAD).bind(entry.hash.0.as_slice()).execute().await.map(drop)
}

/// Returns how many entries there were to erase: one or none.
pub(crate) async fn erase(tx: &mut OrgTx, seq: i64) -> Result<u64> {
    tx.query(ERASE).bind(seq).execute().await
}

pub(crate) async fn find(tx: &mut OrgRead, seq: i64) -> Result<Option<Row>> {
    tx.query(FIND).bind(seq).fetch_optional().await
}

/// The organization's entries below `before`, the latest first.
pub(crate) async fn list(tx: &mut OrgRead, filter: &Filter, before: i64, limit: u32) -> Result<Vec<Row>> {
    tx.query(LIST)
        .bind(before)
        .bind(filter.kind.as_deref())
        .bind(filter.object.as_deref())
        .bind(filter.actor.map(ActorId::kind))
        .bind(filter.actor.and_then(ActorId::uuid))
        .bind(filter.from)
        .bind(filter.to)
        .bind(i64::from(limit))
        .fetch_all()
        .await
}

/// The last entry about an object.
pub(crate) async fn find_last(tx: &mut OrgRead, kind: &str, object: &str) -> Result<Option<Row>> {
    tx.query(LAST).bind(kind).bind(object).fetch_optional().await
}

/// Pairs of an entry and the one that took it back, for entries from `first` to `last`.
pub(crate) async fn list_undone(tx: &mut OrgRead, first: i64, last: i64) -> Result<Vec<(i64, i64)>> {
    tx.query(UNDONE).bind(first).bind(last).fetch_all().await
}

/// The organization's entries after `number`, the earliest first.
pub(crate) async fn list_chain(tx: &mut OrgRead, number: i64, limit: u32) -> Result<Vec<Row>> {
    tx.query(CHAIN).bind(number).bind(i64::from(limit)).fetch_all().await
}

pub(crate) async fn find_head(tx: &mut OrgRead) -> Result<Option<Head>> {
    tx.query(HEAD).fetch_optional().await
}

/// The entries of every organization after `seq`, the earliest first.
pub(crate) async fn list_since(tx: &mut EveryTx, seq: i64, limit: u32) -> Result<Vec<Row>> {
    tx.query(SINCE).bind(seq).bind(i64::from(limit)).fetch_all().await
}

pub(crate) async fn list_organizations(tx: &mut EveryTx) -> Result<Vec<OrganizationId>> {
    let rows: Vec<(OrganizationId,)> = tx.query(ORGANIZATIONS).fetch_all().await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The last place that was taken.
pub(crate) async fn get_position(tx: &mut EveryTx) -> Result<i64> {
    let (seq,) = tx.query_shared(POSITION).fetch_one().await?;
    Ok(seq)
}

pub(crate) async fn count(tx: &mut EveryTx) -> Result<i64> {
    let (entries,) = tx.query(COUNT).fetch_one().await?;
    Ok(entries)
}

pub(crate) async fn get_first_free(tx: &mut EveryTx) -> Result<i64> {
    let (free,) = tx.query(FIRST_FREE).fetch_one().await?;
    Ok(free)
}
