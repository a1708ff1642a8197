//! A file is read as a whole: about 200 lines, 400 is a reason to split by use case, 800 is too long.

use super::TextFile;
use crate::finding::Finding;

const REASON_TO_SPLIT: usize = 400;
const TOO_LONG: usize = 800;

pub(super) fn check(file: &TextFile) -> Option<Finding> {
    let lines = file.text.lines().count();
    (lines > TOO_LONG).then(|| Finding {
        path: file.path.clone(),
        line: 0,
        rule: "length",
        message: format!("{lines} lines; at most {TOO_LONG}. Split it by use case"),
    })
}

/// A line about a file that passes for now.
pub(super) fn warn(file: &TextFile) -> Option<String> {
    let lines = file.text.lines().count();
    (lines > REASON_TO_SPLIT && lines <= TOO_LONG)
        .then(|| format!("{}: {lines} lines, which is a reason to split it by use case", file.path.display()))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn long_files_warn_and_longer_ones_fail() {
        let check_lines = |lines: usize, warns: bool, fails: bool| {
            let file = TextFile { path: PathBuf::from("a.rs"), text: "\n".repeat(lines) };
            assert_eq!((warn(&file).is_some(), check(&file).is_some()), (warns, fails), "{lines}");
        };
        check_lines(400, false, false);
        check_lines(401, true, false);
        check_lines(800, true, false);
        check_lines(801, false, true);
    }
}
