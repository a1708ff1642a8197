//! The control plane: database, capabilities, publication. It has threads of its own, so that no page or report takes
//! time from calls.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context as _;
use axum::{Extension, Router, response::IntoResponse, routing::get};
use bytes::Bytes;
use glaux_gateway::Gateway;
use glaux_jobs::Schedule;
use glaux_kernel::{Clock, Permission, Rng, Secret};
use glaux_ledger::{DataDirectory, Ledger, Position};
use glaux_ledger_store::{Adjuster, ProgressWatch, Projector};
use glaux_platform_identity::{Identity, SignInLink};
use glaux_platform_kit::{Context, Publisher, Vault};
use glaux_platform_operations::{History, NamedModels, Running, Tally};
use glaux_platform_payloads::Payloads;
use glaux_platform_publish::{Gateways, Publication};
use glaux_platform_spending::{AlertWriter, CallTail};
use glaux_store::{Db, Error, MigrateOptions, Migrations, Options};
use glaux_telemetry::Metrics;
use glaux_web::{DEFAULT_BODY_LIMIT, Problem, Reference, Web, live::Events};
use tokio::sync::watch;
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    balances::LedgerBalances,
    modules::{ServingPath, modules},
    probing::GatewayProbe,
    running::RunningHere,
    secrets::{self, AdminToken},
    settings::Settings,
};

/// How often the journal's position is looked at: for changes of other replicas, and those whose publication failed.
const LOOK: Duration = Duration::from_secs(1);
/// How long a stop waits for what writes the last things down: a database that says nothing does not hold it up.
const ENDING: Duration = Duration::from_secs(20);

/// What the control plane is made from, whether the database is there or not.
#[derive(Clone)]
pub(crate) struct Foundation {
    pub(crate) settings: Arc<Settings>,
    pub(crate) directory: Arc<DataDirectory>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) rng: Arc<dyn Rng>,
    pub(crate) ledger: Arc<Ledger>,
    /// Where the ledger stood when it was opened.
    pub(crate) began: Position,
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) events: Events,
}

impl Foundation {
    pub(crate) fn vault(&self) -> anyhow::Result<Vault> {
        let given = self.settings.server.master_key.as_ref();
        Ok(Vault::new(&secrets::master_key(given, self.directory.path(), &*self.rng)?))
    }

    /// Takes snapshots into force.
    pub(crate) fn gateways(&self) -> Gateways {
        let gateway = Arc::clone(&self.gateway);
        Arc::new(move |snapshot| gateway.put_in_force(snapshot))
    }

    /// What capabilities are shown of the serving path.
    fn serving_path(&self, projection: ProgressWatch) -> ServingPath {
        let (gateway, ledger) = (Arc::clone(&self.gateway), Arc::clone(&self.ledger));
        ServingPath {
            balances: Arc::new(LedgerBalances(Arc::clone(&ledger))),
            probe: Arc::new(GatewayProbe { gateway: Arc::clone(&gateway), clock: Arc::clone(&self.clock) }),
            running: Arc::new(RunningHere { gateway, ledger, projection }),
            history: History::default(),
        }
    }

    /// Where the last snapshot lies.
    pub(crate) fn snapshot(&self) -> PathBuf {
        self.directory.path().join("snapshot.json")
    }
}

/// The running control plane.
pub(crate) struct Control {
    /// The management API.
    pub(crate) router: Router,
    /// Shown when it was made now.
    pub(crate) admin_token: AdminToken,
    /// Signs the admin in once.
    pub(crate) sign_in: SignInLink,
    /// The first key of a new installation: shown once.
    pub(crate) first_key: Option<Secret>,
    context: Context,
    running: Arc<dyn Running>,
    history: History,
    publication: Arc<Publication>,
    projector: Projector,
    adjuster: Adjuster,
    tally: Tally,
    alerts: AlertWriter,
    tail: CallTail,
    payloads: glaux_platform_payloads::Writer,
    schedule: Schedule,
}

impl Control {
    /// Migrates, makes what a new installation needs, publishes.
    pub(crate) async fn start(foundation: Foundation) -> anyhow::Result<Self> {
        let vault = Arc::new(foundation.vault()?);
        let (file, gateways) = (foundation.snapshot(), foundation.gateways());
        let address = database_address(&foundation.settings, foundation.directory.path());
        let db = open_database(&address, &*foundation.clock).await?;
        let ledger = &foundation.ledger;
        let projector = Projector::new(db.clone(), ledger.tail(), ledger.node(), Arc::clone(&foundation.clock));
        let path = foundation.serving_path(projector.watch());
        let Foundation { settings, directory, clock, rng, ledger, began, gateway, events } = foundation;
        let directory = directory.path();
        let publication = Arc::new(Publication::new(db.clone(), Arc::clone(&vault), file, gateways));
        let publisher: Arc<dyn Publisher> = Arc::clone(&publication) as _;
        let context = Context { db, clock, rng, vault, publisher, events };

        let admin_token = secrets::admin_token(settings.server.admin_token.as_ref(), directory, &*context.rng)?;
        let identity = Identity::bootstrap(context.clone(), admin_token.secret()).await?;
        let system = identity.system();
        glaux_platform_applications::bootstrap(&context, &system).await?;
        glaux_platform_models::bootstrap(&context, &system).await?;
        let first_key = glaux_platform_keys::bootstrap(&context, &system).await?;
        let sign_in = identity.issue_admin_link().await?;
        publication.begin().await?;

        let (db, clock) = (context.db.clone(), Arc::clone(&context.clock));
        let adjuster = Adjuster::new(db, Arc::clone(&ledger), projector.watch(), clock);
        let alerts = AlertWriter::new(context.clone(), Arc::clone(&ledger));
        let tail = CallTail::new(context.clone(), projector.arrivals());
        let (payloads, payload_writer) = Payloads::new();
        let metrics = Metrics::default();
        payloads.register(&metrics);
        let named = NamedModels::default();
        glaux_platform_operations::register(Arc::clone(&path.running), named.clone(), &metrics);
        let tally = Tally::new(ledger.tail(), began, named, &metrics);
        gateway.keep_payloads(payloads);
        let jobs = [
            glaux_platform_spending::jobs(&context, Arc::clone(&ledger), projector.watch(), settings.retention()),
            glaux_platform_identity::jobs(&context.db),
            glaux_platform_payloads::jobs(&context.db),
        ];
        let jobs = jobs.into_iter().flatten().collect();
        let schedule = Schedule::new(context.db.clone(), Arc::clone(&context.clock), ledger.node(), jobs);
        let web = Web {
            authenticate: identity,
            db: context.db.clone(),
            clock: Arc::clone(&context.clock),
            rng: Arc::clone(&context.rng),
            body_limit: DEFAULT_BODY_LIMIT,
        };
        let (routes, document) = describe_routes(path.clone());
        let routes = routes.with_state(context.clone()).merge(describing(&document)?).layer(Extension(metrics.clone()));
        let router = glaux_web::shell(routes, Arc::new(web), &metrics);
        Ok(Self {
            router,
            admin_token,
            sign_in,
            first_key,
            context,
            running: path.running,
            history: path.history,
            publication,
            projector,
            adjuster,
            tally,
            alerts,
            tail,
            payloads: payload_writer,
            schedule,
        })
    }

    /// Follows the journal, carries the ledger into the database, tells, keeps and tidies, until `stop`. What was reported
    /// until then is written before it ends.
    pub(crate) async fn go_on(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = watch::channel(());
        let until_stopped = || {
            let mut stopped = stopped.clone();
            // Ends when the sender is dropped.
            async move { drop(stopped.changed().await) }
        };
        let following = tokio::spawn(follow(self.publication));
        let counting = tokio::spawn(self.tally.run(Arc::clone(&self.running)));
        let looking = glaux_platform_operations::watch(self.context.clone(), self.running, self.history);
        let watching = tokio::spawn(looking);
        let adjusting = tokio::spawn(self.adjuster.run(until_stopped()));
        let telling = tokio::spawn(self.alerts.run(until_stopped()));
        let showing = tokio::spawn(self.tail.run(until_stopped()));
        let keeping = tokio::spawn(self.payloads.run(self.context, until_stopped()));
        let tidying = tokio::spawn(self.schedule.run_until(until_stopped()));
        self.projector.run(stop).await;
        following.abort();
        counting.abort();
        watching.abort();
        drop(stopping);
        let deadline = tokio::time::Instant::now() + ENDING;
        for mut task in [adjusting, telling, showing, keeping, tidying] {
            match tokio::time::timeout_at(deadline, &mut task).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "a task of the control plane ended early"),
                Err(_) => {
                    task.abort();
                    tracing::warn!("a task of the control plane still waited for the database, and was cut off");
                }
            }
        }
    }
}

/// Publishes what other replicas changed, and what could not be published at once.
async fn follow(publication: Arc<Publication>) {
    let mut failing = false;
    loop {
        tokio::time::sleep(LOOK).await;
        let failed = publication.catch_up().await.is_err();
        match (failing, failed) {
            (false, true) => {
                tracing::warn!("the journal can't be read; calls are served by the configuration in force");
            }
            (true, false) => tracing::info!("the journal can be read again"),
            _ => {}
        }
        failing = failed;
    }
}

/// Opens the database, migrated. A role that owns no tables serves a database that its owner has migrated.
async fn open_database(address: &str, clock: &dyn Clock) -> anyhow::Result<Db> {
    let options = Options::default();
    match Db::open(address, &options).await {
        Err(Error::SchemaBehind { .. }) => {}
        // A file that is made by the first migration.
        Err(Error::Unavailable(_)) if address.starts_with("sqlite:") => {}
        opened => return opened.context("can't open the database"),
    }
    let migrate = MigrateOptions { now: clock.now(), grant_to: None };
    Migrations::embedded()?.apply(address, &migrate).await.context(match address.starts_with("sqlite:") {
        true => "can't migrate the database",
        false => "can't migrate the database; if this role owns no tables, let their owner run `glaux migrate`",
    })?;
    Db::open(address, &options).await.context("can't open the database")
}

/// Where the database is: PostgreSQL if it is configured, else a file of the data directory.
pub(crate) fn database_address(settings: &Settings, directory: &Path) -> String {
    match &settings.server.database_url {
        Some(url) => url.expose().to_owned(),
        None => format!("sqlite:{}", directory.join("glaux.db").display()),
    }
}

/// The routes of all capabilities and their description.
pub(crate) fn describe_routes(path: ServingPath) -> (Router<Context>, OpenApi) {
    let all = modules(path).into_iter().fold(exposing(), |all, module| all.merge(module.routes));
    let (routes, mut document) = all.split_for_parts();
    document.info.title = "Glaux".to_owned();
    document.info.description = Some("The management API.".to_owned());
    document.info.version = env!("CARGO_PKG_VERSION").to_owned();
    (document.info.license, document.info.contact) = (None, None);
    glaux_web::complete_openapi(&mut document);
    (routes, document)
}

/// The description itself, for programs and for people.
fn describing(document: &OpenApi) -> anyhow::Result<Router> {
    let value = serde_json::to_value(document).context("the API can't be described")?;
    let Reference { page, headers } = Reference::of(&value)?;
    let (document, page) = (Bytes::from(serde_json::to_string(document)?), Bytes::from(page));
    let json = move || async move { ([(http::header::CONTENT_TYPE, "application/json")], document) };
    let html = move || async move { (headers, page) };
    Ok(Router::new().route("/api/openapi.json", get(json)).route("/api/docs", get(html)))
}

const READ_METRICS: Permission = Permission("metrics.read");

/// The metrics, for a scraper with a token.
fn exposing() -> OpenApiRouter<Context> {
    OpenApiRouter::new().routes(glaux_web::permit(READ_METRICS, routes!(get_metrics)))
}

/// What is counted, as Prometheus reads it.
#[utoipa::path(get, path = "/metrics", operation_id = "get_metrics", tag = "operation",
    responses((status = 200, body = String, content_type = "application/openmetrics-text")))]
async fn get_metrics(Extension(metrics): Extension<Metrics>) -> Result<impl IntoResponse, Problem> {
    let text = metrics.expose().map_err(Problem::internal)?;
    Ok(([(http::header::CONTENT_TYPE, glaux_telemetry::EXPOSITION_CONTENT_TYPE)], text))
}
