//! The binary `glaux`: composition root, configuration, command line. No business rule.

mod balances;
mod control;
mod health;
mod listen;
mod modules;
mod secrets;
mod serve;
mod settings;
mod welcome;

use std::path::PathBuf;

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
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    let settings = Settings::load(arguments.config.as_deref(), std::env::vars())?;
    match arguments.command {
        Command::Serve => serve::serve(&settings),
    }
}
