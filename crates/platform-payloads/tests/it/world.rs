use std::sync::Arc;

use glaux_kernel::{CallId, Environment, OrganizationId};
use glaux_platform_payloads::Payloads;
use glaux_routing::payload::{Excerpt, KeepPayload, Payload, PayloadPolicy};
use glaux_store::{Sql, sql};
use glaux_testkit::{database::TestDatabase, management::Management};
use glaux_web::{Actor, Caller, Grant};
use serde_json::{Value, json};

pub(crate) const FEATURES: &str = "/api/platform/ai-management/features";
pub(crate) const USAGE: &str = "/api/platform/ai-management/usage";
pub(crate) const JOURNAL: &str = "/api/platform/ai-management/journal?kind=payload";
pub(crate) const REQUEST: &str = r#"{"messages":[{"role":"user","content":"What grows in Kew?"}]}"#;
pub(crate) const ANSWER: &str = r#"{"choices":[{"message":{"content":"Rhododendrons"}}]}"#;

const ROWS: Sql = sql("SELECT call_id, user_name, environment, sealed FROM payloads WHERE organization_id = $1");

/// The API with the feature `chatbot` of `acme`.
pub(crate) async fn start(database: TestDatabase) -> Management {
    let modules = vec![
        glaux_platform_applications::module(),
        glaux_platform_features::module(),
        glaux_platform_kit::journal_module(Vec::new()),
        glaux_platform_payloads::module(),
    ];
    let api = Management::start(database, modules).await;
    let system =
        Caller { actor: Actor::System, name: "system".to_owned(), organization: api.acme(), grant: Grant::Everything };
    glaux_platform_applications::bootstrap(api.context(), &system).await.unwrap();
    api.admin().post(FEATURES, json!({ "name": "chatbot", "display_name": "Chatbot" })).await.ok();
    api
}

/// A call of `acme` in development, with the policy that holds there by default.
pub(crate) fn call(api: &Management) -> Payload {
    let context = api.context();
    let now = context.clock.now();
    Payload {
        organization: api.acme(),
        call: CallId::new(now, &*context.rng),
        at: now,
        feature: None,
        environment: Environment::Development,
        user: None,
        policy: Arc::new(PayloadPolicy::default_in(Environment::Development)),
        request: excerpt(REQUEST),
        answer: excerpt(ANSWER),
    }
}

pub(crate) fn excerpt(text: &str) -> Excerpt {
    Excerpt { bytes: text.as_bytes().to_vec(), is_cut: false }
}

/// Hands payloads in as a gateway does, and waits until they are written.
pub(crate) async fn keep(api: &Management, payloads: impl IntoIterator<Item = Payload>) {
    let (queue, writer) = Payloads::new();
    payloads.into_iter().for_each(|payload| queue.keep(payload));
    writer.run(api.context().clone(), std::future::ready(())).await;
}

/// A call of which this was kept.
pub(crate) async fn kept(api: &Management, payload: Payload) -> CallId {
    let call = payload.call;
    keep(api, [payload]).await;
    call
}

pub(crate) fn payload_path(call: CallId) -> String {
    format!("{USAGE}/{call}/payload")
}

/// What lies in the database.
pub(crate) async fn rows(
    api: &Management,
    organization: OrganizationId,
) -> Vec<(CallId, Option<String>, String, Vec<u8>)> {
    let mut tx = api.context().db.organization(organization).read().await.unwrap();
    tx.query(ROWS).fetch_all().await.unwrap()
}

/// The actions of the journal's entries about payloads, the youngest first.
pub(crate) fn actions(journal: &Value) -> Vec<&str> {
    journal["items"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect()
}
