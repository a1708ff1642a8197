use std::net::SocketAddr;

use anyhow::{Context, Result, bail};

use super::program;
use crate::{process, workspace::Workspace};

/// The feature that most calls are for.
pub(super) const FEATURE: &str = "chatbot";
/// The feature, and the model, whose streams come in fewer writes.
pub(super) const SIX_TO_A_WRITE: &str = "six-to-a-write";

/// The form of the answer that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply {
    Whole,
    /// 24 events, each in a write of its own.
    Stream,
    /// 24 events in four writes.
    StreamSixToAWrite,
}

/// A run of wrk.
pub(super) struct Load<'a> {
    pub(super) address: SocketAddr,
    pub(super) key: &'a str,
    pub(super) reply: Reply,
    pub(super) connections: u32,
    pub(super) seconds: u32,
}

/// What wrk saw.
#[derive(Debug, PartialEq)]
pub(super) struct Answered {
    pub(super) calls: f64,
    pub(super) seconds: f64,
}

impl Load<'_> {
    /// Runs it; an answer that is not 2xx is an error.
    pub(super) fn run(&self, workspace: &Workspace) -> Result<Answered> {
        let (feature, reply) = match self.reply {
            Reply::Whole => (FEATURE, "whole"),
            Reply::Stream => (FEATURE, "stream"),
            Reply::StreamSixToAWrite => (SIX_TO_A_WRITE, "stream"),
        };
        let mut command = workspace.command("taskset");
        command
            .args(["--cpu-list", &program::AROUND.to_string(), "wrk", "--threads=1", "--script=benches/chat.lua"])
            .arg(format!("--connections={}", self.connections))
            .arg(format!("--duration={}s", self.seconds))
            .arg(format!("http://{}", self.address))
            .args(["--", self.key, feature, reply]);
        let report = process::read(&mut command)?;
        if report.contains("Non-2xx") || report.contains("Socket errors") {
            bail!("not every call was answered:\n{report}");
        }
        parse(&report).with_context(|| format!("wrk says something new:\n{report}"))
    }
}

/// Reads `51234 requests in 5.01s, 40.12MB read`.
fn parse(report: &str) -> Option<Answered> {
    let (calls, rest) = report.lines().find_map(|line| line.trim().split_once(" requests in "))?;
    let seconds = rest.split_once(',')?.0.strip_suffix('s')?;
    Some(Answered { calls: calls.parse().ok()?, seconds: seconds.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_of_wrk_is_read() {
        let check = |report: &str, expected: Option<(f64, f64)>| {
            let expected = expected.map(|(calls, seconds)| Answered { calls, seconds });
            assert_eq!(parse(report), expected, "{report}");
        };
        check("  2 threads\n  51234 requests in 5.01s, 40.12MB read\nRequests/sec: 1", Some((51234.0, 5.01)));
        check("unable to connect", None);
    }
}
