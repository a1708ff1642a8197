//! What every table of the program keeps to.

use glaux_testkit::database::TestDatabase;
use sqlx::{Connection as _, PgConnection};

/// Tables that belong to no organization. Each has a reason.
const SHARED: [&str; 2] = [
    // What was applied.
    "schema_migrations",
    // The one number that all journals share.
    "journal_position",
];

#[tokio::test]
async fn rows_of_tenants_are_keyed_and_guarded_by_organization() {
    let database = TestDatabase::postgres().await;
    let mut connection = PgConnection::connect(database.address()).await.unwrap();
    let tables: Vec<(String, bool, Option<String>)> = sqlx::query_as(
        "SELECT t.relname::text, t.relrowsecurity AND t.relforcerowsecurity, a.attname::text
         FROM pg_class t
         JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public'
         LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary
         LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
         WHERE t.relkind IN ('r', 'p') ORDER BY 1",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(tables.len() > SHARED.len());
    for (table, guarded, first_key) in tables {
        if SHARED.contains(&table.as_str()) {
            continue;
        }
        let key = if table == "organizations" { "id" } else { "organization_id" };
        assert_eq!(first_key.as_deref(), Some(key), "the primary key of {table} starts with the organization");
        assert!(guarded, "row-level security of {table} is forced: `--tenant {table}`");
    }
}
