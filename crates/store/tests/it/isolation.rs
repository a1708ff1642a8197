//! One tenant never meets another's rows: by the statements' own `organization_id = $1` on both databases, and by
//! row-level security on PostgreSQL, where the tests run as a role that owns nothing.

use glaux_kernel::OrganizationId;
use glaux_store::{Error, Sql, sql};
use glaux_testkit::{database::TestDatabase, on_both};
use sqlx::{Connection as _, PgConnection};

use crate::store::{self, organization, thing};

on_both!(organizations_do_not_meet, the_platform_s_rows_are_read_by_all);

/// Statements whose author forgot the predicate.
const COUNT_CARELESSLY: Sql = sql("SELECT COUNT(*) FROM things WHERE $1 IS NOT NULL");
const INSERT_CARELESSLY: Sql =
    sql("INSERT INTO things (organization_id, id, name, environment, active, nanos, currency, body, at)
     SELECT $2, id, 'stolen', environment, active, nanos, currency, body, at FROM things WHERE organization_id = $1");
const UPDATE_CARELESSLY: Sql = sql("UPDATE things SET nanos = 0 WHERE $1 IS NOT NULL");
const MOVE_CARELESSLY: Sql = sql("UPDATE things SET organization_id = $2 WHERE organization_id = $1");
const READ_SHARED: Sql = sql("SELECT COUNT(*) FROM things WHERE organization_id IN ($1, $2)");

async fn insert_into_each(database: &TestDatabase, organizations: &[OrganizationId]) {
    store::prepare(database).await;
    for organization in organizations {
        let mut tx = database.db().organization(*organization).begin().await.unwrap();
        store::insert(&mut tx, &thing(0)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

async fn organizations_do_not_meet(database: TestDatabase) {
    insert_into_each(&database, &[organization(1), organization(2)]).await;
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    store::update(&mut tx, "thing-0", 3).await.unwrap();
    tx.commit().await.unwrap();
    let mut read = database.db().organization(organization(2)).read().await.unwrap();
    assert_eq!(store::get(&mut read, "thing-0").await.unwrap(), thing(0));
    let mut read = database.db().organization(organization(3)).read().await.unwrap();
    assert_eq!(store::find(&mut read, "thing-0").await.unwrap(), None);
}

async fn the_platform_s_rows_are_read_by_all(database: TestDatabase) {
    insert_into_each(&database, &[organization(1), organization(2), OrganizationId::PLATFORM]).await;
    let mut read = database.db().organization(organization(1)).read().await.unwrap();
    let (seen,): (i64,) = read.query(READ_SHARED).bind(OrganizationId::PLATFORM).fetch_one().await.unwrap();
    assert_eq!(seen, 2);
}

#[tokio::test]
async fn postgresql_hides_what_a_careless_statement_asks_for() {
    let database = TestDatabase::postgres().await;
    insert_into_each(&database, &[organization(1), organization(2), OrganizationId::PLATFORM]).await;
    let count = async |number| {
        let mut read = database.db().organization(organization(number)).read().await.unwrap();
        read.query(COUNT_CARELESSLY).fetch_one::<(i64,)>().await.unwrap().0
    };
    // Its own and the platform's.
    assert_eq!((count(1).await, count(2).await, count(3).await), (2, 2, 1));

    let mut every = database.db().every_organization().read().await.unwrap();
    let (all,): (i64,) = every.of(organization(1)).query(COUNT_CARELESSLY).fetch_one().await.unwrap();
    assert_eq!(all, 3);
}

#[tokio::test]
async fn postgresql_refuses_what_a_careless_statement_writes() {
    let database = TestDatabase::postgres().await;
    insert_into_each(&database, &[organization(1), organization(2), OrganizationId::PLATFORM]).await;
    for (statement, target) in [
        (INSERT_CARELESSLY, organization(2)),
        (MOVE_CARELESSLY, organization(2)),
        (INSERT_CARELESSLY, OrganizationId::PLATFORM),
    ] {
        let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
        let refused = tx.query(statement).bind(target).execute().await;
        assert!(matches!(refused, Err(Error::Internal(_))), "{statement:?}: {refused:?}");
    }
    let mut tx = database.db().organization(organization(1)).begin().await.unwrap();
    assert_eq!(tx.query(UPDATE_CARELESSLY).execute().await.unwrap(), 1);
}

#[tokio::test]
async fn postgresql_shows_nothing_without_an_organization() {
    let database = TestDatabase::postgres().await;
    insert_into_each(&database, &[organization(1), organization(2)]).await;
    for address in [database.address().to_owned(), database.owner_address()] {
        let mut connection = PgConnection::connect(&address).await.unwrap();
        for _ in 0..2 {
            let (seen,): (i64,) =
                sqlx::query_as("SELECT COUNT(*) FROM things").fetch_one(&mut connection).await.unwrap();
            assert_eq!(seen, 0, "{address}");
            // A setting that has ended reads as the empty text from then on.
            sqlx::raw_sql("BEGIN; SET LOCAL glaux.organization = '00000000-0000-0000-0000-000000000001'; COMMIT")
                .execute(&mut connection)
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn the_serving_role_owns_nothing() {
    let database = TestDatabase::postgres().await;
    store::prepare(&database).await;
    let mut connection = PgConnection::connect(database.address()).await.unwrap();
    for statement in [
        "ALTER TABLE things DISABLE ROW LEVEL SECURITY",
        "DROP TABLE things",
        "CREATE TABLE other (id BIGINT)",
        "DELETE FROM schema_migrations",
    ] {
        assert!(sqlx::raw_sql(statement).execute(&mut connection).await.is_err(), "{statement}");
    }
}
