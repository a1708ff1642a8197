//! Organizations to record for, and what someone with the database's password can do.

use glaux_journal::{Actor, ActorId, Change, Recorded, record};
use glaux_kernel::{OrganizationId, Timestamp, UserId};
use glaux_store::{Db, SharedSql, Sql, shared_sql, sql};
use glaux_testkit::rng::SeededRng;
use serde_json::json;
use uuid::Uuid;

const INSERT_ORGANIZATION: Sql =
    sql("INSERT INTO organizations (id, name, display_name, time_zone, currency, created_at, updated_at)
     VALUES ($1, $2, $2, 'UTC', 'USD', 0, 0)");

/// Each changes one column of the second entry.
pub(crate) const COLUMNS: [(&str, Sql); 17] = [
    (
        "organization_id",
        sql("UPDATE journal_entries SET organization_id = $2 WHERE organization_id = $1 AND number = 2"),
    ),
    (
        "seq",
        sql("UPDATE journal_entries SET seq = seq + 1000 WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL"),
    ),
    (
        "number",
        sql("UPDATE journal_entries SET number = 1000 WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL"),
    ),
    ("id", sql("UPDATE journal_entries SET id = $2 WHERE organization_id = $1 AND number = 2")),
    ("at", sql("UPDATE journal_entries SET at = at + 1 WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL")),
    (
        "actor_kind",
        sql(
            "UPDATE journal_entries SET actor_kind = 'token' WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL",
        ),
    ),
    ("actor_id", sql("UPDATE journal_entries SET actor_id = $2 WHERE organization_id = $1 AND number = 2")),
    (
        "kind",
        sql("UPDATE journal_entries SET kind = 'budget' WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL"),
    ),
    (
        "object",
        sql("UPDATE journal_entries SET object = '' WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL"),
    ),
    (
        "action",
        sql(
            "UPDATE journal_entries SET action = 'delete' WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL",
        ),
    ),
    (
        "schema_version",
        sql(
            "UPDATE journal_entries SET schema_version = 2 WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL",
        ),
    ),
    ("change_set_id", sql("UPDATE journal_entries SET change_set_id = $2 WHERE organization_id = $1 AND number = 2")),
    (
        "undoes",
        sql("UPDATE journal_entries SET undoes = 1 WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL"),
    ),
    (
        "previous",
        sql("UPDATE journal_entries SET previous = hash WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL"),
    ),
    (
        "payload_hash",
        sql(
            "UPDATE journal_entries SET payload_hash = hash, payload = NULL, salt = NULL WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL",
        ),
    ),
    (
        "payload",
        sql("UPDATE journal_entries SET payload = '{}' WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL"),
    ),
    (
        "salt",
        sql("UPDATE journal_entries SET salt = hash WHERE organization_id = $1 AND number = 2 AND $2 IS NOT NULL"),
    ),
];

pub(crate) const CHANGE_HASH: Sql =
    sql("UPDATE journal_entries SET hash = payload_hash WHERE organization_id = $1 AND number = 2");
pub(crate) const CHANGE_ACTOR: Sql =
    sql("UPDATE journal_entries SET actor_kind = 'root' WHERE organization_id = $1 AND number = 2");
pub(crate) const DELETE_SECOND: Sql = sql("DELETE FROM journal_entries WHERE organization_id = $1 AND number = 2");
pub(crate) const DELETE_LAST: Sql = sql("DELETE FROM journal_entries WHERE organization_id = $1 AND number = 3");
pub(crate) const DELETE_ALL: Sql = sql("DELETE FROM journal_entries WHERE organization_id = $1");
pub(crate) const DELETE_HEAD: Sql = sql("DELETE FROM journal_heads WHERE organization_id = $1");
pub(crate) const CHANGE_HEAD: Sql = sql("UPDATE journal_heads SET seq = seq + 1 WHERE organization_id = $1");
pub(crate) const SKIP_A_NUMBER: SharedSql = shared_sql("UPDATE journal_position SET seq = seq + 1");

pub(crate) fn organization(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(Uuid::from_u128(number))
}

pub(crate) fn user(number: u128) -> ActorId {
    ActorId::User(UserId::from_uuid(Uuid::from_u128(number)))
}

pub(crate) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

pub(crate) async fn insert_organization(db: &Db, number: u128) {
    let mut tx = db.organization(organization(number)).begin().await.unwrap();
    tx.query(INSERT_ORGANIZATION).bind(format!("organization-{number}")).execute().await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) fn change(object: &str) -> Change {
    Change {
        actor: Actor { id: user(7), display: "Ada".into() },
        kind: "feature",
        object: object.to_owned(),
        name: format!("name of {object}"),
        action: "update",
        before: Some(json!({"status": "inactive"})),
        after: Some(json!({"status": "active"})),
        schema_version: 1,
        reason: Some("because".into()),
        change_set: None,
        undoes: None,
    }
}

/// Records one change and commits.
pub(crate) async fn commit(db: &Db, number: u128, change: Change, now: Timestamp) -> Recorded {
    let mut tx = db.organization(organization(number)).begin().await.unwrap();
    let rng = SeededRng::new(u64::try_from(now.as_micros()).unwrap());
    let recorded = record(&mut tx, change, now, &rng).await.unwrap();
    tx.commit().await.unwrap();
    recorded
}

/// Organizations 1 and 2, with three entries of the first and one of the second between them: 1, 2, 4 and 3.
pub(crate) async fn prepare(db: &Db) {
    insert_organization(db, 1).await;
    insert_organization(db, 2).await;
    for (number, object) in [(1, "feat_a"), (1, "feat_b"), (2, "feat_a"), (1, "feat_a")] {
        commit(db, number, change(object), at(10)).await;
    }
}

pub(crate) async fn tamper(db: &Db, statement: Sql) {
    let mut tx = db.organization(organization(1)).begin().await.unwrap();
    assert_ne!(tx.query(statement).execute().await.unwrap(), 0);
    tx.commit().await.unwrap();
}
