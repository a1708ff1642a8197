//! The project's door: every verb of the Makefile is a subcommand of `cargo xtask`.
//!
//! A verb prints each command before it runs it, stops at the first one that fails, and says what to do about it.
//! Only `install` changes anything outside the checkout and the target directory.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program speaks on its standard streams")]

#[cfg(test)]
mod check_sql;
mod crates;
mod dependencies;
mod finding;
mod npm;
mod process;
mod rust_file;
mod tidy;
mod verbs;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::{verbs::Verb, workspace::Workspace};

/// Builds, checks, tests and runs Glaux.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

fn main() -> ExitCode {
    let verb = Arguments::parse().verb;
    match Workspace::find().and_then(|workspace| verb.run(&workspace)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
