//! The commands that look at the books without serving.

use std::{
    io::{self, Write},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context, bail};
use async_trait::async_trait;
use glaux_kernel::{BudgetId, NodeId, OrganizationId, Timestamp};
use glaux_ledger::{Position, Tail};
use glaux_ledger_store::{Rebuilt, Verification, rebuild, verify_rows, verify_segments};
use glaux_platform_models::{Probe, ProbeOutcome};
use glaux_platform_operations::{History, Idle};
use glaux_platform_spending::{Balances, OpenHold};
use glaux_store::{Db, Options};

use crate::{
    control::{database_address, describe_routes},
    modules::ServingPath,
    settings::Settings,
};

/// Records that are read at once.
const BATCH: usize = 1000;

/// Prints every record of this node's segments; also while the process runs.
pub(crate) fn dump_ledger(settings: &Settings) -> anyhow::Result<()> {
    let tail = Tail::at_rest(&settings.server.data_dir.join("ledger"));
    let mut out = io::BufWriter::new(io::stdout().lock());
    let mut from = Position::default();
    loop {
        let batch = tail.read(from, BATCH).context("the ledger can't be read")?;
        for entry in &batch.entries {
            writeln!(out, "{}", glaux_ledger::to_json_line(entry)?)?;
        }
        if batch.entries.is_empty() {
            return Ok(out.flush()?);
        }
        from = batch.next;
    }
}

/// Says whether the ledger adds up.
pub(crate) fn verify_ledger(settings: &Settings) -> anyhow::Result<()> {
    let directory = &settings.server.data_dir;
    let node = std::fs::read_to_string(directory.join("node")).context("the data directory has no node")?;
    let node = node.trim().parse::<NodeId>().context("the data directory's node is not valid")?;
    let tail = Tail::at_rest(&directory.join("ledger"));
    let address = database_address(settings, directory);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(async {
        let db = Db::open(&address, &Options::default()).await.context("can't open the database")?;
        let mut found = Verification::default();
        verify_rows(&db, &mut found).await.context("the rows can't be read")?;
        verify_segments(&db, &tail, node, &mut found).await.context("the segments can't be read")?;
        anyhow::Ok(found)
    })?;
    let mut out = io::stdout().lock();
    for finding in &found.findings {
        writeln!(out, "{finding}")?;
    }
    let Verification { calls, attempts, rollups, records, open_holds, .. } = found;
    writeln!(
        out,
        "{calls} calls, {attempts} attempts, {rollups} roll-ups, {records} records, {open_holds} open holds"
    )?;
    if !found.is_sound() {
        bail!("the ledger does not add up");
    }
    Ok(())
}

/// Adds up anew what is a sum of rows, and says how much of it there is.
pub(crate) fn rebuild_ledger(settings: &Settings) -> anyhow::Result<()> {
    let address = database_address(settings, &settings.server.data_dir);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let Rebuilt { organizations, rollups, balances } = runtime.block_on(async {
        let db = Db::open(&address, &Options::default()).await.context("can't open the database")?;
        rebuild(&db).await.context("roll-ups and balances can't be rebuilt")
    })?;
    let mut out = io::stdout().lock();
    writeln!(out, "rebuilt {rollups} roll-ups and {balances} balances of {organizations} organizations")?;
    Ok(())
}

/// Says whether the journal is what was written.
pub(crate) fn verify_journal(settings: &Settings) -> anyhow::Result<()> {
    let address = database_address(settings, &settings.server.data_dir);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let found = runtime.block_on(async {
        let db = Db::open(&address, &Options::default()).await.context("can't open the database")?;
        glaux_journal::verify_all(&db).await.context("the journal can't be read")
    })?;
    let mut out = io::stdout().lock();
    for (organization, chain) in &found.organizations {
        let state = match &chain.broken {
            None => "whole".to_owned(),
            Some(broken) => format!("broken at entry {}: {}", broken.number, broken.fault),
        };
        writeln!(out, "{organization}: {} entries, head {}, {state}", chain.entries, chain.head)?;
    }
    writeln!(out, "{} entries, the last has number {}", found.positions.entries, found.positions.position)?;
    if !found.is_whole() {
        bail!("the journal is not what was written");
    }
    Ok(())
}

/// Prints the OpenAPI document of the routes.
pub(crate) fn print_openapi() -> anyhow::Result<()> {
    let nothing = ServingPath {
        balances: Arc::new(Nothing),
        running: Arc::new(Idle),
        probe: Arc::new(Nothing),
        history: History::default(),
    };
    let (_, document) = describe_routes(nothing);
    writeln!(io::stdout().lock(), "{}", serde_json::to_string_pretty(&document)?)?;
    Ok(())
}

/// Describing routes asks for no figures.
struct Nothing;

impl Balances for Nothing {
    fn balance(&self, _: BudgetId, _: Timestamp) -> (i64, i64) {
        (0, 0)
    }

    fn holds(&self, _: BudgetId) -> Vec<OpenHold> {
        Vec::new()
    }
}

#[async_trait]
impl Probe for Nothing {
    async fn probe(&self, _: OrganizationId, _: &str) -> ProbeOutcome {
        ProbeOutcome { problem: None, status: None, latency: Duration::ZERO }
    }
}
