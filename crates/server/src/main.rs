//! The binary `glaux`: composition root, configuration, command line. No business rule.

mod absence;
mod apply;
mod balances;
mod books;
mod catalog;
mod console;
mod control;
mod health;
mod listen;
mod litellm;
mod management;
mod migrate;
mod modules;
mod probing;
mod running;
mod secrets;
mod serve;
mod settings;
mod sign_in_link;
mod welcome;

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use settings::Settings;

/// Costs 7 MB of memory and saves up to 7 % of the CPU of a call.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Self-hosted gateway, ledger and console for a company's AI calls.
#[derive(Parser)]
#[command(name = "glaux", version)]
struct Arguments {
    /// A TOML file with settings; the environment is read over it.
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves calls until it is asked to stop.
    Serve,
    /// Prepares a PostgreSQL database, as the owner of its tables, and ends.
    Migrate(migrate::Options),
    /// The book of uses.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// The book of decisions.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Brings the configuration of a running Glaux to what a platform file states, as one change set.
    Apply(apply::Options),
    /// Prints a link that signs the admin in to the console of a running Glaux, once and within the hour.
    SignInLink(sign_in_link::Options),
    /// Configurations of other programs.
    #[command(subcommand)]
    Import(ImportCommand),
    /// The bundled catalogue of models and prices.
    #[command(subcommand)]
    Catalog(CatalogCommand),
    /// Prints the description of the management API.
    Openapi,
}

#[derive(Subcommand)]
enum ImportCommand {
    /// Turns the configuration of a LiteLLM proxy into a platform file for `glaux apply`.
    Litellm(litellm::Options),
}

#[derive(Subcommand)]
enum CatalogCommand {
    /// Makes the catalogue's files anew from published price lists.
    Import(catalog::Options),
}

#[derive(Subcommand)]
enum LedgerCommand {
    /// Prints the records of this node's segments, one JSON object a line.
    Dump,
    /// Recounts rows, roll-ups, balances and this node's segments against each other.
    Verify,
    /// Adds roll-ups and balances up anew from the rows.
    Rebuild,
}

#[derive(Subcommand)]
enum JournalCommand {
    /// Recomputes every hash and follows every number.
    Verify,
}

fn main() -> ExitCode {
    // The allocator reserves more than it uses, and huge pages would make all of it resident: 12 MB at rest, more under
    // load. Where the kernel refuses, that is all that happens.
    rustix::thread::disable_transparent_huge_pages(true).unwrap_or_default();
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let line = format!("{error:#}").split_whitespace().collect::<Vec<_>>().join(" ");
            // Nobody is left to tell when this can't be written.
            drop(writeln!(io::stderr(), "error: {line}"));
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
fn run(arguments: Arguments) -> anyhow::Result<()> {
    let text = |text: std::ffi::OsString| text.to_string_lossy().into_owned();
    let environment = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
    let settings = Settings::load(arguments.config.as_deref(), environment)?;
    match arguments.command {
        Command::Serve => serve::serve(settings),
        Command::Migrate(options) => migrate::migrate(&settings, options),
        Command::Ledger(LedgerCommand::Dump) => books::dump_ledger(&settings),
        Command::Ledger(LedgerCommand::Verify) => books::verify_ledger(&settings),
        Command::Ledger(LedgerCommand::Rebuild) => books::rebuild_ledger(&settings),
        Command::Journal(JournalCommand::Verify) => books::verify_journal(&settings),
        Command::Apply(options) => apply::apply(&settings, &options),
        Command::SignInLink(options) => sign_in_link::print(&settings, &options),
        Command::Import(ImportCommand::Litellm(options)) => litellm::import(&options),
        Command::Catalog(CatalogCommand::Import(options)) => catalog::import(&options),
        Command::Openapi => books::print_openapi(),
    }
}
