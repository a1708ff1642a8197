//! The verbs, one file each where there is something to say.

mod bench;
mod check;
mod console;
mod e2e;
mod fuzz;
mod generate;
mod install;
mod replay;
mod run;
mod sdk;
mod suites;

use anyhow::Result;
use clap::Subcommand;

use self::install::Need;
use crate::{dependencies, process, tidy, workspace::Workspace};

/// What `cargo xtask` can do.
#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Build the server and run it with the embedded database on http://127.0.0.1:8080
    Run(run::Options),
    /// Everything that can be said about the code without running it
    Check,
    /// `check`, then every test of the core suite
    Test,
    /// The suites that read recorded public data: $GLAUX_SHARED_DATA, or shared/data beside the checkout
    TestShared,
    /// Long runs under load with crashes at random moments
    Soak,
    /// Every target of fuzz/ for a while
    Fuzz(fuzz::Options),
    /// CPU, latency and memory, beside nginx: a table for the README
    Bench(bench::Options),
    /// A trace of real calls through the gateway: the ledger must equal the provider's tally
    Replay(replay::Options),
    /// Build the console into console/dist, from where the next build of the server takes it
    Console,
    /// The console in a real browser, against the real binary
    E2e(e2e::Options),
    /// The stock Python and JavaScript SDKs against the real binary
    Sdk,
    /// Write the generated files
    Gen(generate::Options),
    /// Format the code
    Fmt,
    /// Which crate may know which
    CheckDeps,
    /// Have both databases prepare every statement of every store
    CheckSql,
    /// Rules about the text of the checkout that no compiler checks
    Tidy,
    /// Install the programs that tests and measurements start
    Install,
}

impl Verb {
    /// Does it.
    pub(crate) fn run(self, workspace: &Workspace) -> Result<()> {
        match self {
            Self::Run(options) => run::run(workspace, options),
            Self::Check => check::check(workspace),
            Self::Test => suites::test(workspace),
            Self::TestShared => suites::test_shared(workspace),
            Self::Soak => suites::soak(workspace),
            Self::Fuzz(options) => fuzz::fuzz(workspace, options),
            Self::Bench(options) => bench::bench(workspace, &options),
            Self::Replay(options) => replay::replay(workspace, options),
            Self::Console => console::build(workspace),
            Self::E2e(options) => e2e::test(workspace, options),
            Self::Sdk => sdk::test(workspace),
            Self::Gen(options) => generate::generate(workspace, options),
            Self::Fmt => process::run(&mut workspace.cargo(["fmt", "--all"])),
            Self::CheckDeps => dependencies::check(workspace),
            Self::CheckSql => suites::check_sql(workspace),
            Self::Tidy => tidy::check(workspace),
            Self::Install => install::install(&[Need::Tests, Need::Measurements, Need::Console]),
        }
    }
}
