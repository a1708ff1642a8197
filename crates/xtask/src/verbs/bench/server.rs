use std::{
    io::{BufRead, BufReader, Lines},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result};

/// The core of what is measured.
pub(super) const CORE: u32 = 0;

/// A program that runs on a core of its own; killed when dropped.
pub(super) struct Server {
    child: Child,
    /// Where it takes calls.
    pub(super) address: SocketAddr,
}

impl Server {
    /// Starts `program` on `core`; gives it and what it prints. Its address is filled in by whoever reads it.
    pub(super) fn start(
        core: u32,
        program: PathBuf,
        configure: impl FnOnce(&mut Command) -> &mut Command,
    ) -> Result<(Self, Lines<BufReader<ChildStdout>>)> {
        let mut command = Command::new("taskset");
        // `taskset` becomes the program, so the child's id is the program's.
        configure(command.args(["--cpu-list", &core.to_string()]).arg(&program));
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = started.with_context(|| format!("cannot start {}", program.display()))?;
        let lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        Ok((Self { child, address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)) }, lines))
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A port that is free now.
pub(super) fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}
