//! The ledger of a data directory, read record by record.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
    time::Duration,
};

use http::Method;
use serde_json::Value;

use crate::{
    load::Seen,
    process::{Glaux, run},
};

/// What the segments hold.
#[derive(Debug, Default)]
pub(crate) struct Books {
    /// Status of each call.
    calls: HashMap<String, String>,
    /// Attempts that are settled as `unknown`.
    pub(crate) unknown: usize,
    /// Attempts that opened in one segment and are settled in a later one, and not as `unknown`: over a full segment, and
    /// never over a start.
    pub(crate) settled_later: usize,
}

impl Books {
    /// Reads the segments. Each call is recorded once; each hold is settled once, as `unknown` only by a later start. Each
    /// start begins a segment.
    pub(crate) fn read(directory: &Path) -> Self {
        let mut books = Self::default();
        let mut opened: HashMap<String, u64> = HashMap::new();
        let mut tried: HashSet<String> = HashSet::new();
        for line in run(directory, None, &["ledger", "dump"]).lines() {
            let entry: Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| entry[name].as_str().unwrap().to_owned();
            let segment: u64 = text("position").split(':').next().unwrap().parse().unwrap();
            match entry["record"].as_str().unwrap() {
                "hold_opened" => assert_eq!(opened.insert(text("hold"), segment), None, "{line}"),
                "attempt" => {
                    let begun = opened.remove(&text("hold")).unwrap_or_else(|| panic!("settled twice: {line}"));
                    let is_unknown = entry["status"] == "unknown";
                    assert!(segment >= begun + u64::from(is_unknown), "{line}");
                    books.unknown += usize::from(is_unknown);
                    books.settled_later += usize::from(!is_unknown && segment > begun);
                    tried.insert(text("call"));
                }
                "call" => assert_eq!(books.calls.insert(text("call"), text("status")), None, "{line}"),
                _ => {}
            }
        }
        assert!(opened.is_empty(), "{} holds are left open", opened.len());
        assert!(tried.iter().all(|call| books.calls.contains_key(call)), "an attempt has no call");
        books
    }

    /// How many calls there are.
    pub(crate) fn calls(&self) -> usize {
        self.calls.len()
    }

    /// Every call that a caller knows of is there, with a status that fits what he saw.
    pub(crate) fn check(&self, seen: &Seen) {
        let check = |calls: &[String], fitting: &[&str]| {
            for call in calls {
                let status = self.calls.get(call).map(String::as_str);
                assert!(status.is_some_and(|status| fitting.contains(&status)), "{call} is {status:?}");
            }
        };
        check(&seen.answered, &["success"]);
        // The last bytes of an answer are let go after its settlement; that it was hung up on is seen some time later.
        check(&seen.hung_up, &["success", "cancelled", "unknown"]);
        check(&seen.cut, &["success", "unknown"]);
    }
}

/// Waits until the database has `calls`, and no more.
pub(crate) async fn wait_until_projected(glaux: &Glaux, calls: usize) {
    let path = "/spending/analytics?from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
    let mut there = 0;
    for _ in 0..4000 {
        let sums = glaux.manage(Method::GET, path, "").await;
        there = sums["items"].as_array().unwrap().iter().map(|sum| sum["calls"].as_u64().unwrap()).sum();
        if there >= calls as u64 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(there, calls as u64);
}

/// Ledger and journal add up, and the database has `calls`.
pub(crate) fn verify(directory: &Path, database: Option<&str>, calls: usize) {
    let verified = run(directory, database, &["ledger", "verify"]);
    assert!(verified.contains(&format!("{calls} calls, ")) && verified.contains(" 0 open holds"), "{verified}");
    let verified = run(directory, database, &["journal", "verify"]);
    assert!(verified.contains("whole") && !verified.contains("broken"), "{verified}");
}
