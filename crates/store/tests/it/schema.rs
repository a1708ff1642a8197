//! What every table of the program keeps to.

use glaux_testkit::database::TestDatabase;
use sqlx::{Connection as _, PgConnection};

use crate::store::migration_files;

/// The tables that belong to no organization: their migrations say so.
fn shared_tables() -> Vec<String> {
    let texts = migration_files().into_iter().map(|(_, text)| text).collect::<String>();
    let declared = texts.lines().filter_map(|line| line.strip_prefix("--shared "));
    declared.map(|table| table.trim().to_owned()).chain(["schema_migrations".to_owned()]).collect()
}

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
    let shared = shared_tables();
    assert!(tables.len() > shared.len());
    for (table, guarded, first_key) in tables {
        if shared.contains(&table) {
            continue;
        }
        let key = if table == "organizations" { "id" } else { "organization_id" };
        assert_eq!(
            first_key.as_deref(),
            Some(key),
            "the primary key of {table} starts with the organization, or the migration says `--shared {table}`"
        );
        assert!(guarded, "row-level security of {table} is forced: `--tenant {table}`");
    }
}
