use anyhow::Result;

use super::{
    Options,
    cpu::Cpu,
    load::{Load, Reply},
    place::Place,
    table::{Goal, Row, median},
};
use crate::workspace::Workspace;

/// What is asked of each server: of so many connections.
const LOADS: [(Reply, u32); 3] = [(Reply::Whole, 64), (Reply::Stream, 32), (Reply::StreamSixToAWrite, 32)];

/// The call and its attempt.
const ENTRIES_PER_CALL: f64 = 2.0;

/// What a run has shown.
#[derive(Debug, Clone, Copy)]
struct Figures {
    /// CPU on the path of a call.
    serving_micros: f64,
    /// CPU that carries the call's records into the database.
    projection_micros: f64,
    per_second: f64,
}

/// CPU per call and per stream, how many there are in a second, and what their projection takes meanwhile.
pub(super) fn measure(
    workspace: &Workspace,
    options: &Options,
    nginx: &Place<'_>,
    glaux: &Place<'_>,
) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for (reply, connections) in LOADS {
        let (mut of_nginx, mut of_glaux) = (Vec::new(), Vec::new());
        // Turns, so that what else happens on the machine meets both.
        for _ in 0..options.runs {
            of_nginx.push(run(workspace, options, nginx, (reply, connections))?);
            of_glaux.push(run(workspace, options, glaux, (reply, connections))?);
        }
        rows.extend(describe((reply, connections), &of_nginx, &of_glaux));
    }
    Ok(rows)
}

fn run(
    workspace: &Workspace,
    options: &Options,
    place: &Place<'_>,
    (reply, connections): (Reply, u32),
) -> Result<Figures> {
    let mut load = Load { address: place.address, key: place.key, reply, connections, seconds: 1 };
    load.run(workspace)?;
    load.seconds = options.seconds;
    let before = Cpu::read_when_projected(place.process)?;
    let answered = load.run(workspace)?;
    let served = Cpu::read(place.process)?.since(&before);
    let projected = Cpu::read_when_projected(place.process)?.since(&before);
    let per_call = |seconds: f64| seconds * 1e6 / answered.calls;
    Ok(Figures {
        serving_micros: per_call(served.serving_seconds),
        projection_micros: per_call(projected.projection_seconds),
        per_second: answered.calls / answered.seconds,
    })
}

fn describe((reply, connections): (Reply, u32), nginx: &[Figures], glaux: &[Figures]) -> Vec<Row> {
    let (one, many, cpu_goal, rate_goal) = match reply {
        Reply::Whole => ("call", "calls", Some(25.0), None),
        Reply::Stream => ("24-event stream", "24-event streams", Some(120.0), Some(7000.0)),
        Reply::StreamSixToAWrite => {
            ("24-event stream, six events to a write", "24-event streams, six events to a write,", None, None)
        }
    };
    let of = |runs: &[Figures], figure: fn(&Figures) -> f64| median(runs.iter().map(figure));
    let row = |what: String, figure: fn(&Figures) -> f64, goal: Option<Goal>, digits| Row {
        what,
        nginx: Some(of(nginx, figure)),
        glaux: of(glaux, figure),
        goal,
        digits,
    };
    let mut rows = vec![
        row(
            format!("CPU per {one}, µs (`commit = process`)"),
            |figures| figures.serving_micros,
            cpu_goal.map(Goal::AtMost),
            1,
        ),
        row(
            format!("{many} per second, {connections} connections (`commit = process`)"),
            |figures| figures.per_second,
            rate_goal.map(Goal::AtLeast),
            0,
        ),
    ];
    if reply == Reply::Whole {
        rows.push(Row {
            what: "CPU per entry for projection into SQLite, under that load, µs".to_owned(),
            nginx: None,
            glaux: of(glaux, |figures| figures.projection_micros) / ENTRIES_PER_CALL,
            goal: Some(Goal::AtMost(10.0)),
            digits: 1,
        });
    }
    rows
}
