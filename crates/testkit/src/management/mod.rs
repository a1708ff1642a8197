//! A management API made of the modules under test, called through its router.

mod request;

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::Router;
use glaux_kernel::{Clock, OrganizationId, TokenId};
use glaux_platform_kit::{Context, MasterKey, Module, Publisher, Vault};
use glaux_store::{Sql, sql};
use glaux_telemetry::Metrics;
use glaux_web::{Actor, Authenticate, Caller, Credential, DEFAULT_BODY_LIMIT, Grant, Problem, Web, live::Events};
use utoipa_axum::router::OpenApiRouter;

pub use self::request::{Answer, Request};
use crate::{clock::ManualClock, database::TestDatabase, rng::SeededRng};

const INSERT_ORGANIZATION: Sql = sql("
    INSERT INTO organizations (id, name, display_name, time_zone, currency, created_at, updated_at)
    VALUES ($1, $2, $2, 'Europe/Paris', 'USD', 0, 0)");

/// Two organizations, `acme` and `globex`, in Paris, on the morning of 21 November 2026.
pub struct Management {
    router: Router,
    context: Context,
    clock: Arc<ManualClock>,
    published: Arc<Published>,
    acme: OrganizationId,
    globex: OrganizationId,
    _database: TestDatabase,
}

/// What is known of publication: the last position.
#[derive(Default)]
struct Published(AtomicI64);

#[async_trait]
impl Publisher for Published {
    async fn publish(&self, seq: i64) {
        self.0.store(seq, Ordering::SeqCst);
    }
}

/// The parts of a management API before its routes are known: for a capability that authenticates itself.
pub struct Parts {
    /// What its handlers are given.
    pub context: Context,
    /// The clock in it.
    pub clock: Arc<ManualClock>,
    published: Arc<Published>,
    database: TestDatabase,
}

impl Parts {
    /// Nothing but a migrated database.
    pub fn new(database: TestDatabase) -> Self {
        let clock = Arc::new(ManualClock::at("2026-11-21T09:00:00Z"));
        let rng = Arc::new(SeededRng::new(7));
        let published = Arc::new(Published::default());
        let context = Context {
            db: database.db().clone(),
            clock: Arc::clone(&clock) as _,
            vault: Arc::new(Vault::new(&MasterKey::generate(&*rng))),
            publisher: Arc::clone(&published) as _,
            events: Events::new(&*rng),
            rng,
        };
        Self { context, clock, published, database }
    }
}

impl Management {
    /// The API of these modules; callers are whoever the tests say.
    pub async fn start(database: TestDatabase, modules: Vec<Module>) -> Self {
        Self::with(Parts::new(database), modules, |organizations| Arc::new(SaidCallers(organizations))).await
    }

    /// The API of these modules, with callers known by `authenticate`; it is told the organizations.
    pub async fn with(
        parts: Parts,
        modules: Vec<Module>,
        authenticate: impl FnOnce([(&'static str, OrganizationId); 2]) -> Arc<dyn Authenticate>,
    ) -> Self {
        let Parts { context, clock, published, database } = parts;
        let [acme, globex] = ["acme", "globex"].map(|_| OrganizationId::new(clock.now(), &*context.rng));
        for (name, id) in [("acme", acme), ("globex", globex)] {
            let mut tx = context.db.organization(id).begin().await.unwrap();
            tx.query(INSERT_ORGANIZATION).bind(name).execute().await.unwrap();
            tx.commit().await.unwrap();
        }
        let web = Web {
            authenticate: authenticate([("acme", acme), ("globex", globex)]),
            db: context.db.clone(),
            clock: Arc::clone(&context.clock),
            rng: Arc::clone(&context.rng),
            body_limit: DEFAULT_BODY_LIMIT,
        };
        let routes = modules.into_iter().fold(OpenApiRouter::new(), |all, module| all.merge(module.routes));
        let (routes, _) = routes.split_for_parts();
        let router = glaux_web::shell(routes.with_state(context.clone()), Arc::new(web), &Metrics::default());
        Self { router, context, clock, published, acme, globex, _database: database }
    }

    /// One who may do everything, in `acme`.
    pub fn admin(&self) -> Client<'_> {
        Client { management: self, token: Some("acme everything".to_owned()) }
    }

    /// One of `acme` who has these permissions.
    pub fn permitted(&self, permissions: &[&str]) -> Client<'_> {
        Client { management: self, token: Some(format!("acme {}", permissions.join(","))) }
    }

    /// One of `globex` who has these permissions.
    pub fn stranger(&self, permissions: &[&str]) -> Client<'_> {
        Client { management: self, token: Some(format!("globex {}", permissions.join(","))) }
    }

    /// One with this token, or without any.
    pub fn bearer(&self, token: Option<&str>) -> Client<'_> {
        Client { management: self, token: token.map(ToOwned::to_owned) }
    }

    /// What its handlers are given.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// The organization `acme`.
    pub fn acme(&self) -> OrganizationId {
        self.acme
    }

    /// The organization `globex`.
    pub fn globex(&self) -> OrganizationId {
        self.globex
    }

    /// The last journal position that was published; 0 before the first.
    pub fn published(&self) -> i64 {
        self.published.0.load(Ordering::SeqCst)
    }

    /// Lets time pass.
    pub fn advance(&self, duration: Duration) {
        self.clock.advance(duration);
    }

    /// The router, for what a request can't say.
    pub fn router(&self) -> Router {
        self.router.clone()
    }
}

/// Believes a token that says what its holder may do: `acme features.read,features.write`.
struct SaidCallers([(&'static str, OrganizationId); 2]);

#[async_trait]
impl Authenticate for SaidCallers {
    async fn authenticate(&self, credential: &Credential) -> Result<Option<Caller>, Problem> {
        let (Credential::Bearer(secret) | Credential::Session(secret)) = credential;
        let Some((organization, permissions)) = secret.expose().split_once(' ') else { return Ok(None) };
        let Some(organization) = self.find_organization(organization).await? else { return Ok(None) };
        let grant = match permissions {
            "everything" => Grant::Everything,
            named => Grant::Only(named.split(',').map(ToOwned::to_owned).collect::<BTreeSet<_>>()),
        };
        let actor = Actor::Token(TokenId::from_uuid(sqlx::types::Uuid::from_u128(1)));
        Ok(Some(Caller { actor, name: "tester".to_owned(), organization, grant }))
    }

    async fn find_organization(&self, reference: &str) -> Result<Option<OrganizationId>, Problem> {
        let mut known = self.0.iter();
        Ok(known.find(|(name, id)| *name == reference || id.to_string() == reference).map(|(_, id)| *id))
    }
}

/// Somebody who calls the API.
pub struct Client<'m> {
    management: &'m Management,
    token: Option<String>,
}

impl Client<'_> {
    /// A request that is not sent yet.
    pub fn request(&self, method: &str, path: &str) -> Request {
        let request = Request::new(self.management.router.clone(), method, path);
        match &self.token {
            Some(token) => request.header("authorization", &format!("Bearer {token}")),
            None => request,
        }
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.request("GET", path).send().await
    }

    /// Sends JSON.
    pub async fn post(&self, path: &str, body: serde_json::Value) -> Answer {
        self.request("POST", path).json(body).send().await
    }

    /// Sends JSON.
    pub async fn put(&self, path: &str, body: serde_json::Value) -> Answer {
        self.request("PUT", path).json(body).send().await
    }

    /// Sends JSON.
    pub async fn patch(&self, path: &str, body: serde_json::Value) -> Answer {
        self.request("PATCH", path).json(body).send().await
    }

    /// Removes.
    pub async fn delete(&self, path: &str) -> Answer {
        self.request("DELETE", path).send().await
    }
}
