use anyhow::{Context, Result};

use super::{
    Options, program,
    table::{Goal, Row, median},
};
use crate::{process, workspace::Workspace};

pub(super) const PACKAGE: &str = "glaux-ledger-store";
pub(super) const EXAMPLE: &str = "projection";

/// Projection by itself: an example of the crate that owns it.
pub(super) fn measure(workspace: &Workspace, options: &Options) -> Result<Row> {
    let mut runs = Vec::new();
    for _ in 0..options.runs {
        let mut command = workspace.command("taskset");
        command.args(["--cpu-list", &program::MEASURED.to_string()]);
        let report = process::read(command.arg(workspace.released("examples")?.join(EXAMPLE)))?;
        runs.push(parse(&report).with_context(|| format!("the projection says something new: {report}"))?);
    }
    Ok(Row {
        what: "CPU per entry for projection into SQLite, by itself, µs".to_owned(),
        nginx: None,
        glaux: median(runs),
        goal: Some(Goal::AtMost(10.0)),
        digits: 1,
    })
}

/// Reads `200000 entries, 1.78s of processor time: 8.90 µs per entry`.
fn parse(report: &str) -> Option<f64> {
    let (before, _) = report.split_once(" µs per entry")?;
    before.rsplit_once(' ')?.1.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_of_the_projection_is_read() {
        let check = |report: &str, expected: Option<f64>| assert_eq!(parse(report), expected, "{report}");
        check("200000 entries, 1.78s of processor time: 8.90 µs per entry\n", Some(8.9));
        check("200000 entries, 1.78s of processor time", None);
    }
}
