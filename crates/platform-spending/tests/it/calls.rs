use std::{
    collections::BTreeSet,
    pin::pin,
    task::{Context, Poll, Waker},
};

use glaux_kernel::{FeatureId, KeyId, ModelId, OrganizationId, ProviderId};
use glaux_ledger::record::{Status, Target};
use glaux_platform_spending::CallTail;
use glaux_store::{SharedSql, shared_sql};
use glaux_testkit::{database::TestDatabase, management::Management, on_both};
use glaux_web::{
    Actor, Caller, Grant,
    live::{Message, Subscription, Topics},
};
use serde_json::{Value, json};

use crate::{alerts::next, node::Node, world::start};

on_both!(
    calls_are_listed_and_counted,
    what_is_no_filter_is_refused,
    who_watches_is_told_of_calls,
    calls_that_cannot_be_read_hide_no_others,
);

const CALLS: &str = "/api/platform/ai-management/usage/calls";
/// The clock stands still, and a span ends before its end.
const SPAN: &str = "from=2020-01-01T00:00:00Z&to=2040-01-01T00:00:00Z";

struct Scene {
    api: Management,
    node: Node,
    key: KeyId,
    target: Target,
    /// The ids of three calls: chatbot failed in staging, chatbot, none.
    ids: [String; 3],
}

async fn scene(database: TestDatabase) -> Scene {
    let api = start(database).await;
    let node = Node::new(api.context(), api.acme());
    let admin = api.admin();
    let chatbot = json!({ "name": "chatbot", "display_name": "Chatbot" });
    let feature: FeatureId = id(&admin.post("/api/platform/ai-management/features", chatbot).await.ok());
    let web = json!({ "name": "web", "environment": "production" });
    let key: KeyId = id(&admin.post("/api/platform/ai-management/keys", web).await.ok());
    let (now, rng) = (api.context().clock.now(), &*api.context().rng);
    let (provider, model) = (ProviderId::new(now, rng), ModelId::new(now, rng));
    let target = Target { provider, model, model_name: "acme/large".to_owned() };
    let failed = node.serve_as(&target, |call| {
        call.attribution.feature = Some(feature);
        call.attribution.environment = glaux_kernel::Environment::Staging;
        call.attribution.session = Some("Monday".to_owned());
        (call.status, call.http_status) = (Status::Error, 502);
        call.error_code = Some("upstream_failed".to_owned());
    });
    let served = node.serve_as(&target, |call| {
        call.attribution.feature = Some(feature);
        call.attribution.key = key;
        call.attribution.user = Some("ann".to_owned());
        call.duration_micros = 2_500_500;
    });
    let plain = node.serve(&[], 2, 2, 2);
    node.project().await;
    Scene { api, node, key, target, ids: [failed, served, plain].map(|id| id.to_string()) }
}

fn id<I: glaux_kernel::Id>(made: &Value) -> I {
    made["id"].as_str().unwrap().parse().ok().unwrap()
}

async fn calls_are_listed_and_counted(database: TestDatabase) {
    let scene = scene(database).await;
    let admin = scene.api.admin();
    let [failed, served, plain] = &scene.ids;
    let check = async |query: &str, expected: &[&String]| {
        let page = admin.get(&format!("{CALLS}?{SPAN}&{query}")).await.ok();
        let mut found: Vec<_> =
            page["items"].as_array().unwrap().iter().map(|call| call["id"].as_str().unwrap().to_owned()).collect();
        let mut expected: Vec<_> = expected.iter().map(|id| (*id).clone()).collect();
        found.sort();
        expected.sort();
        assert_eq!(found, expected, "{query}");
    };
    check("limit=3", &[failed, served, plain]).await;
    check("feature=chatbot", &[failed, served]).await;
    check("feature=chatbot&environment=production", &[served]).await;
    check("key=web", &[served]).await;
    check("status=error,timeout", &[failed]).await;
    check("status=success&cached=false", &[served, plain]).await;
    check("retried=true", &[plain]).await;
    check("user=ann", &[served]).await;
    check("min_duration_ms=2500", &[served]).await;
    check("min_cost=1.5", &[plain]).await;
    check("q=CHAT", &[failed, served]).await;
    check("q=monday", &[failed]).await;
    check("q=upstream_", &[failed]).await;
    check("q=acme%2Flarge", &[failed, served]).await;
    check(&format!("q={served}&status=error"), &[served]).await;
    check(&format!("model={}", scene.target.model), &[failed, served]).await;

    let entry = admin.get(&format!("{CALLS}?q={served}")).await.ok()["items"][0].clone();
    let expected = json!({
        "feature": "chatbot", "key": "web", "model": "acme/large", "provider": "acme", "environment": "production",
        "user": "ann", "attempts": 1, "cached": false, "unpriced": false, "duration_ms": 2500.5,
        "usage": { "input_tokens": 9000, "output_tokens": 1000 }, "status": "success", "http_status": 200,
        "cost": { "amount": "0.002000000", "currency": "USD" },
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(entry[name], *value, "{name}");
    }

    let volume = admin.get(&format!("{CALLS}/volume?{SPAN}&feature=chatbot&bars=4")).await.ok();
    assert_eq!((&volume["calls"], &volume["of"]), (&json!(2), &json!(3)));
    let sum =
        |name: &str| -> u64 { volume["items"].as_array().unwrap().iter().map(|bar| bar[name].as_u64().unwrap()).sum() };
    assert_eq!((sum("success"), sum("error"), sum("cached")), (1, 1, 0));
    assert_eq!(volume["bucket_seconds"].as_u64().unwrap() % 900, 0);
    assert!(volume["items"].as_array().unwrap().len() <= 4);

    let page = admin.get(&format!("{CALLS}?{SPAN}&limit=2")).await.ok();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = admin.get(&format!("{CALLS}?{SPAN}&limit=2&cursor={cursor}")).await.ok();
    assert_eq!((rest["items"].as_array().unwrap().len(), &rest["next_cursor"]), (1, &Value::Null));

    let keys = admin.get("/api/platform/ai-management/keys").await.ok();
    assert_eq!(keys["items"][0]["last_used_at"], entry["at"]);
    let web = admin.get("/api/platform/ai-management/keys/web").await.ok();
    assert_eq!((&web["last_used_at"], &web["id"]), (&entry["at"], &json!(scene.key.to_string())));

    // That a key is changed or ended does not depend on the ledger.
    let path = "/api/platform/ai-management/keys/web";
    let changed = admin.patch(path, json!({ "features": ["chatbot"] })).await.ok();
    let rotated = admin.post(&format!("{path}/rotate"), json!({})).await.ok();
    let revoked = admin.post(&format!("{path}/revoke"), json!({})).await.ok();
    for answer in [changed, rotated, revoked] {
        assert_eq!((&answer["name"], &answer["last_used_at"]), (&json!("web"), &Value::Null));
    }
    assert_eq!(admin.get(path).await.ok()["last_used_at"], entry["at"]);

    let sums = format!("/api/platform/ai-management/spending/analytics?group_by=feature&{SPAN}&feature=chatbot");
    assert_eq!(admin.get(&sums).await.ok()["items"][0]["latency_ms"], Value::Null, "only who asks for it waits for it");
    let sum = admin.get(&format!("{sums}&latency=true")).await.ok()["items"][0].clone();
    let p50 = sum["latency_ms"]["p50"].as_f64().unwrap();
    assert!((2475.0..=2526.0).contains(&p50), "{p50}");

    // Another organization sees nothing of it.
    let stranger = scene.api.stranger(&["usage.read"]);
    assert_eq!(stranger.get(&format!("{CALLS}?{SPAN}")).await.ok()["items"], json!([]));
    assert_eq!(stranger.get(&format!("{CALLS}?q={served}")).await.ok()["items"], json!([]));
}

async fn what_is_no_filter_is_refused(database: TestDatabase) {
    let api = start(database).await;
    let admin = api.admin();
    for (query, parameter) in [
        ("?status=lost", "?status"),
        ("?cursor=7", "?cursor"),
        ("?min_cost=cheap", "?min_cost"),
        ("?q=", "?q"),
        ("?cached=perhaps", "?cached"),
        ("?colour=red", "?colour"),
        ("/volume?bars=201", "?bars"),
        ("/volume?user=ann", "?user"),
        ("/volume?q=ann", "?q"),
        ("/volume?retried=true", "?retried"),
    ] {
        assert_eq!(admin.get(&format!("{CALLS}{query}")).await.pointers("invalid_request"), [parameter], "{query}");
    }
}

fn watch(api: &Management, organization: OrganizationId, permission: &str) -> Subscription {
    let grant = Grant::Only(BTreeSet::from([permission.to_owned()]));
    let caller = Caller { actor: Actor::System, name: String::new(), organization, grant };
    let topics = Topics::named(["usage.appended"]).unwrap();
    Subscription::new(api.context().events.clone(), caller, topics, None)
}

/// Whether a gap is the next thing that is told.
fn has_gap(watcher: &mut Subscription) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    matches!(pin!(watcher.next()).poll(&mut context), Poll::Ready(Some(Message::Gap)))
}

async fn who_watches_is_told_of_calls(database: TestDatabase) {
    let scene = scene(database).await;
    let (acme, globex) = (scene.api.acme(), scene.api.globex());
    let mut carrier = scene.node.carrier();
    let tail = CallTail::new(scene.api.context().clone(), carrier.arrivals());
    let accountant = watch(&scene.api, acme, "spending.read");
    let mut stranger = watch(&scene.api, globex, "usage.read");
    scene.node.serve_as(&scene.target, |_| {});
    carrier.carry().await;
    assert!(carrier.arrivals().take().is_empty(), "nobody watches who may");

    let mut watcher = watch(&scene.api, acme, "usage.read");
    assert!(has_gap(&mut watcher), "what was before is to be read");
    let served = scene.node.serve_as(&scene.target, |_| {});
    carrier.carry().await;
    tail.tell().await.unwrap();
    let (kind, data) = next(&mut watcher).expect("there is an event");
    assert_eq!(kind, "usage.appended");
    assert_eq!((&data["items"][0]["id"], &data["omitted"]), (&json!(served.to_string()), &json!(0)));
    let listed = scene.api.admin().get(&format!("{CALLS}?q={served}")).await.ok();
    assert_eq!(data["items"], listed["items"], "as in the list");
    assert!(has_gap(&mut stranger));
    assert_eq!(next(&mut stranger), None);

    drop((accountant, stranger, watcher));
    scene.node.serve_as(&scene.target, |_| {});
    carrier.carry().await;
    assert!(carrier.arrivals().take().is_empty(), "nobody watches");
}

async fn calls_that_cannot_be_read_hide_no_others(database: TestDatabase) {
    const SPOIL: SharedSql = shared_sql("UPDATE calls SET detail = '{}' WHERE organization_id = $1");
    let scene = scene(database).await;
    let (acme, globex) = (scene.api.acme(), scene.api.globex());
    assert!(acme < globex, "acme is told first");
    let mut carrier = scene.node.carrier();
    let tail = CallTail::new(scene.api.context().clone(), carrier.arrivals());
    let mut watchers = [acme, globex].map(|organization| watch(&scene.api, organization, "usage.read"));
    assert!(watchers.iter_mut().all(has_gap));
    let ids = [acme, globex].map(|organization| {
        scene.node.serve_as(&scene.target, |call| call.attribution.organization = organization).to_string()
    });
    carrier.carry().await;
    let mut tx = scene.api.context().db.every_organization().begin().await.unwrap();
    assert!(tx.query_shared(SPOIL).bind(acme).execute().await.unwrap() > 0);
    tx.commit().await.unwrap();
    assert!(tail.tell().await.is_err());
    let [acme, globex] = &mut watchers;
    assert_eq!(next(acme).unwrap().1, json!({ "items": [], "omitted": 1 }));
    assert_eq!(next(globex).unwrap().1["items"][0]["id"], ids[1]);
}
