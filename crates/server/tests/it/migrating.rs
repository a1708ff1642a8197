//! The owner of the tables migrates; a role that owns none serves.

use std::process::Command;

use glaux_testkit::postgres::{self, OWNER, RUNTIME};

use crate::{
    process::{Glaux, MASTER_KEY, run},
    startup::refusal,
};

#[tokio::test]
async fn a_role_that_owns_no_tables_serves_what_their_owner_has_migrated() {
    let server = postgres::server().await;
    let database = server.empty_database().await;
    let (owner, runtime) = (server.address(OWNER, &database), server.address(RUNTIME, &database));
    let directory = tempfile::tempdir().unwrap();
    let serve = [("GLAUX_DATABASE_URL", runtime.as_str()), ("GLAUX_MASTER_KEY", MASTER_KEY)];
    let said = refusal(directory.path(), &serve);
    assert!(said.contains("let their owner run `glaux migrate`") && said.contains("permission denied"), "{said}");

    let migrated = run(directory.path(), Some(&owner), &["migrate"]);
    assert!(!migrated.starts_with("0 ") && migrated.contains(" migrations were applied"), "{migrated}");
    let said = refusal(directory.path(), &serve);
    assert!(said.contains("permission denied"), "{said}");

    let granted = run(directory.path(), Some(&owner), &["migrate", "--grant-to", RUNTIME]);
    assert!(granted.starts_with("0 migrations were applied"), "{granted}");
    assert!(granted.ends_with(&format!("\n{RUNTIME} may read and write rows\n")), "{granted}");
    let mut glaux = Glaux::start(directory.path(), Some(&runtime));
    let key = glaux.first_key.clone().unwrap();
    assert_eq!(glaux.chat(&key, "sandbox/echo").await.unwrap().status, 200);
    glaux.stop();
}

#[test]
fn there_is_nothing_to_migrate_apart_with_the_embedded_database() {
    let directory = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_glaux"));
    let output = command.arg("migrate").env_clear().env("GLAUX_DATA_DIR", directory.path()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("each start migrates by itself"), "{said}");
}
