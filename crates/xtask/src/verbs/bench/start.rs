use std::{fs, path::Path};

use anyhow::{Context, Result};
use serde_json::json;

use super::{
    Options, cpu,
    glaux::{Commit, Glaux},
    http,
    table::{Goal, Row, median},
};
use crate::workspace::Workspace;

/// CPU from the start of the process until it has answered a call to the sandbox: on an empty data directory, and on
/// the same one again.
pub(super) fn measure(workspace: &Workspace, options: &Options, folder: &Path) -> Result<Vec<Row>> {
    let data = folder.join("start");
    let (mut empty, mut initialised) = (Vec::new(), Vec::new());
    for _ in 0..options.runs {
        let glaux = Glaux::start(workspace, &data, Commit::Process)?;
        let key = glaux.first_key.clone().context("an empty data directory has no first key")?;
        empty.push(first_call(&glaux, &key)?);
        glaux.program.stop()?;
        let glaux = Glaux::start(workspace, &data, Commit::Process)?;
        initialised.push(first_call(&glaux, &key)?);
        glaux.program.stop()?;
        fs::remove_dir_all(&data)?;
    }
    let row = |what: &str, millis: Vec<f64>, goal| Row {
        what: format!("CPU from start to first served call, {what}, ms"),
        nginx: None,
        glaux: median(millis),
        goal,
        digits: 0,
    };
    let goal = Some(Goal::AtMost(50.0));
    Ok(vec![row("data directory in use", initialised, goal), row("empty data directory", empty, None)])
}

/// Milliseconds of CPU that have gone by when it is answered.
fn first_call(glaux: &Glaux, key: &str) -> Result<f64> {
    let body = json!({ "model": "sandbox/echo", "messages": [{ "role": "user", "content": "Hello, owl" }] });
    http::call(glaux.address, key, "POST", "/v1/chat/completions", &body)?;
    Ok(cpu::read_finely(glaux.program.id())?.as_secs_f64() * 1e3)
}
