//! Kernel, stats, llm and routing are functions of their arguments: no network, file system, process, environment
//! or thread. Their tests may read golden files.

use crate::{finding::Finding, rust_file::RustFile};

const PURE_CRATES: &[&str] = &["kernel", "stats", "llm", "routing"];

const EFFECTS: &[&[&str]] = &[
    &["std", ":", ":", "fs"],
    &["std", ":", ":", "env"],
    &["std", ":", ":", "process"],
    &["std", ":", ":", "thread"],
    &["fs", ":", ":", "read"],
    &["fs", ":", ":", "write"],
    &["fs", ":", ":", "read_to_string"],
    &["TcpStream"],
    &["TcpListener"],
    &["UdpSocket"],
    &["UnixStream"],
    &["ToSocketAddrs"],
    &["File", ":", ":", "open"],
    &["async", "fn"],
];

pub(super) fn check(file: &RustFile) -> Vec<Finding> {
    if !file.crate_name().is_some_and(|name| PURE_CRATES.contains(&name)) {
        return Vec::new();
    }
    let places = EFFECTS.iter().flat_map(|effect| file.occurrences(effect).map(move |token| (effect, token)));
    places
        .filter(|(_, token)| !token.in_test)
        .map(|(effect, token)| Finding {
            path: file.path.clone(),
            line: token.line,
            rule: "pure",
            message: format!(
                "`{}` in a crate that does no I/O. Do it in the caller and pass the result in",
                effect.join(" ")
            ),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn effects_are_found_in_pure_crates_outside_tests() {
        let check = |path: &str, source: &str, expected: usize| {
            let file = RustFile::lex(Path::new(path), source).unwrap();
            assert_eq!(super::check(&file).len(), expected, "{path}: {source}");
        };
        check("crates/llm/src/sse.rs", "use std::fs;", 1);
        check("crates/routing/src/resolve.rs", "use std::net::TcpStream;", 1);
        check("crates/routing/src/resolve.rs", "use std::net::IpAddr;", 0);
        check("crates/kernel/src/id.rs", "async fn f() {}", 1);
        check("crates/llm/src/sse.rs", "#[cfg(test)]\nmod tests { use std::fs; }", 0);
        check("crates/llm/tests/it/golden.rs", "use std::fs;", 0);
        check("crates/ledger/src/segment.rs", "use std::fs;", 0);
    }
}
