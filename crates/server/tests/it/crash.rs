use std::{collections::HashMap, path::Path, sync::Arc, time::Duration};

use serde_json::Value;

use crate::process::{Glaux, run};

/// `kill -9` under load, a restart, and the books: again and again over one data directory.
async fn kill_under_load(rounds: u64) {
    let directory = tempfile::tempdir().unwrap();
    let mut glaux = Glaux::start(directory.path(), None);
    let key = glaux.first_key.clone().unwrap();
    let slow = r#"{"provider":"sandbox","name":"echo+slow-100","type":"llm",
        "prices":[{"meter":"input_tokens","rate_per_million":"1"},{"meter":"output_tokens","rate_per_million":"1"}]}"#;
    glaux.manage(http::Method::POST, "/models", slow).await;
    let mut answered = Vec::new();
    for round in 0..rounds {
        let serving = Arc::new(glaux);
        let callers: Vec<_> = (0..16)
            .map(|caller| {
                let (serving, key) = (Arc::clone(&serving), key.clone());
                tokio::spawn(async move { call_until_it_dies(&serving, &key, caller).await })
            })
            .collect();
        // Moments spread over the life of calls that take from nothing to a quarter of a second.
        tokio::time::sleep(Duration::from_millis(20 + round * 37 % 260)).await;
        kill(&serving);
        for caller in callers {
            answered.extend(caller.await.unwrap());
        }
        drop(serving);
        glaux = Glaux::start(directory.path(), None);
    }
    glaux.stop();
    check_books(directory.path(), &answered);
    assert!(run(directory.path(), &["ledger", "verify"]).contains(" 0 open holds"));
    assert!(run(directory.path(), &["journal", "verify"]).contains("whole"));
}

fn kill(glaux: &Glaux) {
    let killed = std::process::Command::new("kill").arg("-KILL").arg(glaux.id().to_string()).status().unwrap();
    assert!(killed.success());
}

/// Ids of the calls whose answer came whole.
async fn call_until_it_dies(glaux: &Glaux, key: &str, caller: u64) -> Vec<String> {
    let model = ["sandbox/echo", "sandbox/echo+slow-100"][usize::from(caller.is_multiple_of(4))];
    let mut answered = Vec::new();
    while let Ok(answer) = glaux.chat(key, model).await {
        if answer.status == 200 && answer.text.ends_with('}') {
            answered.push(answer.headers["x-glaux-request-id"].to_str().unwrap().to_owned());
        }
    }
    answered
}

/// Each answered call is in the ledger once, each hold is settled once, nothing is left open.
fn check_books(directory: &Path, answered: &[String]) {
    let mut calls: HashMap<String, u32> = HashMap::new();
    let mut holds: HashMap<String, i32> = HashMap::new();
    let mut unknown = 0;
    for line in run(directory, &["ledger", "dump"]).lines() {
        let entry: Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        match entry["record"].as_str().unwrap() {
            "hold_opened" => *holds.entry(text("hold")).or_default() += 1,
            "attempt" => {
                *holds.entry(text("hold")).or_default() -= 1;
                unknown += i32::from(entry["status"] == "unknown");
            }
            "call" => *calls.entry(text("call")).or_default() += 1,
            _ => {}
        }
    }
    assert!(calls.values().all(|times| *times == 1), "a call is recorded twice");
    assert!(holds.values().all(|open| *open == 0), "a hold is left open or settled twice");
    let missing = answered.iter().filter(|call| !calls.contains_key(*call)).count();
    assert_eq!(missing, 0, "of {} answered calls some are not in the ledger", answered.len());
    assert!(!answered.is_empty());
    assert!(unknown > 0, "no kill hit a call that was under way");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answered_calls_survive_kill_9_and_open_holds_are_settled_once() {
    kill_under_load(5).await;
}

mod soak {
    /// Takes minutes: `make soak`.
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn two_hundred_kills() {
        #[expect(clippy::disallowed_methods, reason = "the switch of the long runs")]
        let asked = std::env::var_os("GLAUX_SOAK").is_some();
        if !asked {
            glaux_testkit::skip("GLAUX_SOAK is not set", 1);
            return;
        }
        super::kill_under_load(200).await;
    }
}
