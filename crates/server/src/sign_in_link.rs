//! `glaux sign-in-link`: the way into the console, once.

use std::io::{self, Write};

use anyhow::bail;
use clap::Args;
use serde_json::json;

use crate::{management::Management, settings::Settings};

/// Options of `glaux sign-in-link`.
#[derive(Args)]
pub(crate) struct Options {
    /// The Glaux to sign in to; absent: the one of these settings
    #[arg(long)]
    url: Option<String>,
}

/// Prints a link that signs the admin in once, within the hour.
pub(crate) fn print(settings: &Settings, options: &Options) -> anyhow::Result<()> {
    let management = Management::new(settings, options.url.as_deref())?;
    let (status, answer) = management.post("/api/auth/link", None, &json!({}))?;
    match answer["path"].as_str() {
        Some(path) if status.is_success() => writeln!(io::stdout(), "{}{path}", management.base())?,
        _ => bail!("no link was made: {status}: {}", answer["detail"].as_str().unwrap_or_default()),
    }
    Ok(())
}
