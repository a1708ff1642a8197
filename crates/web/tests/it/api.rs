//! Three routes behind the shell, and callers that say themselves what they may do.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use axum::{
    Router,
    body::{Body, to_bytes},
    http::{HeaderMap, Request, StatusCode},
    routing::get,
};
use glaux_kernel::{OrganizationId, PageRequest, Permission};
use glaux_telemetry::Metrics;
use glaux_testkit::{clock::ManualClock, database::TestDatabase, rng::SeededRng};
use glaux_web::{
    Actor, Authenticate, Caller, Credential, Grant, Json, PageParameters, Paging, Problem, Web, change, permit, public,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::ServiceExt;
use utoipa::{ToSchema, openapi::OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) const LIMIT: usize = 1000;

/// The router and the database that it may need.
pub(crate) struct Api {
    router: Router,
    pub(crate) metrics: Metrics,
    _database: TestDatabase,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

struct Everyone;

#[async_trait]
impl Authenticate for Everyone {
    async fn authenticate(&self, credential: &Credential) -> Result<Option<Caller>, Problem> {
        let (Credential::Bearer(secret) | Credential::Session(secret)) = credential;
        let grant = Grant::Only(secret.expose().split(',').map(ToOwned::to_owned).collect::<BTreeSet<_>>());
        let organization = OrganizationId::PLATFORM;
        Ok(Some(Caller { actor: Actor::System, name: "someone".to_owned(), organization, grant }))
    }

    async fn find_organization(&self, _: &str) -> Result<Option<OrganizationId>, Problem> {
        Ok(None)
    }
}

/// An owl.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Owl {
    /// How it is called.
    name: String,
    /// In grams.
    weight: u32,
}

#[utoipa::path(get, path = "/owls", params(PageParameters), responses((status = 200, body = [Owl])))]
async fn list_owls(Paging(page): Paging) -> Json<Value> {
    let PageRequest { limit, cursor } = page;
    Json(json!({ "limit": limit, "cursor": cursor }))
}

#[utoipa::path(post, path = "/owls", request_body = Owl, responses((status = 201, body = Owl)))]
async fn create_owl(Json(owl): Json<Owl>) -> Json<Owl> {
    Json(owl)
}

#[utoipa::path(get, path = "/open", responses((status = 200)))]
async fn open() -> Json<Value> {
    Json(json!({ "open": true }))
}

#[utoipa::path(get, path = "/panic", responses((status = 200)))]
async fn fall() -> Json<Value> {
    panic!("the secret is 42")
}

#[utoipa::path(get, path = "/broken", responses((status = 200)))]
async fn break_down() -> Result<(), Problem> {
    Err(Problem::internal("connection to 10.0.0.7 refused"))
}

pub(crate) fn documented() -> (Router, OpenApi) {
    OpenApiRouter::new()
        .routes(permit(Permission("owls.read"), routes!(list_owls)))
        .routes(change(Permission("owls.write"), routes!(create_owl)))
        .routes(public(routes!(open)))
        .routes(public(routes!(fall)))
        .routes(public(routes!(break_down)))
        .split_for_parts()
}

impl Api {
    pub(crate) async fn start() -> Self {
        let database = TestDatabase::sqlite().await;
        let metrics = Metrics::default();
        let web = Web {
            authenticate: Arc::new(Everyone),
            db: database.db().clone(),
            clock: Arc::new(ManualClock::at("2026-11-21T09:00:00Z")),
            rng: Arc::new(SeededRng::new(1)),
            body_limit: LIMIT,
        };
        let plain = Router::new().route("/page", get(async || ([("content-type", "text/html")], "<p>owl</p>")));
        let router = glaux_web::shell(documented().0.merge(plain), Arc::new(web), &metrics);
        Self { router, metrics, _database: database }
    }

    pub(crate) async fn send(&self, request: axum::http::request::Builder, body: &str) -> Answer {
        let request: Request<Body> = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
