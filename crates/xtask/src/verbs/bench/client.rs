use std::net::SocketAddr;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::program::{self, Program};
use crate::workspace::Workspace;

const BINARY: &str = "bench-client";

/// What was seen of calls that came at a fixed rate.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Latencies {
    pub(super) calls: u32,
    pub(super) p50_micros: f64,
    pub(super) p99_micros: f64,
}

/// Calls `rate` times a second, whether answers come or not.
pub(super) fn pace(
    workspace: &Workspace,
    address: SocketAddr,
    key: &str,
    rate: u32,
    seconds: u32,
) -> Result<Latencies> {
    let arguments = ["pace".to_owned(), address.to_string(), key.to_owned(), rate.to_string(), seconds.to_string()];
    let (_program, mut lines) =
        Program::start(program::AROUND, &workspace.released(BINARY)?, |command| command.args(arguments))?;
    let line = lines.next().context("the calls at a fixed rate failed")??;
    serde_json::from_str(&line).with_context(|| format!("no latencies: {line}"))
}

/// Opens `count` streams; they are open when this returns, and as long as what it returns runs.
pub(super) fn hold(
    workspace: &Workspace,
    address: SocketAddr,
    key: &str,
    feature: &str,
    count: u64,
) -> Result<Program> {
    let arguments = ["hold".to_owned(), address.to_string(), key.to_owned(), feature.to_owned(), count.to_string()];
    let (program, mut lines) =
        Program::start(program::AROUND, &workspace.released(BINARY)?, |command| command.args(arguments))?;
    lines.next().context("not every stream was opened")??;
    Ok(program)
}
