use std::{
    io::{BufRead, BufReader, Lines},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::process;

/// The core of what is measured.
pub(super) const MEASURED: u32 = 0;
/// The core of what makes the load, and of the provider.
pub(super) const AROUND: u32 = 1;

/// More than 10,000 streams need: a connection in and one out for each.
const WANTED_FILES: u64 = 32_768;

/// What a program prints.
pub(super) type Output = Lines<BufReader<ChildStdout>>;

/// A program that runs on one core; killed when dropped.
pub(super) struct Program {
    child: Child,
}

impl Program {
    /// Starts the program at `path` on `core`, with as many open files as it may have.
    pub(super) fn start(
        core: u32,
        path: &Path,
        configure: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<(Self, Output)> {
        let files = open_files()?;
        let mut command = Command::new("prlimit");
        command.arg(format!("--nofile={files}:{files}")).args(["taskset", "--cpu-list", &core.to_string()]);
        // Either becomes what it starts, so the child's id is the program's.
        configure(command.arg(path));
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = started.with_context(|| format!("cannot start {}", path.display()))?;
        let lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        Ok((Self { child }, lines))
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// An error once it has ended by itself.
    pub(super) fn ensure_running(&mut self) -> Result<()> {
        let ended = self.child.try_wait()?;
        ensure!(ended.is_none(), "it ended early: {ended:?}");
        Ok(())
    }

    /// Asks it to end, and waits until it has.
    pub(super) fn stop(mut self) -> Result<()> {
        process::read(Command::new("kill").args(["-TERM", &self.id().to_string()]))?;
        let status = self.child.wait()?;
        ensure!(status.success(), "it did not end as asked: {status}");
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// How many files each program may have open: what the streams want where the system lets us, else all that it does.
pub(super) fn open_files() -> Result<u64> {
    let raise = format!("--nofile={WANTED_FILES}:{WANTED_FILES}");
    if process::succeeds(Command::new("prlimit").args([&raise, "true"])) {
        return Ok(WANTED_FILES);
    }
    let hard = process::read(Command::new("prlimit").args(["--nofile", "--output=HARD", "--noheadings", "--raw"]))?;
    hard.trim().parse().with_context(|| format!("prlimit says something new: {hard}"))
}

/// A port that is free now.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
