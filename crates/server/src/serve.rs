//! `glaux serve`: puts the parts together and runs them until the process is asked to stop.

use std::{sync::Arc, time::Duration};

use anyhow::Context;
use glaux_gateway::Gateway;
use glaux_kernel::{Clock, Rng};
use glaux_ledger::{CommitMode, DataDirectory, Ledger, Options, Position};
use glaux_telemetry::{LogSettings, SystemClock, SystemRng};
use glaux_web::live::Events;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    runtime::Runtime,
    signal::unix::{SignalKind, signal},
};

use crate::{
    absence::{self, Management},
    console::Console,
    control::Foundation,
    listen::{self, Service},
    secrets,
    settings::{self, Settings},
};

/// Runs until SIGTERM or SIGINT, then drains.
pub(crate) fn serve(settings: Settings) -> anyhow::Result<()> {
    let settings = Arc::new(settings);
    let log = LogSettings { format: settings.log.format.parse()?, filter: settings.log.filter.clone() };
    glaux_telemetry::init(&log)?;
    allow_many_connections();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let rng: Arc<dyn Rng> = Arc::new(SystemRng);
    let path = &settings.server.data_dir;
    let directory = DataDirectory::open(path, &*clock, &*rng)
        .with_context(|| format!("can't use the data directory {}", path.display()))?;
    secrets::close_to_others(directory.path())?;
    let directory = Arc::new(directory);
    let ledger = Ledger::open(Arc::clone(&directory), &ledger_options(&settings), Arc::clone(&clock));
    let ledger = Arc::new(ledger.context("can't open the ledger")?);
    // Each start begins a segment, and what it settles stands there first.
    let began = Position { offset: 0, ..ledger.tail().end().unwrap_or_default() };
    let gateway =
        Gateway::new(gateway_config(&settings), Arc::clone(&ledger), tls()?, Arc::clone(&clock), Arc::clone(&rng));
    let gateway = Arc::new(gateway);

    let console = Console::open(settings.server.console_dir.as_deref(), Arc::clone(&rng))?;
    let control_threads = runtime("glaux-control", 2)?;
    let call_threads = runtime("glaux-gateway", settings.server.threads)?;
    let events = Events::new(&*rng);
    let foundation = Foundation {
        settings: Arc::clone(&settings),
        directory,
        clock,
        rng,
        ledger,
        began,
        gateway: Arc::clone(&gateway),
        events: events.clone(),
    };
    let begun = control_threads.block_on(absence::begin(&foundation))?;
    // Before anybody learns that it serves, it can be asked to stop.
    let (listener, asked) = call_threads.block_on(async {
        let listen = settings.server.listen;
        let listener = TcpListener::bind(listen).await.with_context(|| format!("can't listen on {listen}"))?;
        anyhow::Ok((listener, asked_to_stop()?))
    })?;
    let asked = async move {
        asked.await;
        events.close();
    };
    let address = listener.local_addr()?;
    let management = Management::default();
    let (stop_projecting, stopped_serving) = tokio::sync::oneshot::channel::<()>();
    let stop = async move {
        // Ends when the sender is dropped, too.
        drop(stopped_serving.await);
    };
    let projecting = control_threads.spawn(absence::go_on(begun, foundation, Arc::clone(&management), address, stop));
    let service = Service {
        gateway,
        management,
        console,
        control: control_threads.handle().clone(),
        header_timeout: Duration::from_secs(settings.gateway.header_timeout_seconds),
    };
    tracing::info!(%address, "serving");
    call_threads.block_on(listen::accept(listener, Arc::new(service), asked, settings.drain()));
    // What is still open settles itself when its threads drop it.
    call_threads.shutdown_timeout(Duration::from_secs(1));
    drop(stop_projecting);
    let projected = control_threads.block_on(projecting);
    control_threads.shutdown_timeout(Duration::from_secs(1));
    projected.context("the projection ended early")
}

/// Raises the limit of open files as far as it goes: a stream takes two, and the usual limit is 1,024.
fn allow_many_connections() {
    let limit = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }) {
        tracing::warn!(%error, "the limit of open files stays as it is");
    }
}

/// Threads of that name; 0 of them: one per core.
fn runtime(name: &str, threads: usize) -> anyhow::Result<Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if threads > 0 {
        builder.worker_threads(threads);
    }
    builder.enable_all().thread_name(name).build().with_context(|| format!("can't start the threads {name}"))
}

fn ledger_options(settings: &Settings) -> Options {
    let commit = match settings.ledger.commit {
        settings::Commit::Process => CommitMode::Process,
        settings::Commit::Power => CommitMode::Power,
    };
    Options { commit, ..Options::default() }
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

/// Servers are trusted by Mozilla's root certificates.
pub(crate) fn tls() -> anyhow::Result<rustls::ClientConfig> {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
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
