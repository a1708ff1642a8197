//! What is committed is finished: no stubs, no skipped tests, no dead code, no notes to self.

use super::TextFile;
use crate::{finding::Finding, rust_file::RustFile};

const RULE: &str = "unfinished";

/// What a stub looks like in code, and what to do about it. A test may declare what it never reads.
const STUBS: &[(&[&str], &str)] = &[
    (&["todo", "!"], "write it, or leave the feature out"),
    (&["unimplemented", "!"], "write it, or leave the feature out"),
    (&["dbg", "!"], "remove it"),
    (&["#", "[", "ignore"], "make the test run, or delete it"),
    (&["allow", "(", "dead_code"], "delete the dead code"),
    (&["expect", "(", "dead_code"], "delete the dead code"),
];

/// Notes to self. Written in halves, so that this file passes its own rule.
const NOTES: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

pub(super) fn check_code(file: &RustFile) -> Vec<Finding> {
    let places =
        STUBS.iter().flat_map(|(pattern, remedy)| file.occurrences(pattern).map(move |token| (pattern, remedy, token)));
    places
        .filter(|(pattern, _, token)| !(token.in_test && pattern.contains(&"dead_code")))
        .map(|(pattern, remedy, token)| Finding {
            path: file.path.clone(),
            line: token.line,
            rule: RULE,
            message: format!("`{}`: {remedy}", pattern.concat()),
        })
        .collect()
}

pub(super) fn check_comments(file: &TextFile) -> Vec<Finding> {
    let lines = file.text.lines().enumerate();
    lines
        .filter(|(_, line)| comment(line).is_some_and(holds_note))
        .map(|(index, _)| Finding {
            path: file.path.clone(),
            line: index + 1,
            rule: RULE,
            message: "a note to self in a comment. Do it now, or leave it out".to_owned(),
        })
        .collect()
}

fn comment(line: &str) -> Option<&str> {
    let starts = ["//", "/*", "# ", "-- "].into_iter().filter_map(|mark| line.find(mark));
    starts.min().map(|start| &line[start..])
}

fn holds_note(comment: &str) -> bool {
    comment.split(|letter: char| !letter.is_alphanumeric()).any(|word| NOTES.contains(&word))
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;

    #[test]
    fn stubs_are_found_in_code_only() {
        let check = |source: &str, expected: usize| {
            let file = RustFile::lex(Path::new("crates/web/src/page.rs"), source).unwrap();
            assert_eq!(check_code(&file).len(), expected, "{source}");
        };
        check("fn f() { todo!() }", 1);
        check("fn f() { unimplemented!(\"later\") }", 1);
        check("fn f() { dbg!(1); }", 1);
        check("#[test]\n#[ignore = \"slow\"]\nfn f() {}", 1);
        check("#[allow(dead_code)]\nfn f() {}", 1);
        check("#![expect(dead_code, reason = \"x\")]", 1);
        check("#[cfg(test)]\nmod tests {\n  #[expect(dead_code, reason = \"x\")]\n  struct A;\n}", 0);
        check("/// Never `todo!()`.\nfn f() { ignore(\"todo!\"); }", 0);
        check("#[allow(clippy::wildcard_imports, reason = \"x\")]\nfn f() {}", 0);
    }

    #[test]
    fn notes_to_self_are_found_in_comments_only() {
        let check = |text: String, expected: usize| {
            let file = TextFile { path: PathBuf::from("a.rs"), text };
            assert_eq!(check_comments(&file).len(), expected, "{:?}", file.text);
        };
        for note in NOTES {
            check(format!("let a = 1; // {note}: later"), 1);
            check(format!("# {note}(bob)"), 1);
            check(format!("let a = \"{note}\";"), 0);
            check(format!("// {note}S"), 0);
        }
    }
}
