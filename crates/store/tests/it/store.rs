//! A table of the tests' own, and its statements.

use glaux_kernel::{Currency, Environment, FeatureId, OrganizationId, Timestamp};
use glaux_store::{
    Db, EverySql, Json, Kind, MigrateOptions, Migrations, OrgRead, OrgTx, Result, Sql, Text, every_sql, sql,
};
use glaux_testkit::{database::TestDatabase, postgres::RUNTIME};

pub(crate) const MIGRATION: (&str, &str) = (
    "9001_things.sql",
    "CREATE TABLE things (
        organization_id UUID NOT NULL REFERENCES organizations (id),
        id UUID NOT NULL,
        name TEXT NOT NULL,
        environment TEXT NOT NULL,
        active BOOLEAN NOT NULL,
        nanos BIGINT NOT NULL,
        currency TEXT NOT NULL,
        weight DOUBLE,
        body JSON NOT NULL,
        digest BYTES,
        at TIMESTAMP NOT NULL,
        PRIMARY KEY (organization_id, id),
        UNIQUE (organization_id, name)
    );
    CREATE INDEX things_at ON things (organization_id, at);
--tenant things
",
);

const INSERT_ORGANIZATION: Sql =
    sql("INSERT INTO organizations (id, name, display_name, time_zone, currency, created_at, updated_at)
     VALUES ($1, $2, $2, 'UTC', 'USD', 0, 0)");

pub(crate) const INSERT: Sql = sql(
    "INSERT INTO things (organization_id, id, name, environment, active, nanos, currency, weight, body, digest, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
);

pub(crate) const ADD: EverySql = every_sql(
    "INSERT INTO things (organization_id, id, name, environment, active, nanos, currency, weight, body, digest, at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     ON CONFLICT (organization_id, name) DO UPDATE SET nanos = things.nanos + excluded.nanos",
);

const FIND: Sql = sql("SELECT id, name, environment, active, nanos, currency, weight, body, digest, at FROM things
     WHERE organization_id = $1 AND name = $2");

const LIST: Sql = sql("SELECT id, name, environment, active, nanos, currency, weight, body, digest, at FROM things
     WHERE organization_id = $1 AND ($2 IS NULL OR environment = $2) AND ($3 IS NULL OR (at, id) < ($3, $4))
     ORDER BY at DESC, id DESC LIMIT $5");

const UPDATE: Sql = sql("UPDATE things SET nanos = $3 WHERE organization_id = $1 AND name = $2 RETURNING id");

pub(crate) const DELETE: Sql = sql("DELETE FROM things WHERE organization_id = $1 AND name = $2");

const SUM: Sql = sql("SELECT CAST(COALESCE(SUM(nanos), 0) AS BIGINT), COUNT(*) FROM things WHERE organization_id = $1");

#[derive(Debug, Clone, PartialEq, sqlx::FromRow)]
pub(crate) struct Thing {
    pub(crate) id: FeatureId,
    pub(crate) name: String,
    pub(crate) environment: Text<Environment>,
    pub(crate) active: bool,
    pub(crate) nanos: i64,
    pub(crate) currency: Text<Currency>,
    pub(crate) weight: Option<f64>,
    pub(crate) body: Json<Vec<String>>,
    pub(crate) digest: Option<Vec<u8>>,
    pub(crate) at: Timestamp,
}

pub(crate) fn organization(number: u128) -> OrganizationId {
    OrganizationId::from_uuid(uuid::Uuid::from_u128(number))
}

pub(crate) fn thing(number: u32) -> Thing {
    Thing {
        id: FeatureId::from_uuid(uuid::Uuid::from_u128(u128::from(number) + 1)),
        name: format!("thing-{number}"),
        environment: Text(if number.is_multiple_of(2) { Environment::Production } else { Environment::Staging }),
        active: number.is_multiple_of(3),
        nanos: i64::MAX - i64::from(number),
        currency: Text(Currency::USD),
        weight: number.is_multiple_of(2).then_some(0.1),
        body: Json(vec![format!("\"{number}\""), "é\u{0}".to_owned()]),
        digest: (number % 2 == 1).then(|| vec![0, 255, 10]),
        at: Timestamp::from_micros(i64::from(number) * 1_000_000 / 3),
    }
}

/// Names and texts of the program's migrations.
pub(crate) fn migration_files() -> Vec<(String, String)> {
    std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

/// The program's migrations, with `more` after them.
pub(crate) fn migrations_and(more: &[(&str, &str)]) -> Migrations {
    let files = migration_files();
    let files = files.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Migrations::parse(&files.chain(more.iter().copied()).collect::<Vec<_>>()).unwrap()
}

/// Adds the table and two organizations.
pub(crate) async fn prepare(database: &TestDatabase) {
    let grant_to = (database.db().kind() == Kind::Postgres).then(|| RUNTIME.to_owned());
    let options = MigrateOptions { now: Timestamp::from_micros(0), grant_to };
    migrations_and(&[MIGRATION]).apply(&database.owner_address(), &options).await.unwrap();
    for number in [1, 2] {
        insert_organization(database.db(), number).await;
    }
}

pub(crate) async fn insert_organization(db: &Db, number: u128) {
    let mut tx = db.organization(organization(number)).begin().await.unwrap();
    tx.query(INSERT_ORGANIZATION).bind(format!("organization-{number}")).execute().await.unwrap();
    tx.commit().await.unwrap();
}

pub(crate) async fn insert(tx: &mut OrgTx, thing: &Thing) -> Result<()> {
    let Thing { id, name, environment, active, nanos, currency, weight, body, digest, at } = thing.clone();
    let query = tx.query(INSERT).bind(id).bind(name).bind(environment).bind(active).bind(nanos).bind(currency);
    query.bind(weight).bind(body).bind(digest).bind(at).execute().await.map(drop)
}

pub(crate) async fn find(tx: &mut OrgRead, name: &str) -> Result<Option<Thing>> {
    tx.query(FIND).bind(name).fetch_optional().await
}

pub(crate) async fn get(tx: &mut OrgRead, name: &str) -> Result<Thing> {
    tx.query(FIND).bind(name).fetch_one().await
}

pub(crate) async fn list(
    tx: &mut OrgRead,
    environment: Option<Environment>,
    after: Option<&Thing>,
    limit: i64,
) -> Result<Vec<Thing>> {
    let query = tx.query(LIST).bind(environment.map(Text)).bind(after.map(|last| last.at));
    query.bind(after.map(|last| last.id)).bind(limit).fetch_all().await
}

pub(crate) async fn update(tx: &mut OrgTx, name: &str, nanos: i64) -> Result<FeatureId> {
    let (id,): (FeatureId,) = tx.query(UPDATE).bind(name).bind(nanos).fetch_one().await?;
    Ok(id)
}

pub(crate) async fn delete(tx: &mut OrgTx, name: &str) -> Result<u64> {
    tx.query(DELETE).bind(name).execute().await
}

/// Sum and count.
pub(crate) async fn sum(tx: &mut OrgRead) -> Result<(i64, i64)> {
    tx.query(SUM).fetch_one().await
}
