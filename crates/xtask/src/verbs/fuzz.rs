//! `fuzz`: every target of `fuzz/`, built for libFuzzer by the pinned toolchain alone.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result};
use clap::Args;
use serde::Deserialize;

use crate::{process, workspace::Workspace};

/// Coverage as libFuzzer reads it: edges counted in place, their table, and the operands of comparisons.
const INSTRUMENTATION: &str = "--cfg fuzzing -Ccodegen-units=1 -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares";
const MANIFEST: &str = "--manifest-path=fuzz/Cargo.toml";

/// Options of `fuzz`.
#[derive(Args)]
pub(crate) struct Options {
    /// How long each target runs, from a new seed, into the corpus that it keeps; without it, a fixed short run
    #[arg(long)]
    seconds: Option<u32>,
}

impl Options {
    /// The run that belongs to the core suite.
    pub(super) const SHORT: Self = Self { seconds: None };
}

/// Builds all targets, then runs one after the other until one finds something.
pub(super) fn fuzz(workspace: &Workspace, options: Options) -> Result<()> {
    let host = host(workspace)?;
    // Apart from the other builds, which have no instrumentation.
    let built = workspace.target_directory()?.join("fuzz");
    let folder = format!("--target-dir={}", built.display());
    // With a target named, build scripts and macros are not instrumented.
    let target = format!("--target={host}");
    let mut build = workspace.cargo(["build", MANIFEST, "--release", "--bins", &target, &folder]);
    process::run(build.env("RUSTFLAGS", INSTRUMENTATION))?;
    let built = built.join(host);
    for name in targets(workspace)? {
        let mut fuzzer = fuzzer(workspace, &built, &name, &options)?;
        if options.seconds.is_some() {
            process::run(&mut fuzzer)?;
        } else {
            process::read(&mut fuzzer)?;
            println!("{name}: nothing found");
        }
    }
    Ok(())
}

fn fuzzer(workspace: &Workspace, built: &Path, name: &str, options: &Options) -> Result<Command> {
    let artifacts = format!("fuzz/artifacts/{name}/");
    fs::create_dir_all(workspace.path(&artifacts)).context("cannot make the folder for what is found")?;
    let mut fuzzer = workspace.command(&built.join("release").join(name).display().to_string());
    fuzzer.args(["-timeout=10", "-rss_limit_mb=1024"]).arg(format!("-artifact_prefix={artifacts}"));
    // The first folder is where the fuzzer writes what it learns.
    let corpus = match options.seconds {
        Some(seconds) => {
            fuzzer.arg(format!("-max_total_time={seconds}"));
            workspace.path("fuzz/corpus").join(name)
        }
        None => {
            fuzzer.args(["-seed=1", "-runs=50000", "-max_total_time=7"]);
            let corpus = built.join("short").join(name);
            if corpus.is_dir() {
                fs::remove_dir_all(&corpus).context("cannot forget the last run")?;
            }
            corpus
        }
    };
    fs::create_dir_all(&corpus).context("cannot make the folder of the corpus")?;
    fuzzer.arg(corpus);
    let seeds = format!("fuzz/seeds/{name}");
    if workspace.path(&seeds).is_dir() {
        fuzzer.arg(seeds);
    }
    Ok(fuzzer)
}

fn host(workspace: &Workspace) -> Result<String> {
    let about = process::read(workspace.command("rustc").arg("--version").arg("--verbose"))?;
    let host = about.lines().find_map(|line| line.strip_prefix("host: ")).context("rustc names no host")?;
    Ok(host.to_owned())
}

fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let text = process::read(&mut workspace.cargo(["metadata", MANIFEST, "--format-version=1", "--no-deps"]))?;
    let metadata: Metadata = serde_json::from_str(&text).context("cannot read the output of `cargo metadata`")?;
    let targets = metadata.packages.into_iter().flat_map(|package| package.targets);
    Ok(targets.map(|target| target.name).collect())
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}
