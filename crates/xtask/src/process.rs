//! Running other programs.

use std::{
    ffi::OsStr,
    fs::File,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

/// Shows the command line, runs it on our terminal, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let line = command_line(command);
    eprintln!("$ {line}");
    let status = command.status().with_context(|| format!("cannot start `{line}`"))?;
    if !status.success() {
        bail!("`{line}` failed: {status}");
    }
    Ok(())
}

/// Runs the command silently; its standard output, or an error that carries its standard error.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    output_of(command.stdin(Stdio::null()))
}

/// As [`read`], with a file as its standard input.
pub(crate) fn read_given(command: &mut Command, input: File) -> Result<String> {
    output_of(command.stdin(input))
}

fn output_of(command: &mut Command) -> Result<String> {
    let line = command_line(command);
    let output = command.output().with_context(|| format!("cannot start `{line}`"))?;
    if !output.status.success() {
        bail!("`{line}` failed: {}\n{}", output.status, String::from_utf8_lossy(&output.stderr).trim_end());
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{line}` printed something that is not UTF-8"))
}

/// Whether the command can be started and succeeds; prints nothing.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn command_line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args()).map(OsStr::to_string_lossy);
    words.collect::<Vec<_>>().join(" ")
}
