//! `glaux serve`: puts the parts together and runs them until the process is asked to stop.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use glaux_gateway::Gateway;
use glaux_kernel::{Clock, Rng};
use glaux_ledger::{CommitMode, DataDirectory, Ledger, Options};
use glaux_telemetry::{SystemClock, SystemRng};
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};

use crate::{
    listen::{self, Service},
    settings::{self, Settings},
};

/// What every part is given.
pub(crate) struct Parts {
    /// The machine's time.
    pub clock: Arc<dyn Clock>,
    /// The machine's randomness.
    pub rng: Arc<dyn Rng>,
    /// Where everything lies; locked while the process runs.
    pub directory: Arc<DataDirectory>,
    /// The second book.
    pub ledger: Arc<Ledger>,
    /// The data plane.
    pub gateway: Arc<Gateway>,
}

/// Runs until SIGTERM or SIGINT, then drains.
pub(crate) fn serve(settings: &Settings) -> anyhow::Result<()> {
    let log =
        glaux_telemetry::LogSettings { format: settings.log.format.parse()?, filter: settings.log.filter.clone() };
    glaux_telemetry::init(&log)?;
    let runtime = runtime(settings.server.threads).context("can't start the threads that serve calls")?;
    let parts = assemble(settings)?;
    runtime.block_on(run(settings, &parts))?;
    // What is still open settles itself when the runtime drops it.
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(())
}

fn runtime(threads: usize) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    if threads > 1 {
        builder.worker_threads(threads);
    }
    builder.enable_all().thread_name("glaux-gateway").build()
}

fn assemble(settings: &Settings) -> anyhow::Result<Parts> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let path = &settings.server.data_dir;
    let directory = DataDirectory::open(path, &*clock, &*rng)
        .with_context(|| format!("can't use the data directory {}", path.display()))?;
    let directory = Arc::new(directory);
    let options = Options {
        commit: match settings.ledger.commit {
            settings::Commit::Process => CommitMode::Process,
            settings::Commit::Power => CommitMode::Power,
        },
        ..Options::default()
    };
    let ledger = Ledger::open(Arc::clone(&directory), &options, Arc::clone(&clock)).context("can't open the ledger")?;
    let ledger = Arc::new(ledger);
    let gateway =
        Gateway::new(gateway_config(settings), Arc::clone(&ledger), tls()?, Arc::clone(&clock), Arc::clone(&rng));
    Ok(Parts { clock, rng, directory, ledger, gateway: Arc::new(gateway) })
}

fn gateway_config(settings: &Settings) -> glaux_gateway::Config {
    let gateway = &settings.gateway;
    glaux_gateway::Config {
        trusted_proxies: gateway.trusted_proxies.clone(),
        max_request_bytes: gateway.max_request_bytes,
        max_answer_bytes: gateway.max_answer_bytes,
        cache_bytes: gateway.cache_bytes,
    }
}

/// Providers are trusted by Mozilla's root certificates.
fn tls() -> anyhow::Result<rustls::ClientConfig> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

async fn run(settings: &Settings, parts: &Parts) -> anyhow::Result<()> {
    let listen = settings.server.listen;
    let listener = TcpListener::bind(listen).await.with_context(|| format!("can't listen on {listen}"))?;
    let address = listener.local_addr()?;
    tracing::info!(%address, "serving");
    let service = Arc::new(Service {
        gateway: Arc::clone(&parts.gateway),
        header_timeout: Duration::from_secs(settings.gateway.header_timeout_seconds),
    });
    listen::accept(listener, service, asked_to_stop()?, settings.drain()).await;
    Ok(())
}

fn asked_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
