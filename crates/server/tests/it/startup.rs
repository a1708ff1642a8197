//! What a start refuses, and how a stop ends.

use std::{fs, path::Path, process::Command};

use glaux_kernel::Timestamp;
use glaux_store::{MigrateOptions, Migrations};
use http::Method;

use crate::process::{ADMIN_TOKEN, Glaux, MASTER_KEY, Start, run};

/// The one line that a start over `directory` ends with.
pub(crate) fn refusal(directory: &Path, environment: &[(&str, &str)]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_glaux"));
    command.arg("serve").env_clear().env("GLAUX_DATA_DIR", directory).env("GLAUX_LISTEN", "127.0.0.1:0");
    command.env("GLAUX_LOG__FILTER", "error").envs(environment.iter().copied());
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert_eq!(output.stdout, b"", "nothing is served");
    said
}

#[test]
fn bad_settings_are_refused_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("data");
    let check = |environment: &[(&str, &str)], part: &str| {
        let said = refusal(&directory, environment);
        assert!(said.starts_with("error: ") && said.contains(part), "{environment:?}: {said}");
    };
    check(&[("GLAUX_LISTNE", "127.0.0.1:0")], "there is no setting GLAUX_LISTNE");
    check(&[("GLAUX_SERVER__LISTNE", "127.0.0.1:0")], "unknown field `listne`");
    check(&[("GLAUX_NOWHERE__LISTEN", "127.0.0.1:0")], "unknown field `nowhere`");
    check(&[("GLAUX_LISTEN", "localhost")], "server.listen");
    check(&[("GLAUX_LISTEN", "127.0.0.1:99999")], "server.listen");
    check(&[("GLAUX_SERVER__DRAIN_SECONDS", "-1")], "server.drain_seconds");
    check(&[("GLAUX_LEDGER__COMMIT", "sometimes")], "sometimes");
    check(&[("GLAUX_LOG__FORMAT", "xml")], "xml");
    check(&[("GLAUX_ADMIN_TOKEN", "short")], "at least 24 characters");
    check(&[("GLAUX_MASTER_KEY", "0123")], "GLAUX_MASTER_KEY is not valid");
    check(&[("GLAUX_DATABASE_URL", "postgres://u@127.0.0.1/d")], "GLAUX_MASTER_KEY is required");
    let key = ("GLAUX_MASTER_KEY", MASTER_KEY);
    check(&[("GLAUX_DATABASE_URL", "mysql://u:secret@127.0.0.1/d"), key], "no database address");
    assert!(!refusal(&directory, &[("GLAUX_DATABASE_URL", "mysql://u:secret@h/d"), key]).contains("secret"));
    check(&[("GLAUX_DATABASE_URL", "postgres://u@%2Fnowhere/d"), key], "can't open the database");
}

#[test]
fn a_data_directory_that_can_not_be_used_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for directory in [file.as_path(), &file.join("data"), Path::new("/proc/glaux")] {
        let said = refusal(directory, &[]);
        assert!(said.contains(&format!("can't use the data directory {}", directory.display())), "{said}");
    }
}

#[test]
fn a_second_start_over_the_same_data_is_refused_and_the_first_serves_on() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let said = refusal(directory.path(), &[]);
    assert!(said.contains("another process uses the data directory"), "{said}");
    glaux.stop();
    Glaux::start(directory.path(), None);
}

#[test]
fn the_admins_token_is_printed_when_it_is_made_and_never_again() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("admin.token");
    let mut first = Start::over(directory.path()).unset("GLAUX_ADMIN_TOKEN").go();
    let made = fs::read_to_string(&file).unwrap();
    assert!(made.starts_with("glt_") && first.welcome.contains(&made), "{}", first.welcome);
    first.stop();
    let mut second = Start::over(directory.path()).unset("GLAUX_ADMIN_TOKEN").go();
    assert!(!second.welcome.contains(&made), "{}", second.welcome);
    assert!(second.welcome.contains(&file.display().to_string()), "{}", second.welcome);
    second.stop();
    let given = Glaux::start(directory.path(), None);
    assert!(!given.welcome.contains(ADMIN_TOKEN) && !given.welcome.contains(&made), "{}", given.welcome);
    assert!(given.welcome.contains("as GLAUX_ADMIN_TOKEN says"), "{}", given.welcome);
}

#[tokio::test]
async fn an_address_that_is_taken_is_refused() {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let glaux = Glaux::start(first.path(), None);
    let said = refusal(second.path(), &[("GLAUX_LISTEN", &glaux.address.to_string())]);
    assert!(said.contains(&format!("can't listen on {}", glaux.address)), "{said}");
}

#[tokio::test]
async fn another_master_key_than_that_of_the_stored_credentials_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let provider = r#"{"name":"acme","kind":"openai","credentials":{"api_key":"sk-very-secret"}}"#;
    glaux.manage(Method::POST, "/models/providers", provider).await;
    glaux.stop();
    let other = "11".repeat(32);
    let said = refusal(directory.path(), &[("GLAUX_MASTER_KEY", &other), ("GLAUX_ADMIN_TOKEN", ADMIN_TOKEN)]);
    assert!(said.contains("the master key is not the one that the stored credentials need"), "{said}");
    assert!(!said.contains(&other) && !said.contains(MASTER_KEY));
    Glaux::start(directory.path(), None);
}

/// The migrations of this program, by name.
fn migration_files() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    let entries = fs::read_dir(folder).unwrap().map(Result::unwrap);
    let mut files: Vec<_> = entries
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()))
        .collect();
    files.sort();
    files
}

async fn migrate(directory: &Path, files: &[(String, String)]) {
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let address = format!("sqlite:{}", directory.join("glaux.db").display());
    let options = MigrateOptions { now: Timestamp::from_micros(0), grant_to: None };
    Migrations::parse(&files).unwrap().apply(&address, &options).await.unwrap();
}

#[tokio::test]
async fn a_newer_schema_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = migration_files();
    files.push(("9999_later.sql".to_owned(), "--shared later\nCREATE TABLE later (id UUID PRIMARY KEY);\n".to_owned()));
    migrate(directory.path(), &files).await;
    let said = refusal(directory.path(), &[]);
    assert!(said.contains("the database has migration 9999"), "{said}");
}

#[tokio::test]
async fn an_older_schema_is_copied_and_migrated() {
    let directory = tempfile::tempdir().unwrap();
    let mut files = migration_files();
    let (last, _) = files.pop().unwrap();
    migrate(directory.path(), &files).await;
    let glaux = Glaux::start(directory.path(), None);
    assert_eq!(glaux.chat(glaux.first_key.as_ref().unwrap(), "sandbox/echo").await.unwrap().status, 200);
    let number: u32 = last.split('_').next().unwrap().parse().unwrap();
    assert!(directory.path().join(format!("glaux.db.before-{number}")).exists());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_lets_open_streams_end() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let key = glaux.first_key.clone().unwrap();
    let mut stream = glaux.stream(&key, "sandbox/say-100+pace-20").await.unwrap();
    assert!(stream.next().await.is_some());
    let other = Glaux::client();
    glaux.ask_to_stop();
    let text = stream.rest().await.unwrap();
    assert!(text.trim_end().ends_with("data: [DONE]"), "{text}");
    glaux.wait_until_stopped();
    assert!(glaux.chat_by(&other, &key, "sandbox/echo").await.is_err(), "nobody listens any more");
    let dump = run(directory.path(), None, &["ledger", "dump"]);
    assert_eq!(dump.matches(r#""record":"call""#).count(), 1);
    assert!(dump.contains(r#""status":"success""#) && !dump.contains(r#""status":"cancelled""#), "{dump}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_does_not_wait_for_those_who_watch() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Start::over(directory.path()).set("GLAUX_SERVER__DRAIN_SECONDS", "600").go();
    let mut watched = glaux.watch().await.unwrap();
    assert_eq!(watched.status, 200);
    glaux.manage(Method::POST, "/features", r#"{"name":"owl","display_name":"Owl"}"#).await;
    assert!(String::from_utf8_lossy(&watched.next().await.unwrap()).contains("owl"));
    glaux.ask_to_stop();
    assert!(watched.rest().await.is_some(), "the stream ends, and not only with the process");
    glaux.wait_until_stopped();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_cuts_off_what_does_not_end_in_time_and_settles_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Start::over(directory.path()).set("GLAUX_SERVER__DRAIN_SECONDS", "1").go();
    let key = glaux.first_key.clone().unwrap();
    let slow = r#"{"provider":"sandbox","name":"say-1000+pace-1000","type":"llm"}"#;
    glaux.manage(Method::POST, "/models", slow).await;
    let mut stream = glaux.stream(&key, "sandbox/say-1000+pace-1000").await.unwrap();
    assert!(stream.next().await.is_some());
    glaux.stop();
    assert!(stream.rest().await.is_none_or(|text| !text.contains("[DONE]")));
    let dump = run(directory.path(), None, &["ledger", "dump"]);
    assert_eq!(dump.matches(r#""record":"call""#).count(), 1);
    assert!(dump.contains(r#""status":"cancelled""#), "{dump}");
    assert!(run(directory.path(), None, &["ledger", "verify"]).contains(" 0 open holds"));
}
