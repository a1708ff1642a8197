//! Time is a parameter. Only the outermost crates read a clock.
//!
//! The `Instant` of tokio is the runtime's timer, which tests stop and advance: deadlines are made from it, except in
//! the crates that do no I/O and have no deadlines.

use crate::{
    finding::Finding,
    rust_file::{RustFile, Token},
};

/// Where the implementations of the kernel's `Clock` live, and the tools around the product.
const MAY_READ: &[&str] = &["server", "testkit", "telemetry", "xtask"];

const PURE_CRATES: &[&str] = &["kernel", "stats", "llm", "routing"];

const READINGS: &[&[&str]] = &[
    &["SystemTime", ":", ":", "now"],
    &["Instant", ":", ":", "now"],
    &["Zoned", ":", ":", "now"],
    &["jiff", ":", ":", "Timestamp", ":", ":", "now"],
    &["Utc", ":", ":", "now"],
    &["OffsetDateTime", ":", ":", "now_utc"],
];

pub(super) fn check(file: &RustFile) -> Vec<Finding> {
    let Some(name) = file.crate_name() else { return Vec::new() };
    if MAY_READ.contains(&name) || file.path.iter().any(|folder| folder == "benches") {
        return Vec::new();
    }
    let has_timer = !PURE_CRATES.contains(&name) && imports_timer(file);
    let places = READINGS.iter().flat_map(|reading| file.occurrences(reading).map(move |token| (reading, token)));
    places
        .filter(|(reading, _)| !(has_timer && reading[0] == "Instant"))
        .map(|(reading, token)| Finding {
            path: file.path.clone(),
            line: token.line,
            rule: "clock",
            message: format!("`{}` reads a clock. Take a `glaux_kernel::Clock`, or the time itself", reading.concat()),
        })
        .collect()
}

fn imports_timer(file: &RustFile) -> bool {
    let statements = file.tokens.split(|token| token.text == ";" || token.text == "use");
    let names = |statement: &[Token], word: &str| statement.iter().any(|token| token.text == word);
    statements.into_iter().any(|statement| {
        statement.first().is_some_and(|token| token.text == "tokio")
            && names(statement, "time")
            && names(statement, "Instant")
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn only_the_outermost_crates_read_a_clock() {
        let check = |path: &str, source: &str, expected: usize| {
            let file = RustFile::lex(Path::new(path), source).unwrap();
            assert_eq!(super::check(&file).len(), expected, "{path}: {source}");
        };
        check("crates/gateway/src/call.rs", "fn f() { std::time::Instant::now(); }", 1);
        check("crates/routing/src/admit.rs", "fn f() { SystemTime::now(); Zoned::now(); }", 2);
        check("crates/llm/tests/it/main.rs", "fn f() { jiff::Timestamp::now(); }", 1);
        check("crates/gateway/src/call.rs", "fn f(clock: &dyn Clock) { clock.now(); } // Instant::now", 0);
        let timer = "use tokio::time::{Instant, timeout_at};\nfn f() { Instant::now(); }";
        check("crates/gateway/src/call.rs", timer, 0);
        check("crates/routing/src/admit.rs", timer, 1);
        check("crates/gateway/src/call.rs", &format!("{timer} fn g() {{ SystemTime::now(); }}"), 1);
        check("crates/server/src/clock.rs", "fn f() { SystemTime::now(); }", 0);
        check("crates/gateway/benches/call.rs", "fn f() { Instant::now(); }", 0);
    }
}
