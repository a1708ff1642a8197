//! `glaux migrate`: the owner of the tables prepares a PostgreSQL database for those who serve it.

use std::io::{self, Write};

use anyhow::{Context, bail};
use clap::Args;
use glaux_kernel::Clock;
use glaux_store::{MigrateOptions, Migrated, Migrations};
use glaux_telemetry::SystemClock;

use crate::settings::Settings;

/// Options of `glaux migrate`.
#[derive(Args)]
pub(crate) struct Options {
    /// The role that serves: it may read and write rows from then on, and owns nothing
    #[arg(long, value_name = "ROLE")]
    grant_to: Option<String>,
}

/// Brings the database of these settings to what this program needs.
pub(crate) fn migrate(settings: &Settings, options: Options) -> anyhow::Result<()> {
    let Some(address) = &settings.server.database_url else {
        bail!("without GLAUX_DATABASE_URL the database is the embedded one, which each start migrates by itself");
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let options = MigrateOptions { now: SystemClock::start().now(), grant_to: options.grant_to };
    let migrations = Migrations::embedded()?;
    let migrated = runtime.block_on(migrations.apply(address.expose(), &options));
    let Migrated { applied, .. } = migrated.context("can't migrate the database")?;
    let mut out = io::stdout().lock();
    writeln!(out, "{} migrations were applied; the database is at {}", applied.len(), migrations.latest())?;
    if let Some(role) = options.grant_to {
        writeln!(out, "{role} may read and write rows")?;
    }
    Ok(())
}
