//! `kill -9` under load, a restart, and the books: again and again over one data directory.

use std::{sync::Arc, time::Duration};

use glaux_kernel::Rng;
use glaux_testkit::{database::TestDatabase, rng::SeededRng};
use http::Method;
use serde_json::json;

use crate::{
    books::{self, Books},
    load::{Load, Seen},
    process::{Glaux, note},
};

const FEATURE: &str = "/features/decided";

async fn kill_under_load(rounds: u64, seed: u64, database: Option<&str>) {
    let directory = tempfile::tempdir().unwrap();
    let rng = SeededRng::new(seed);
    let mut glaux = Glaux::start(directory.path(), database);
    let key = glaux.first_key.clone().unwrap();
    let slow = r#"{"provider":"sandbox","name":"echo+slow-100","type":"llm",
        "prices":[{"meter":"input_tokens","rate_per_million":"1"},{"meter":"output_tokens","rate_per_million":"1"}]}"#;
    glaux.manage(Method::POST, "/models", slow).await;
    glaux.manage(Method::POST, "/features", r#"{"name":"decided","display_name":"0"}"#).await;
    let mut seen = Seen::default();
    let mut decided = 0;
    for _ in 0..rounds {
        let serving = Arc::new(glaux);
        let load = Load::start(&serving, &key, 16, Duration::ZERO);
        let deciding = tokio::spawn(decide_until_it_dies(Arc::clone(&serving), decided));
        // Moments spread over the life of calls that take from nothing to two seconds.
        tokio::time::sleep(Duration::from_micros(20_000 + rng.next_u64() % 280_000)).await;
        serving.kill();
        seen.add(load.finish().await);
        let answered = deciding.await.unwrap();
        drop(serving);
        glaux = Glaux::start(directory.path(), database);
        // What was answered is decided. One more may have been, whose answer was lost.
        decided = find_decided(&glaux).await;
        assert!((answered..=answered + 1).contains(&decided), "{decided} is decided, {answered} was answered");
    }
    let books = Books::read(directory.path());
    books::wait_until_projected(&glaux, books.calls()).await;
    glaux.stop();
    assert_eq!(seen.refused, Vec::<String>::new());
    books.check(&seen);
    assert_eq!(books.settled_later, 0, "what a kill left open is not known");
    books::verify(directory.path(), database, books.calls());
    assert!(!seen.answered.is_empty() && !seen.hung_up.is_empty() && decided > 0);
    assert!(books.unknown > 0, "no kill hit a call that was under way");
    note(&format!(
        "{rounds} kills with seed {seed}: {} calls, of which {} answered, {} hung up, {} cut off and {} without an \
         answer; {} attempts unknown; {decided} changes",
        books.calls(),
        seen.answered.len(),
        seen.hung_up.len(),
        seen.cut.len(),
        seen.unanswered,
        books.unknown,
    ));
}

/// Changes an object again and again; gives the last change that was answered.
async fn decide_until_it_dies(glaux: Arc<Glaux>, mut answered: u64) -> u64 {
    loop {
        let name = json!({ "display_name": (answered + 1).to_string() }).to_string();
        match glaux.try_to_manage(Method::PATCH, FEATURE, &name).await {
            Ok(answer) if answer.status == 200 && answer.text.ends_with('}') => answered += 1,
            Ok(answer) if answer.status == 200 => return answered,
            Ok(answer) => panic!("{}", answer.text),
            Err(_) => return answered,
        }
    }
}

async fn find_decided(glaux: &Glaux) -> u64 {
    glaux.manage(Method::GET, FEATURE, "").await["display_name"].as_str().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answered_calls_survive_kill_9_and_open_holds_are_settled_once_on_sqlite() {
    kill_under_load(5, 1, None).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answered_calls_survive_kill_9_and_open_holds_are_settled_once_on_postgresql() {
    let database = TestDatabase::postgres().await;
    kill_under_load(3, 2, Some(database.address())).await;
}

mod soak {
    use super::*;
    use crate::process::asked_to_soak;

    /// Takes minutes: `make soak`.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_hundred_kills_on_sqlite() {
        if asked_to_soak() {
            kill_under_load(200, 3, None).await;
        }
    }

    /// Takes a minute: `make soak`.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn forty_kills_on_postgresql() {
        if asked_to_soak() {
            let database = TestDatabase::postgres().await;
            kill_under_load(40, 4, Some(database.address())).await;
        }
    }
}
