//! `install`: the programs outside cargo that tests and measurements start.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;

/// A program, why it is needed, and the Debian package that brings it.
struct Program {
    name: &'static str,
    package: &'static str,
    purpose: &'static str,
    needed_by: &'static [Need],
    /// A line of shell that succeeds where it is there.
    probe: &'static str,
}

/// What can't be done without a program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// The core suite.
    Tests,
    /// Load and its yardstick.
    Measurements,
    /// The pages.
    Console,
}

const PROGRAMS: &[Program] = &[
    Program {
        name: "initdb",
        package: "postgresql",
        purpose: "the suites run on PostgreSQL as well as on SQLite",
        needed_by: &[Need::Tests],
        probe: "command -v initdb",
    },
    Program {
        name: "venv of python3",
        package: "python3-venv",
        purpose: "the Python SDKs are installed into an environment of their own",
        needed_by: &[Need::Tests],
        probe: "python3 -c 'import ensurepip, venv'",
    },
    Program {
        name: "node",
        package: "nodejs",
        purpose: "it builds the console, and runs the suites of the JavaScript SDKs",
        needed_by: &[Need::Tests, Need::Measurements, Need::Console],
        probe: "command -v node",
    },
    Program {
        name: "npm",
        package: "npm",
        purpose: "it installs what the console and the suites of JavaScript are made with",
        needed_by: &[Need::Tests, Need::Measurements, Need::Console],
        probe: "command -v npm",
    },
    Program {
        name: "chromium",
        package: "chromium",
        purpose: "the console is tested and measured in it",
        needed_by: &[Need::Tests, Need::Measurements],
        probe: "command -v chromium",
    },
    Program {
        name: "wrk",
        package: "wrk",
        purpose: "it makes the load",
        needed_by: &[Need::Measurements],
        probe: "command -v wrk",
    },
    Program {
        name: "nginx",
        package: "nginx-light",
        purpose: "the gateway is measured beside it",
        needed_by: &[Need::Measurements],
        probe: "command -v nginx",
    },
];

/// Debian keeps some programs where only root, or only PostgreSQL's own wrappers, look for them.
const SEARCH: &str =
    r#"PATH="$PATH:/usr/sbin:/usr/lib/postgresql/$(ls /usr/lib/postgresql 2>/dev/null | sort -n | tail -1)/bin""#;

/// Installs what is missing for `needs` where apt and its rights allow it, otherwise says what to install and fails.
pub(super) fn install(needs: &[Need]) -> Result<()> {
    let missing = missing(needs);
    if missing.is_empty() {
        return Ok(());
    }
    for program in &missing {
        println!("{} is missing: {}", program.name, program.purpose);
    }
    let packages: Vec<&str> = missing.iter().map(|program| program.package).collect();
    let by_hand = format!("apt-get install --no-install-recommends {}", packages.join(" "));
    let Some(prefix) = privilege() else {
        bail!("cannot install them as this account. As root, on Debian or Ubuntu: {by_hand}");
    };
    process::run(&mut apt(prefix, &["update", "--quiet"]))?;
    let mut arguments = vec!["install", "--quiet", "--yes", "--no-install-recommends"];
    arguments.extend(&packages);
    process::run(&mut apt(prefix, &arguments))
}

fn missing(needs: &[Need]) -> Vec<&'static Program> {
    PROGRAMS
        .iter()
        .filter(|program| program.needed_by.iter().any(|need| needs.contains(need)))
        .filter(|program| !process::succeeds(Command::new("sh").args(["-c", &format!("{SEARCH}; {}", program.probe)])))
        .collect()
}

/// The words to put before `apt-get`; none where it can't be used.
fn privilege() -> Option<&'static [&'static str]> {
    let works = |program: &str, arguments: &[&str]| process::succeeds(Command::new(program).args(arguments));
    if !works("apt-get", &["--version"]) {
        return None;
    }
    if works("sh", &["-c", "test $(id -u) = 0"]) {
        return Some(&[]);
    }
    works("sudo", &["--non-interactive", "true"]).then_some(&["sudo", "--non-interactive"])
}

fn apt(prefix: &[&str], arguments: &[&str]) -> Command {
    let mut command = Command::new("env");
    if let [program, rest @ ..] = prefix {
        command = Command::new(program);
        command.args(rest).arg("env");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get"]).args(arguments);
    command
}
