use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use glaux_gateway::{Config, Gateway};
use glaux_kernel::{
    ApplicationId, AssignmentId, BudgetId, Clock, Currency, Environment, FeatureId, KeyId, ModelId, Money,
    OrganizationId, Period, PriceRuleId, ProviderId, Rate, Rng, Secret,
};
use glaux_ledger::{
    DataDirectory, Ledger, Options,
    record::{Attempt, Call, Record},
};
use glaux_llm::{Conditions, Credentials, Meter, ProviderKind};
use glaux_routing::{
    Snapshot,
    document::{
        self, Assignment, Budget, BudgetAction, BudgetScope, Candidate, Document, Feature, FeatureStatus, Policy,
        ProviderLimits,
    },
    payload::PayloadPolicy,
};
use glaux_telemetry::{SystemClock, SystemRng};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client, Error as ClientError, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use sha2::{Digest, Sha256};

use crate::books::Books;

pub(crate) const KEY: &str = "glx_a_key_for_tests";
/// What every provider but the sandbox knows us by.
pub(crate) const PROVIDER_KEY: &str = "a-key-of-a-provider";

/// A gateway on a real socket, with one tenant, one key and the sandbox as its provider.
pub(crate) struct World {
    pub(crate) gateway: Arc<Gateway>,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) document: Document,
    pub(crate) address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    directory: tempfile::TempDir,
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_in(tempfile::tempdir().unwrap(), &Options::default()).await
    }

    /// The same with a ledger that lies there and is kept so.
    pub(crate) async fn start_in(directory: tempfile::TempDir, options: &Options) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
        let rng: Arc<dyn Rng> = Arc::new(SystemRng);
        let ledger = Arc::new(open_ledger(directory.path(), options));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(rustls::RootCertStore::empty())
            .with_no_client_auth();
        let gateway = Arc::new(Gateway::new(Config::default(), Arc::clone(&ledger), tls, clock, rng));
        let address = listen(Arc::clone(&gateway)).await;
        let client = Client::builder(TokioExecutor::new()).build_http();
        let world = Self { gateway, ledger, document: document(), address, client, directory };
        world.publish();
        world
    }

    /// Puts the document in force.
    pub(crate) fn publish(&self) {
        let open = |provider: &document::Provider| {
            Ok(match provider.kind {
                ProviderKind::Sandbox => Credentials::None,
                _ => Credentials::ApiKey(Secret::new(PROVIDER_KEY.to_owned())),
            })
        };
        let (snapshot, findings) = Snapshot::build(self.document.clone(), open);
        assert_eq!(findings, []);
        self.gateway.put_in_force(snapshot);
    }

    /// Adds a provider elsewhere, and says how calls to it are timed.
    pub(crate) fn add_provider(&mut self, kind: ProviderKind, base_url: String, limits: ProviderLimits) {
        let organization = self.document.organizations[0].id;
        let provider = provider(organization, kind);
        self.document.providers.push(document::Provider { base_url: Some(base_url), limits, ..provider });
        self.publish();
    }

    /// Has the provider of that kind somewhere else.
    pub(crate) fn move_provider(&mut self, kind: ProviderKind, base_url: String) {
        let mut providers = self.document.providers.iter_mut();
        providers.find(|provider| provider.kind == kind).unwrap().base_url = Some(base_url);
        self.publish();
    }

    /// Adds a model of the sandbox; 0.40 / 1.60 USD per million tokens.
    pub(crate) fn add_model(&mut self, name: &str) {
        self.add_model_of(ProviderKind::Sandbox, name);
    }

    /// Adds a model of the provider of that kind, at the same prices.
    pub(crate) fn add_model_of(&mut self, kind: ProviderKind, name: &str) {
        let provider = self.document.providers.iter().find(|provider| provider.kind == kind).unwrap().id;
        let price = |meter, rate| document::PriceRule {
            id: PriceRuleId::new(now(), &SystemRng),
            meter,
            rate: Rate::parse_per_million(rate).unwrap(),
            conditions: Conditions::default(),
        };
        self.document.models.push(document::Model {
            id: ModelId::new(now(), &SystemRng),
            provider,
            name: name.to_owned(),
            upstream_name: None,
            max_output_tokens: Some(1000),
            context_window: None,
            prices: vec![price(Meter::InputTokens, "0.40"), price(Meter::OutputTokens, "1.60")],
        });
        self.publish();
    }

    /// Adds a monthly budget above every call, of so many dollars.
    pub(crate) fn add_budget(&mut self, dollars: &str, action: BudgetAction) {
        self.document.budgets.push(Budget {
            organization: self.document.organizations[0].id,
            id: BudgetId::new(now(), &SystemRng),
            name: "cap".to_owned(),
            scope: BudgetScope::default(),
            period: Period::Monthly,
            amount: Money::parse(dollars, Currency::USD).unwrap(),
            thresholds_permille: vec![500, 1000],
            action,
        });
        self.publish();
    }

    /// Assigns a feature's models in production.
    pub(crate) fn assign(&mut self, feature: &str, models: &[&str], policy: Policy) {
        self.document.features.retain(|known| known.name != feature);
        let candidates = models.iter().map(|model| Candidate { model: (*model).to_owned(), weight: 1 });
        self.document.features.push(Feature {
            organization: self.document.organizations[0].id,
            id: FeatureId::new(now(), &SystemRng),
            name: feature.to_owned(),
            status: FeatureStatus::Active,
            limits: Default::default(),
            user_limits: Default::default(),
            payloads: Default::default(),
            assignments: vec![Assignment {
                id: AssignmentId::new(now(), &SystemRng),
                environment: Environment::Production,
                models: candidates.collect(),
                fallbacks: Vec::new(),
                config_overrides: Default::default(),
                policy,
            }],
        });
        self.publish();
    }

    /// Has requests and answers of a feature kept in production for so many days.
    pub(crate) fn keep_payloads(&mut self, feature: &str, days: u32) {
        let policy = PayloadPolicy { days, ..PayloadPolicy::default_in(Environment::Production) };
        let mut features = self.document.features.iter_mut();
        features.find(|known| known.name == feature).unwrap().payloads = [(Environment::Production, policy)].into();
        self.publish();
    }

    pub(crate) async fn send(&self, path: &str, body: &str) -> Answer {
        self.send_with(path, body, &[]).await
    }

    pub(crate) async fn send_with(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Answer {
        Answer::read(self.begin(path, body, headers).await).await.unwrap()
    }

    /// Asks another server, as a provider would be asked.
    pub(crate) async fn send_to(&self, url: &str, body: &str) -> Answer {
        let request = Request::post(url).body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        Answer::read(self.client.request(request).await.unwrap()).await.unwrap()
    }

    /// Sends a call and reads the head of its answer.
    pub(crate) async fn begin(&self, path: &str, body: &str, headers: &[(&str, &str)]) -> Response<Incoming> {
        self.try_begin(path, body, headers).await.unwrap()
    }

    /// The same, where the gateway may cut the connection.
    pub(crate) async fn try_begin(
        &self,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Result<Response<Incoming>, ClientError> {
        self.try_begin_at(self.address, path, body, headers).await
    }

    /// The same at another address of the gateway.
    pub(crate) async fn try_begin_at(
        &self,
        address: SocketAddr,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> Result<Response<Incoming>, ClientError> {
        let mut request = Request::post(format!("http://{address}{path}"))
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {KEY}"));
        for (name, value) in headers {
            if let Some(known) = request.headers_mut() {
                known.remove(*name);
            }
            request = request.header(*name, *value);
        }
        let body = Full::new(Bytes::from(body.to_owned()));
        self.client.request(request.body(body).unwrap()).await
    }

    /// Where the ledger lies.
    pub(crate) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// Ends the gateway and leaves its data.
    pub(crate) fn stop(self) -> tempfile::TempDir {
        self.directory
    }

    /// Every record of the ledger.
    pub(crate) fn records(&self) -> Vec<Record> {
        crate::books::records(&self.ledger.tail())
    }

    /// Waits until nothing is open any more.
    pub(crate) async fn quiet(&self) {
        for _ in 0..60_000 {
            let live = self.ledger.live();
            if live.calls == 0 && live.targets.is_empty() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        panic!("calls or holds are still open: {:?}", self.ledger.live());
    }

    /// What the ledger says once nothing is open any more: closed, and its balances are the sums of its records.
    pub(crate) async fn books(&self) -> Books {
        self.quiet().await;
        let mut books = Books::read(&self.ledger.tail());
        // A record goes out when its commit is dropped, which is a moment after its call is no longer open.
        for _ in 0..500 {
            let is_recorded = |call| books.calls.iter().any(|recorded| recorded.call == call);
            if books.open.is_empty() && books.attempts.iter().all(|attempt| is_recorded(attempt.call)) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
            books = Books::read(&self.ledger.tail());
        }
        books.assert_closed();
        books.assert_balances(&self.ledger);
        books
    }

    /// Calls and attempts that were recorded, once nothing is open any more.
    pub(crate) async fn settled(&self) -> (Vec<Call>, Vec<Attempt>) {
        let books = self.books().await;
        (books.calls, books.attempts)
    }
}

impl Answer {
    pub(crate) async fn read(response: Response<Incoming>) -> Result<Self, hyper::Error> {
        let (parts, body) = response.into_parts();
        let body = String::from_utf8(body.collect().await?.to_bytes().to_vec()).unwrap();
        Ok(Self { status: parts.status, headers: parts.headers, body })
    }
}

/// A folder for a small ledger of which there are thousands; in memory where the system has such a place.
pub(crate) fn scratch() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// Opens the ledger in a data directory, as a start of the program does.
pub(crate) fn open_ledger(directory: &Path, options: &Options) -> Ledger {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let data = Arc::new(DataDirectory::open(directory, &*clock, &SystemRng).unwrap());
    Ledger::open(data, options, clock).unwrap()
}

fn now() -> glaux_kernel::Timestamp {
    SystemClock::start().now()
}

async fn listen(gateway: Arc<Gateway>) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, peer)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            let gateway = Arc::clone(&gateway);
            let answer = hyper::service::service_fn(move |request| {
                let gateway = Arc::clone(&gateway);
                async move { Ok::<_, std::convert::Infallible>(gateway.serve(request, peer.ip()).await) }
            });
            tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer));
        }
    });
    address
}

/// A provider named after its kind.
fn provider(organization: OrganizationId, kind: ProviderKind) -> document::Provider {
    document::Provider {
        organization,
        id: ProviderId::new(now(), &SystemRng),
        name: kind.to_string(),
        kind,
        base_url: None,
        api_version: None,
        region: None,
        secret: None,
        sealed_credentials: None,
        limits: ProviderLimits::default(),
    }
}

fn document() -> Document {
    let organization = OrganizationId::new(now(), &SystemRng);
    Document {
        journal_seq: 7,
        organizations: vec![document::Organization { id: organization, time_zone: "UTC".to_owned() }],
        providers: vec![provider(organization, ProviderKind::Sandbox)],
        keys: vec![document::Key {
            organization,
            application: ApplicationId::new(now(), &SystemRng),
            id: KeyId::new(now(), &SystemRng),
            sha256: Sha256::digest(KEY).iter().map(|byte| format!("{byte:02x}")).collect(),
            environment: Environment::Production,
            features: vec!["*".to_owned()],
            models: vec!["*".to_owned()],
            limits: Default::default(),
            user_limits: Default::default(),
            ip_allow: Vec::new(),
            ip_deny: Vec::new(),
            expires_at: None,
        }],
        ..Document::default()
    }
}
