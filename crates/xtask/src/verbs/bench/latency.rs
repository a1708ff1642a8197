use std::net::SocketAddr;

use anyhow::{Result, ensure};

use super::{
    Options,
    client::{self, Latencies},
    glaux::Commit,
    place::Place,
    table::{Goal, Row, median},
};
use crate::workspace::Workspace;

/// Calls per second.
const RATE: u32 = 200;

/// A percentile, its name, and the most that it may be with `commit = process`, in milliseconds.
type Percentile = (fn(&Latencies) -> f64, &'static str, f64);

const PERCENTILES: [Percentile; 2] =
    [(|latencies| latencies.p50_micros, "p50", 0.2), (|latencies| latencies.p99_micros, "p99", 0.6)];

/// Who is called at a fixed rate.
pub(super) struct Subjects<'a> {
    /// The provider itself.
    pub(super) provider: SocketAddr,
    pub(super) nginx: Place<'a>,
    pub(super) glaux: Place<'a>,
    pub(super) glaux_power: Place<'a>,
}

/// One run against each of them.
struct Round {
    direct: Latencies,
    nginx: Latencies,
    process: Latencies,
    power: Latencies,
}

/// What a call takes longer than straight to the provider.
pub(super) fn measure(workspace: &Workspace, options: &Options, subjects: &Subjects<'_>) -> Result<Vec<Row>> {
    let run = |address: SocketAddr, key: &str| -> Result<Latencies> {
        let latencies = client::pace(workspace, address, key, RATE, options.seconds)?;
        let (calls, due) = (latencies.calls, RATE * options.seconds);
        ensure!(calls.abs_diff(due) <= 1, "{calls} calls where {due} were due");
        Ok(latencies)
    };
    let mut rounds = Vec::new();
    for _ in 0..options.runs {
        rounds.push(Round {
            direct: run(subjects.provider, "none")?,
            nginx: run(subjects.nginx.address, subjects.nginx.key)?,
            process: run(subjects.glaux.address, subjects.glaux.key)?,
            power: run(subjects.glaux_power.address, subjects.glaux_power.key)?,
        });
    }
    let rows = [Commit::Process, Commit::Power].into_iter();
    Ok(rows.flat_map(|commit| PERCENTILES.map(|percentile| describe(&rounds, commit, percentile))).collect())
}

fn describe(rounds: &[Round], commit: Commit, (percentile, name, bound): Percentile) -> Row {
    let added = |of: fn(&Round) -> &Latencies| {
        median(rounds.iter().map(|round| (percentile(of(round)) - percentile(&round.direct)) / 1000.0))
    };
    let (glaux, goal) = match commit {
        Commit::Process => (added(|round| &round.process), Some(Goal::AtMost(bound))),
        Commit::Power => (added(|round| &round.power), None),
    };
    Row {
        what: format!("latency added at {RATE} calls/s, {name}, ms (`commit = {}`)", commit.name()),
        nginx: Some(added(|round| &round.nginx)),
        glaux,
        goal,
        digits: 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latency_is_added_to_that_of_the_same_round() {
        let latencies = |p50_micros: f64| Latencies { calls: 1, p50_micros, p99_micros: 10.0 * p50_micros };
        let round = |direct: f64, process: f64| Round {
            direct: latencies(direct),
            nginx: latencies(direct + 100.0),
            process: latencies(process),
            power: latencies(process + 1000.0),
        };
        let rounds = [round(100.0, 300.0), round(500.0, 800.0), round(100.0, 500.0)];
        let check = |commit: Commit, percentile: usize, nginx: f64, glaux: f64| {
            let row = describe(&rounds, commit, PERCENTILES[percentile]);
            assert_eq!((row.nginx, row.glaux), (Some(nginx), glaux), "{}", row.what);
        };
        check(Commit::Process, 0, 0.1, 0.3);
        check(Commit::Process, 1, 1.0, 3.0);
        check(Commit::Power, 0, 0.1, 1.3);
    }
}
