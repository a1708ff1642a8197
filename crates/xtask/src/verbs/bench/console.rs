use std::fs;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{
    glaux,
    table::{Goal, Row},
};
use crate::{npm::Package, process, workspace::Workspace};

pub(super) const PACKAGE: &str = "glaux-ledger-store";
pub(super) const EXAMPLE: &str = "fill";

const SUITE: &str = "tests/e2e";
const CONFIG: &str = "bench/playwright.config.ts";
const FIGURES: &str = "tests/e2e/artefacts/bench.json";

/// What the suite writes down.
#[derive(Deserialize)]
struct Figure {
    what: String,
    figure: f64,
    digits: usize,
    goal: Option<Promise>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Promise {
    AtMost(f64),
    AtLeast(f64),
}

/// The console in a real browser, on a million calls. The browser and the server share both cores, as on a desk.
pub(super) fn measure(workspace: &Workspace) -> Result<Vec<Row>> {
    let suite = Package { workspace, folder: SUITE };
    suite.install()?;
    let mut browser = suite.npm();
    browser.args(["exec", "--", "playwright", "test", "--config", CONFIG]);
    browser.env("GLAUX_BINARY", workspace.released(glaux::BINARY)?);
    browser.env("GLAUX_FILL", workspace.released("examples")?.join(EXAMPLE));
    process::run(&mut browser)?;
    read(&fs::read_to_string(workspace.path(FIGURES)).with_context(|| format!("cannot read {FIGURES}"))?)
}

fn read(text: &str) -> Result<Vec<Row>> {
    let figures: Vec<Figure> = serde_json::from_str(text).with_context(|| format!("{FIGURES} says something new"))?;
    let row = |Figure { what, figure, digits, goal }| Row {
        what: format!("console: {what}"),
        nginx: None,
        glaux: figure,
        goal: goal.map(|goal| match goal {
            Promise::AtMost(bound) => Goal::AtMost(bound),
            Promise::AtLeast(bound) => Goal::AtLeast(bound),
        }),
        digits,
    };
    Ok(figures.into_iter().map(row).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_suite_wrote_is_read() {
        let text = r#"[{"what":"first view, ms","figure":516.2,"digits":0,"goal":{"at_most":600}},
            {"what":"frames","figure":54.7,"digits":1,"goal":{"at_least":50}},{"what":"heap, MB","figure":31.5,"digits":1}]"#;
        let rows = read(text).unwrap();
        let shown: Vec<_> = rows.iter().map(|row| (row.what.as_str(), row.glaux, row.goal)).collect();
        assert!(matches!(shown[0], ("console: first view, ms", 516.2, Some(Goal::AtMost(600.0)))));
        assert!(matches!(shown[1], ("console: frames", 54.7, Some(Goal::AtLeast(50.0)))));
        assert!(matches!(shown[2], ("console: heap, MB", 31.5, None)));
        assert!(read("{}").is_err());
    }
}
