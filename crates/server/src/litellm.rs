//! `glaux import litellm`.

use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use anyhow::Context;
use clap::Args;
use glaux_platform_models::litellm_proxy::convert;

/// Options of `glaux import litellm`.
#[derive(Args)]
pub(crate) struct Options {
    /// The proxy's `config.yaml`
    proxy: PathBuf,
    /// Where the platform file goes; absent: to the standard output
    #[arg(long)]
    output: Option<PathBuf>,
}

/// Writes the platform file; what has no equivalent stands at its head and is told.
pub(crate) fn import(options: &Options) -> anyhow::Result<()> {
    let path = &options.proxy;
    let text = fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    let conversion = convert(&text).with_context(|| format!("can't convert {}", path.display()))?;
    let file = conversion.to_toml()?;
    match &options.output {
        Some(output) => fs::write(output, file).with_context(|| format!("can't write {}", output.display()))?,
        None => io::stdout().lock().write_all(file.as_bytes())?,
    }
    let mut told = io::stderr().lock();
    for gap in &conversion.gaps {
        writeln!(told, "{gap}")?;
    }
    writeln!(told, "{} settings without an equivalent", conversion.gaps.len())?;
    Ok(())
}
