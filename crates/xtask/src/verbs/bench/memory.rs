use std::{fs, thread, time::Duration};

use anyhow::{Context, Result};

use super::{
    Options, client,
    glaux::Glaux,
    load::{Load, Reply},
    program,
    table::{self, Goal, Row},
};
use crate::workspace::Workspace;

/// An event every two seconds for two minutes: streams that are open and at work.
pub(super) const SLOW_MODEL: &str = "events=60,out=60,delay=2000";
pub(super) const SLOW_FEATURE: &str = "slow";

const CONNECTIONS: u32 = 64;
const STREAMS: u64 = 10_000;
/// Of the gateway's open files: what it needs for itself.
const OTHER_FILES: u64 = 200;

const LOOK: Duration = Duration::from_millis(100);
/// Long enough for two events of each stream.
const LOOKS_AT_STREAMS: u32 = 50;

/// Memory of a gateway that was started for this and has served nothing yet: at rest, under load, and with open streams.
pub(super) fn measure(workspace: &Workspace, options: &Options, glaux: &mut Glaux, key: &str) -> Result<Vec<Row>> {
    let process = glaux.program.id();
    let idle = read_resident(process)?;
    let loaded = under_load(workspace, options, glaux, key)?;
    let streams = STREAMS.min(program::open_files()?.saturating_sub(OTHER_FILES) / 2);
    let mut client = client::hold(workspace, glaux.address, key, SLOW_FEATURE, streams)?;
    let mut streaming = 0;
    for _ in 0..LOOKS_AT_STREAMS {
        streaming = streaming.max(read_resident(process)?);
        pause();
    }
    client.ensure_running().context("streams ended while they were measured")?;
    glaux.program.ensure_running()?;
    let row = |what: String, bytes: u64, goal| Row {
        what,
        nginx: None,
        glaux: bytes as f64 / 1e6,
        goal: Some(Goal::AtMost(goal)),
        digits: 1,
    };
    Ok(vec![
        row("memory at rest, MB".to_owned(), idle, 30.0),
        row(format!("memory under load of {CONNECTIONS} connections, MB"), loaded, 60.0),
        row(format!("memory with {} open streams, MB", table::show(streams as f64, 0)), streaming, 300.0),
    ])
}

/// The most that was seen.
fn under_load(workspace: &Workspace, options: &Options, glaux: &Glaux, key: &str) -> Result<u64> {
    let load =
        Load { address: glaux.address, key, reply: Reply::Whole, connections: CONNECTIONS, seconds: options.seconds };
    let process = glaux.program.id();
    thread::scope(|scope| {
        let running = scope.spawn(|| load.run(workspace));
        let mut most = 0;
        while !running.is_finished() {
            most = most.max(read_resident(process)?);
            pause();
        }
        running.join().map_err(|_| anyhow::anyhow!("the load broke off"))??;
        Ok(most)
    })
}

#[expect(clippy::disallowed_methods, reason = "a tool that has nothing else to do meanwhile")]
fn pause() {
    thread::sleep(LOOK);
}

/// Bytes of memory that the process has in use.
fn read_resident(process: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    parse_resident(&text).with_context(|| format!("no resident size in:\n{text}"))
}

/// `VmRSS` of proc(5)'s `status`, which is in units of 1024 bytes.
fn parse_resident(text: &str) -> Option<u64> {
    let size = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(size.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resident_memory_is_read() {
        let check = |text: &str, expected: Option<u64>| assert_eq!(parse_resident(text), expected, "{text}");
        check("Name:\tglaux\nVmHWM:\t   90000 kB\nVmRSS:\t   26444 kB\nRssAnon:\t 9 kB", Some(27_078_656));
        check("Name:\tkthreadd\n", None);
        check("VmRSS:\t 1 MB", None);
    }
}
