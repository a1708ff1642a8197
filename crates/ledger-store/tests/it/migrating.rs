//! Rows that an earlier program wrote read back whole.

use std::fs;

use glaux_kernel::{Clock as _, PageRequest, Timestamp};
use glaux_ledger::record::{Call, Status};
use glaux_ledger_store::{CallFilter, PAGE_EFFORT, TextSearch, list_calls};
use glaux_store::{Db, MigrateOptions, Migrations, Options};
use glaux_testkit::postgres::{self, OWNER, RUNTIME};
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::world::{START, World, moment};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");

/// The migrations up to this one.
fn migrations_until(last: u32) -> Migrations {
    let mut files = Vec::new();
    for file in fs::read_dir(FOLDER).unwrap() {
        let file = file.unwrap();
        let name = file.file_name().into_string().unwrap();
        if name.split('_').next().unwrap().parse::<u32>().unwrap() <= last {
            files.push((name, fs::read_to_string(file.path()).unwrap()));
        }
    }
    let files: Vec<_> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    Migrations::parse(&files).unwrap()
}

fn to_grant_to(role: Option<&str>) -> MigrateOptions {
    MigrateOptions { now: Timestamp::from_micros(0), grant_to: role.map(ToOwned::to_owned) }
}

/// The statement by which the program before 0064 wrote `call`.
fn insert(call: &Call, id: impl Fn(uuid::Uuid) -> String) -> String {
    let attribution = &call.attribution;
    let mut caller = serde_json::json!({ "purpose": "call" });
    if let Some(session) = &attribution.session {
        caller["session"] = session.as_str().into();
    }
    let mut detail = serde_json::json!({
        "http_status": call.http_status, "requested_model": call.requested_model, "path": call.path, "caller": caller,
        "duration_micros": call.duration_micros, "journal_seq": call.journal_seq,
    });
    if call.cached {
        detail["cached"] = true.into();
    }
    if let Some(code) = &call.error_code {
        detail["error_code"] = code.as_str().into();
    }
    format!(
        "INSERT INTO calls (organization_id, id, at, status, application_id, key_id, environment, feature_id, attempts,
            cost_nanos, detail)
         VALUES ({}, {}, {}, '{}', {}, {}, '{}', {}, {}, {}, '{detail}')",
        id(attribution.organization.uuid()),
        id(call.call.uuid()),
        call.at.as_micros(),
        call.status.as_str(),
        id(attribution.application.uuid()),
        id(attribution.key.uuid()),
        attribution.environment,
        id(attribution.feature.unwrap().uuid()),
        call.attempts,
        call.cost_nanos,
    )
}

/// One from the cache, in a session, and one that failed.
fn calls() -> [Call; 2] {
    let world = World::new(64);
    let mut cached = Call { cached: true, status: Status::Success, http_status: 200, ..world.call() };
    cached.attribution.session = Some("Monday".to_owned());
    world.clock.advance(std::time::Duration::from_secs(1));
    let failed = Call {
        status: Status::Error,
        http_status: 502,
        error_code: Some("upstream_failed".to_owned()),
        duration_micros: 2_500_000,
        attempts: 1,
        ..world.call()
    };
    assert_eq!(world.clock.now(), failed.at);
    [failed, cached]
}

async fn read(db: &Db, filter: CallFilter) -> Vec<Call> {
    let filter = CallFilter { from: moment(START), to: moment("2027-01-01T00:00:00Z"), ..filter };
    let organization = crate::world::organization(1);
    let mut tx = db.organization(organization).read().await.unwrap();
    let page = list_calls(&mut tx, &filter, &PageRequest { limit: 10, cursor: None }, PAGE_EFFORT).await.unwrap();
    page.items.into_iter().map(|listed| listed.served.call).collect()
}

async fn check(address: &str, [failed, cached]: [Call; 2]) {
    let db = Db::open(address, &Options::default()).await.unwrap();
    assert_eq!(read(&db, CallFilter::default()).await, [failed.clone(), cached.clone()]);
    let text = |text: &str| Some(TextSearch { text: text.to_owned(), features: Vec::new() });
    let slow = CallFilter { min_duration_micros: Some(2_000_000), ..CallFilter::default() };
    assert_eq!(read(&db, slow).await, std::slice::from_ref(&failed));
    assert_eq!(read(&db, CallFilter { text: text("upstream"), ..CallFilter::default() }).await, [failed]);
    assert_eq!(read(&db, CallFilter { text: text("monday"), ..CallFilter::default() }).await, [cached]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_calls_are_filtered_by_is_taken_from_their_detail_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("glaux.db");
    let address = format!("sqlite:{}", file.display());
    migrations_until(63).apply(&address, &to_grant_to(None)).await.unwrap();
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    for call in calls() {
        let statement = insert(&call, |id| format!("X'{}'", id.simple()));
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.unwrap();
    }
    connection.close().await.unwrap();
    Migrations::embedded().unwrap().apply(&address, &to_grant_to(None)).await.unwrap();
    check(&address, calls()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_calls_are_filtered_by_is_taken_from_their_detail_on_postgres() {
    let server = postgres::server().await;
    let name = server.empty_database().await;
    let owner = server.address(OWNER, &name);
    migrations_until(63).apply(&owner, &to_grant_to(Some(RUNTIME))).await.unwrap();
    for call in calls() {
        let statement = insert(&call, |id| format!("'{id}'::uuid"));
        server.administer(&name, &[&statement]).await;
    }
    Migrations::embedded().unwrap().apply(&owner, &to_grant_to(Some(RUNTIME))).await.unwrap();
    check(&server.address(RUNTIME, &name), calls()).await;
}
